/**
 * A state directory with a run that was taken back, one that waits for a reset,
 * and one that was killed in the middle.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { Folder } from "../fwctl.ts";
import { ROOT } from "../../paths.ts";
import { fwctlHere } from "../in_process.ts";

/** Makes the runs; says the options that go on from there. */
export async function journalScenes(folder: Folder): Promise<string[]> {
  const state = `${folder.path}/state`;
  const args = [
    ...["--model", "connectx", "--model-state", `${folder.path}/model.json`],
    ...["--state-dir", state],
  ];
  const run = async (...more: string[]): Promise<void> => {
    const { code, err } = await fwctlHere([...more, ...args, "--yes"]);
    assertEquals(code, 0, err);
  };
  const caps = ["apply", `${ROOT}recipes/vf_caps.ts`, "-p"];
  await run(...caps, "vf=0000:3b:00.2", "-p", "set=roce=0");
  await run("undo", "last");
  await run(
    ...["apply", `${ROOT}recipes/nvconfig_profile.ts`, "-p", "device=fwctl0"],
    ...["-p", "set=NUM_OF_VFS=8", "--max-effect", "next-reset"],
  );
  await run(...caps, "vf=0000:3b:00.4,0000:3b:00.5", "-p", "set=log_max_qp=10");
  // Killed after its first write was answered.
  const journal = `${state}/journal`;
  const last = [...Deno.readDirSync(journal)].map(({ name }) => name)
    .filter((name) => name.endsWith(".jsonl")).sort().at(-1) ?? "";
  const lines = Deno.readTextFileSync(`${journal}/${last}`).split("\n");
  Deno.writeTextFileSync(
    `${journal}/${last}`,
    `${lines.slice(0, 3).join("\n")}\n`,
  );
  return args;
}
