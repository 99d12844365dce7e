/** Policy files: what is read, what is refused, and the published schema of both. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { loadDrivers } from "../../../drivers/load.ts";
import { EFFECTS } from "../../../drivers/driver.ts";
import { GROUP_NAMES } from "../../../drivers/groups.ts";
import { isFwctlError, UsageError } from "../../../lib/errors.ts";
import type { PlainData } from "../../../lib/plain.ts";
import {
  capped,
  DAYS,
  LOCKDOWNS,
  narrowed,
  parsePolicy,
  type Policy,
  policyLines,
  READ_POLICY,
  SEALINGS,
} from "../../../lib/plan/policy.ts";
import { SCOPES } from "../../../lib/uapi/fwctl.ts";
import { PolicyError } from "../../../lib/errors.ts";

const SCHEMA = JSON.parse(
  Deno.readTextFileSync(
    new URL("../../../lib/plan/policy/policy.schema.json", import.meta.url),
  ),
);
const valid = new Ajv2020({ strict: true, allowUnionTypes: true })
  .compile(SCHEMA);
const names = { drivers: await loadDrivers() };

const WHOLE = {
  format: "fwctl-policy/1",
  name: "storage hosts",
  flags: "may-raise",
  max: { scope: "debug-write", effect: "next-reset", taint: true, devices: 4 },
  require: { lockdown: ["integrity", "confidentiality"] },
  windows: [
    { days: ["sat", "sun"], zone: "Europe/Zurich", reason: "weekend only" },
    { days: ["mon"], from: "22:00", to: "04:00" },
  ],
  seal: "boot",
  deny: [
    { group: "memory-access", reason: "never" },
    { driver: ["mlx5"], device: "0000:3b:*", request: "ACCESS_REG*" },
  ],
  allow: [
    {
      kind: "mlx5.hca_cap",
      target: "0000:3b:00.?",
      field: "log_max_qp",
      value: { min: 1, max: "0x11" },
    },
    { scope: "configuration", effect: ["runtime"], value: { in: [1, "on"] } },
  ],
};

function parse(data: unknown): Policy {
  return parsePolicy(data as PlainData, "site.json", names);
}

Deno.test("a policy file with everything in it is read as it says", () => {
  assert(valid(WHOLE), JSON.stringify(valid.errors));
  assertEquals(parse(WHOLE), {
    scope: "debug-write",
    effect: "next-reset",
    taint: true,
    source: "site.json",
    devices: 4,
    lockdown: ["integrity", "confidentiality"],
    windows: [
      {
        days: ["sat", "sun"],
        from: 0,
        to: 1440,
        zone: "Europe/Zurich",
        reason: "weekend only",
      },
      { days: ["mon"], from: 1320, to: 240, zone: "UTC" },
    ],
    deny: [
      { group: ["memory-access"], reason: "never" },
      { driver: ["mlx5"], device: ["0000:3b:*"], request: ["ACCESS_REG*"] },
    ],
    allow: [
      {
        kind: ["mlx5.hca_cap"],
        target: ["0000:3b:00.?"],
        field: ["log_max_qp"],
        value: { min: 1n, max: 17n },
      },
      {
        scope: ["configuration"],
        effect: ["runtime"],
        value: { in: ["1", "on"] },
      },
    ],
    seal: "boot",
    mayRaise: true,
  });
});

Deno.test("what a file does not say is as strict as the built-in policy", () => {
  assertEquals(parse({ format: "fwctl-policy/1" }), {
    scope: "debug-read-only",
    effect: "runtime",
    taint: false,
    source: "site.json",
  });
});

Deno.test("a slip is an error that names the key and the nearest name", () => {
  const format = "fwctl-policy/1";
  for (
    const [data, message] of [
      [{}, "format is null"],
      [{ format, denny: [] }, 'denny is not known; did you mean "deny"?'],
      [{ format, max: { scope: "debug" } }, "max.scope"],
      [
        { format, deny: [{ group: "memory-acess" }] },
        'deny[0].group is "memory-acess" but must be one of',
      ],
      [
        { format, deny: [{}, { driver: ["mlx5", "mlx4"] }] },
        'deny[1].driver[1] is "mlx4", which no driver is called; did you mean "mlx5"?',
      ],
      [
        { format, allow: [{ kind: "mlx5.hca_caps" }] },
        'did you mean "mlx5.hca_cap"?',
      ],
      [{ format, allow: [{ reqest: "X" }] }, "allow[0].reqest is not known"],
      [{ format, deny: [{ field: [] }] }, "deny[0].field is empty"],
      [{ format, deny: [{ value: {} }] }, "deny[0].value says nothing"],
      [
        { format, deny: [{ value: { min: 2, max: 1 } }] },
        "has min 2 above max 1",
      ],
      [{ format, windows: [] }, "windows is empty"],
      [{ format, windows: [{ from: "25:00" }] }, "windows[0].from"],
      [
        { format, windows: [{ from: "10:00", to: "10:00" }] },
        "windows[0] begins when it ends",
      ],
      [{ format, windows: [{ zone: "Mars/Base" }] }, "is no time zone"],
      [{ format, deny: [{ reason: "a\u001b[2J" }] }, "control characters"],
      [{ format, require: { lockdown: [] } }, "no machine could be written to"],
      [[], "must be an object"],
    ] as const
  ) {
    const error = assertThrows(() => parse(data), UsageError);
    assert(
      error.message.startsWith("site.json: ") &&
        error.message.includes(message),
      `${JSON.stringify(data)}: ${error.message}`,
    );
    assert(error.hint);
  }
});

Deno.test("a name with a wildcard may be of a driver that is not here", () => {
  parse({ format: "fwctl-policy/1", deny: [{ driver: "mlx*" }] });
  // Without names to hold it against, any is taken.
  parsePolicy(
    { format: "fwctl-policy/1", deny: [{ driver: "other" }] },
    "site.json",
  );
});

/** Plausible files with slips in them. */
const text = fc.constantFrom(
  "mlx5",
  "*",
  "SET_*",
  "",
  "a\u0001",
  "x".repeat(300),
);
const list = <T>(each: fc.Arbitrary<T>): fc.Arbitrary<T | T[]> =>
  fc.oneof(each, fc.array(each, { maxLength: 3 }));
const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq: 1 });
const junk = fc.constantFrom(null, 0, 1.5, -1, "", "x", [], {}, true);
const or = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 12, arbitrary: value }, { weight: 1, arbitrary: junk });
const number = fc.constantFrom<unknown>(0, 5, -3, 2 ** 60, "0x11", "12", "x");
const rule = fc.record({
  driver: some(or(list(text))),
  group: some(or(list(fc.constantFrom(...GROUP_NAMES, "nogroup")))),
  scope: some(or(list(fc.constantFrom(...SCOPES)))),
  effect: some(or(list(fc.constantFrom(...EFFECTS)))),
  field: some(or(list(text))),
  value: some(or(fc.record({
    min: some(number),
    in: some(or(fc.array(fc.oneof(text, number), { maxLength: 2 }))),
  }))),
  reason: some(or(text)),
  extra: fc.option(fc.constant(1), { nil: undefined, freq: 12 }),
});
const file = fc.record({
  format: fc.constantFrom("fwctl-policy/1", "fwctl-policy/1", "fwctl-policy/2"),
  name: some(or(fc.constantFrom("a", ""))),
  flags: some(or(fc.constantFrom("may-narrow", "may-raise", "may"))),
  max: some(or(fc.record({
    scope: some(or(fc.constantFrom(...SCOPES))),
    effect: some(or(fc.constantFrom(...EFFECTS))),
    taint: some(or(fc.boolean())),
    devices: some(number),
  }))),
  require: some(or(fc.record({
    lockdown: some(
      or(fc.array(fc.constantFrom(...LOCKDOWNS), { maxLength: 4 })),
    ),
  }))),
  windows: some(or(fc.array(
    fc.record({
      days: some(or(fc.array(fc.constantFrom(...DAYS), { maxLength: 3 }))),
      from: some(fc.constantFrom("00:00", "07:30", "23:59", "24:00", "7:30")),
      to: some(fc.constantFrom("00:01", "07:31", "24:00", "24:01")),
      zone: some(fc.constantFrom("UTC", "Asia/Tokyo")),
    }),
    { maxLength: 2 },
  ))),
  seal: some(or(fc.constantFrom(...SEALINGS))),
  deny: some(or(fc.array(or(rule), { maxLength: 3 }))),
  allow: some(or(fc.array(or(rule), { maxLength: 3 }))),
});

Deno.test("the schema and the reader accept the same files", () => {
  let accepted = 0;
  let runs = 0;
  fc.assert(
    fc.property(file, (made) => {
      const data = JSON.parse(JSON.stringify(made));
      let read = true;
      try {
        // Names of drivers are not the schema's business.
        const policy = parsePolicy(data, "site.json");
        assert(policyLines(policy).length > 3);
      } catch (error) {
        assert(isFwctlError(error) && error.code === "UsageError", `${error}`);
        read = false;
      }
      runs++;
      if (read) accepted++;
      assertEquals(valid(data), read, JSON.stringify(valid.errors));
    }),
    { numRuns: 5000 },
  );
  assert(accepted > runs / 50 && accepted < runs, `${accepted} of ${runs}`);
});

Deno.test("any JSON is a policy or a usage error", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (data) => {
      for (const each of [data, { format: "fwctl-policy/1", deny: data }]) {
        try {
          parsePolicy(each as PlainData, "x");
        } catch (error) {
          assert(isFwctlError(error) && error.code === "UsageError");
        }
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("options lower what a file allows, and raise it only when it says so", () => {
  const file: Policy = {
    scope: "debug-read-only",
    effect: "runtime",
    taint: false,
    source: "site.json",
  };
  assertEquals(
    narrowed(file, { scope: "configuration" }).scope,
    "configuration",
  );
  const error = assertThrows(
    () => narrowed(file, { effect: "destructive", taint: true }),
    PolicyError,
  );
  assertEquals(error.refusals, [
    "--max-effect destructive asks for more than site.json allows (rule: max.effect: runtime)",
    "--allow-taint asks for more than site.json allows (rule: max.taint: false)",
  ]);
  assertEquals(
    narrowed({ ...file, mayRaise: true }, { effect: "destructive" }).effect,
    "destructive",
  );
  assertEquals(capped({ ...file, deny: [{}] }, READ_POLICY), {
    ...file,
    effect: "read",
    deny: [{}],
  });
});

Deno.test("a seal that a file asks for is not weakened by an option", () => {
  const strict: Policy = { ...READ_POLICY, seal: "boot-strict", source: "x" };
  assertEquals(narrowed(strict, { seal: "boot" }).seal, "boot-strict");
  assertEquals(narrowed(READ_POLICY, { seal: "boot" }).seal, "boot");
});
