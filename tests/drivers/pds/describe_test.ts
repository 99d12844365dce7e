import { assert, assertEquals, assertThrows } from "@std/assert";
import { driver } from "../../../drivers/pds/mod.ts";
import { DecodeError, UsageError } from "../../../lib/errors.ts";
import { bench, SAMPLE } from "./fixture.ts";

Deno.test("without a map describe says that nothing is known and what to do", async () => {
  using machine = await bench({ maps: [] });
  const [section, ...more] = driver.describe(machine.session);
  assertEquals(more, []);
  assertEquals(section?.items.map(({ scope, use }) => [scope, use]), [
    [null, "raw"],
  ]);
  assert(section?.items[0]?.reason.includes("--definitions"));
});

Deno.test("with a map describe names every operation and setting with its labels, and sends nothing", async () => {
  using machine = await bench({ maps: [SAMPLE] });
  const sections = driver.describe(machine.session);
  assertEquals(sections.map(({ title }) => title), [
    "Endpoint system (0x1)",
    "Endpoint log (0x2)",
    "Endpoint port (0x20)",
    "Endpoint debug (0x40)",
  ]);
  const items = sections.flatMap(({ items }) => items);
  assertEquals(items.length, 15);
  assertEquals(items.find(({ name }) => name === "log.level")?.use, "resource");
  assertEquals(items.find(({ name }) => name === "port.flap"), {
    name: "port.flap",
    detail: "operation 0x4, takes 4 bytes, answers 4 bytes",
    use: "action",
    scope: "debug-write",
    effect: "disruptive",
    reason: "Takes the link down and up again",
  });
  assertEquals(machine.sent, []);
});

Deno.test("the query operations lists what the map names, of one endpoint when asked", async () => {
  using machine = await bench();
  const { operations, identity } = driver.queries;
  assert(operations && identity);
  const run = (args: Record<string, string>) =>
    (operations.run(machine.session, args) as { operations: unknown[] })
      .operations.length;
  assertEquals([run({}), run({ endpoint: "log" }), run({ endpoint: "0x20" })], [
    14,
    3,
    4,
  ]);
  assertThrows(() => run({ endpoint: "lgo" }), UsageError, '"lgo"');
  assertThrows(() => run({ endpont: "log" }), UsageError, '"endpont"');
  assertEquals(identity.run(machine.session, {}), {
    model: "AMD Pensando DSC core function",
    firmware: "",
    facts: {},
  });
  assertEquals(machine.sent, []);
});

Deno.test("a retval that is not 0 is a refusal with its number, and a response without one is no success", () => {
  const request = new Uint8Array(48);
  const response = new Uint8Array(48);
  assertEquals(driver.refusal(request, response, "fwctl0"), undefined);
  response.set([14, 0, 0, 0], 24);
  const refusal = driver.refusal(request, response, "fwctl0");
  assertEquals(refusal?.toJSON().statusName, "retval 0xe");
  assert(refusal?.hint?.includes("PDS_RC_EINVAL"));
  const short = driver.refusal(request, new Uint8Array(47), "fwctl0");
  assert(short instanceof DecodeError);
});

Deno.test("every errno of the kernel's driver is explained with what to do", () => {
  for (
    const name of ["EINVAL", "EPERM", "ENOMEM", "EFAULT", "ETIMEDOUT", "EIO"]
  ) {
    const explained = driver.explainErrno(name, undefined);
    assert(
      explained && explained.meaning !== "" && explained.hint !== "",
      name,
    );
  }
  assertEquals(driver.explainErrno("EXDEV", undefined), undefined);
});
