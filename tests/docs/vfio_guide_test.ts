/** The guide to virtual functions, and what its commands leave on the device. */
import { assert, assertEquals } from "@std/assert";
import { Lab } from "../vfio/vm.ts";
import { textOf } from "./files.ts";
import { blocksOf, linesOf } from "./markdown.ts";

Deno.test("what the guide to virtual functions prepares is there, and its release brings back what was", async () => {
  const blocks = blocksOf(textOf("docs/guides/vfio-children.md"));
  using lab = new Lab();
  const profile = lab.folder.file(
    "vms.json",
    blocks.find(({ savedAs }) => savedAs === "vms.json")?.text ?? "",
  );
  const lines = blocks.filter(({ language }) => language === "sh")
    .flatMap(({ text }) => linesOf(text).map(({ command }) => command))
    .filter((line) =>
      /^fwctl vfio (prepare|status|release)/.test(line) &&
      !line.includes("hook")
    );
  assertEquals(
    lines.map((line) => line.split(" ")[2]),
    ["prepare", "prepare", "status", "release"],
  );
  const held: string[] = [];
  for (const line of lines) {
    const words = line.split(" ").slice(1)
      .map((word) => word === "vms.json" ? profile : word);
    const { code, out, err } = await lab.run(words);
    assertEquals(code, 0, `${line}\n${out}${err}`);
    held.push(lab.held());
  }
  const [dry, prepared, status, released] = held;
  assert(dry !== prepared);
  assertEquals([prepared, released], [status, dry]);
});
