/**
 * Cases in which the model once differed from the kernel, as `deno task
 * kernel:fuzz` keeps them: none of them may come back.
 */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "../paths.ts";
import { replayFile } from "./replay.ts";

const FOLDER = new URL("../fixtures/oracle/regressions/", import.meta.url);

const names = [...Deno.readDirSync(FOLDER)].map(({ name }) => name).sort();

for (const name of names) {
  Deno.test(`the model answers the cases of ${name} as the kernel did`, async () => {
    const reports: string[] = [];
    const { passed, failed } = await replayFile(
      fromFileUrl(new URL(name, FOLDER)),
      {
        features: name.startsWith("cxl"),
        nocap: name.includes("-nocap"),
        nobody: false,
        only: undefined,
        kernel: "7.3",
      },
      (text) => reports.push(text),
    );
    assertEquals({ failed, reports }, { failed: 0, reports: [] });
    assert(passed > 0, "there is no step in it");
  });
}

Deno.test("there is a case at least, which a bug planted in the model showed", () => {
  assert(names.includes("mlx5.jsonl"), names.join(" "));
});
