import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { FileSeals } from "../../lib/apply/seals.ts";
import { UsageError } from "../../lib/errors.ts";
import { Folder } from "../cli/fwctl.ts";

const SEAL = {
  at: "2026-03-04T12:00:00.000Z",
  breakable: true,
  recipe: "vf-caps",
};

Deno.test("a seal holds for its device and its boot, and for who comes next", () => {
  using folder = new Folder();
  const path = `${folder.path}/state/seals`;
  const seals = new FileSeals(path);
  assertEquals(seals.sealed("0000:3b:00.0", "boot-1"), undefined);
  seals.seal("0000:3b:00.0", "boot-1", SEAL);
  assertEquals(new FileSeals(path).sealed("0000:3b:00.0", "boot-1"), SEAL);
  assertEquals(seals.sealed("0000:3b:00.1", "boot-1"), undefined);
  assertEquals(seals.sealed("0000:3b:00.0", "boot-2"), undefined);
});

Deno.test("a seal that gives way does not replace one that does not", () => {
  using folder = new Folder();
  const seals = new FileSeals(folder.path);
  seals.seal("mem0", "b", { ...SEAL, breakable: false });
  seals.seal("mem0", "b", { ...SEAL, recipe: "other" });
  assertEquals(seals.sealed("mem0", "b")?.breakable, false);
});

Deno.test("a file that says nothing sensible is a seal all the same, and says nothing else", () => {
  using folder = new Folder();
  const seals = new FileSeals(folder.path);
  seals.seal("mem0", "b", SEAL);
  const [name = ""] = [...Deno.readDirSync(folder.path)].map(({ name }) =>
    name
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 5000 }),
        fc.jsonValue().map((data) =>
          new TextEncoder().encode(JSON.stringify(data))
        ),
        fc.constant(
          new TextEncoder().encode('{"at":"\\u001b[2J","recipe":"a\\nb"}'),
        ),
      ),
      (bytes) => {
        Deno.writeFileSync(`${folder.path}/${name}`, new Uint8Array(bytes));
        const seal = seals.sealed("mem0", "b");
        assert(seal, "still sealed");
        assert(/^[\w :.-]*$/.test(seal.at) && /^[\w.-]*$/.test(seal.recipe));
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("an address cannot name a file elsewhere", () => {
  using folder = new Folder();
  const seals = new FileSeals(`${folder.path}/seals`);
  seals.seal("../../escaped", "../b", SEAL);
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), [
    "seals",
  ]);
  assertEquals(seals.sealed("../../escaped", "../b"), SEAL);
});

Deno.test("where no seal can be kept or read it is an error, not an open door", () => {
  using folder = new Folder();
  const file = folder.file("state", "a file");
  const seals = new FileSeals(`${file}/seals`);
  assertThrows(() => seals.ready(), UsageError, "cannot be written");
  assertThrows(() => seals.seal("mem0", "b", SEAL), UsageError);
  assertThrows(() => seals.sealed("mem0", "b"), UsageError, "cannot be read");
});
