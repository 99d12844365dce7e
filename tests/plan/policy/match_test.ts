/** The small parts of policies: globs, values, windows. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { RequestLabel } from "../../../drivers/driver.ts";
import { fits, globMatch } from "../../../lib/plan/policy/match.ts";
import { DAYS, type PolicyWindow } from "../../../lib/plan/policy.ts";
import { within } from "../../../lib/plan/policy/window.ts";

Deno.test("a glob fits what the regular expression of it fits", () => {
  const letters = fc.constantFrom("a", "B", "b", "*", "?", ".", "_");
  const word = (max: number): fc.Arbitrary<string> =>
    fc.array(letters, { maxLength: max }).map((all) => all.join(""));
  fc.assert(
    fc.property(word(8), word(12), (glob, text) => {
      const source = [...glob].map((char) =>
        char === "*" ? ".*" : char === "?" ? "." : char.replace(".", "\\.")
      ).join("");
      assertEquals(
        globMatch(glob, text),
        new RegExp(`^${source}$`, "is").test(text),
        `${glob} ${text}`,
      );
    }),
    { numRuns: 20_000 },
  );
});

Deno.test("a hostile glob takes no time to speak of", () => {
  const started = performance.now();
  assert(!globMatch("*a".repeat(128), `${"a".repeat(100_000)}b`));
  assert(performance.now() - started < 2000);
});

const LABEL: RequestLabel = {
  name: "SET",
  detail: "unit 1",
  allowed: true,
  scope: "configuration",
  scopeReason: "",
  effect: "runtime",
  effectReason: "",
};

Deno.test("values fit by number, however they are written, and by name", () => {
  const fit = (
    value: Parameters<typeof fits>[0]["value"],
    is: number | string,
  ): string =>
    fits(value ? { value } : {}, {
      device: { name: "d" },
      label: LABEL,
      scope: "configuration",
      intent: { kind: "k", targets: [], parts: [{ field: "f", value: is }] },
    }, { field: "f", value: is });
  assertEquals(fit({ min: 1n, max: 16n }, 16), "yes");
  assertEquals(fit({ min: 1n, max: 16n }, 17), "no");
  assertEquals(
    fit({ max: 0x1_0000_0000_0000_0000n }, "0xffffffffffffffff"),
    "yes",
  );
  assertEquals(fit({ in: ["0x10"] }, 16), "yes");
  assertEquals(fit({ in: ["Enabled"] }, "ENABLED"), "yes");
  // A name has no size: it is denied where numbers are, and not allowed by them.
  assertEquals(fit({ max: 16n }, "ENABLED"), "unknown");
});

Deno.test("a rule without members fits everything; one on fields fits no read", () => {
  const subject = {
    device: { name: "d" },
    label: { ...LABEL, effect: "read" as const },
    scope: "configuration" as const,
  };
  assertEquals(fits({}, subject, undefined), "yes");
  assertEquals(fits({ field: ["*"] }, subject, undefined), "no");
  const written = { ...subject, label: LABEL };
  assertEquals(fits({ field: ["*"] }, written, undefined), "unknown");
  assertEquals(fits({ device: ["0000:*"] }, written, undefined), "unknown");
  assertEquals(fits({ driver: ["mlx5"] }, written, undefined), "unknown");
});

Deno.test("a window is open from its first minute to the last before its end, over midnight too", () => {
  const window = (over: Partial<PolicyWindow>): PolicyWindow => ({
    from: 0,
    to: 1440,
    zone: "UTC",
    ...over,
  });
  const night = window({ days: ["fri"], from: 22 * 60, to: 2 * 60 });
  // 2026-01-02 is a Friday.
  for (
    const [moment, open] of [
      ["2026-01-02T21:59:59Z", false],
      ["2026-01-02T22:00:00Z", true],
      ["2026-01-02T23:59:59Z", true],
      ["2026-01-03T01:59:59Z", true],
      ["2026-01-03T02:00:00Z", false],
      ["2026-01-03T22:30:00Z", false],
      ["2026-01-02T01:00:00Z", false],
    ] as const
  ) assertEquals(within(night, new Date(moment)), open, moment);
  assert(within(window({ days: ["sat"] }), new Date("2026-01-03T23:59:59Z")));
  assert(!within(window({ days: ["sat"] }), new Date("2026-01-04T00:00:00Z")));
});

Deno.test("a window goes by the clock of its zone, summer time included", () => {
  const noon = (zone: string): PolicyWindow => ({ from: 720, to: 721, zone });
  assert(within(noon("Europe/Zurich"), new Date("2026-01-15T11:00:00Z")));
  assert(within(noon("Europe/Zurich"), new Date("2026-07-15T10:00:00Z")));
  assert(!within(noon("Europe/Zurich"), new Date("2026-07-15T11:00:00Z")));
  assert(within(noon("Asia/Kolkata"), new Date("2026-01-15T06:30:00Z")));
  // Still Saturday there.
  assert(within(
    { days: ["sat"], from: 0, to: 1440, zone: "Pacific/Honolulu" },
    new Date("2026-01-04T09:00:00Z"),
  ));
});

Deno.test("a named zone at UTC's offset says the same as UTC at any time", () => {
  fc.assert(
    fc.property(
      fc.date({
        noInvalidDate: true,
        min: new Date(0),
        max: new Date("2100-01-01"),
      }),
      fc.integer({ min: 0, max: 1439 }),
      fc.integer({ min: 1, max: 1440 }),
      fc.constantFrom(...DAYS),
      (now, from, to, day) => {
        const span = { from, to, days: [day] };
        assertEquals(
          within({ ...span, zone: "UTC" }, now),
          within({ ...span, zone: "Etc/GMT" }, now),
        );
      },
    ),
    { numRuns: 500 },
  );
});
