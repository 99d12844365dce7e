/** The command doctor as a user runs it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fwctl, fwctlJson } from "./fwctl.ts";

Deno.test("doctor says what is wrong, what was seen, and what to do, and exits 1", async () => {
  const { code, out } = await fwctl([
    "doctor",
    "--model",
    "tests/fixtures/doctor/not-loaded.json",
  ]);
  assertEquals(code, 1);
  assertEquals(out.split("\n")[0], "problem  module  mlx5_fwctl");
  for (const line of ["seen", "$ modprobe mlx5_fwctl", "Doctor: 1 problem, "]) {
    assertStringIncludes(out, line);
  }
});

Deno.test("doctor --json has the findings, and exits 0 where there is no problem", async () => {
  const { code, json } = await fwctlJson([
    "doctor",
    "fwctl0",
    "--all",
    "--model",
    "connectx",
  ]);
  assertEquals([code, json.schema, json.counts.problem], [
    0,
    "fwctl/doctor",
    0,
  ]);
  assertEquals(
    json.findings.filter(({ severity }: { severity: string }) =>
      severity === "ok"
    ).length,
    json.counts.ok,
  );
  assert(json.counts.ok > 10);
});

Deno.test("without --allow-ffi doctor says that this is what is missing", async () => {
  const { code, out } = await fwctl(["doctor"]);
  assertEquals(code, 1);
  assertEquals(out.split("\n")[0], "problem  deno-ffi");
  assertStringIncludes(out, "Run deno with --allow-ffi");
});
