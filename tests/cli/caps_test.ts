/** `fwctl caps`: several functions side by side, files, and the forms. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseCaps, readCaps } from "../../lib/cli/caps_file.ts";
import { compareCaps, compareText } from "../../lib/view/caps_compare.ts";
import { isFwctlError } from "../../lib/errors.ts";
import type { PlainData } from "../../lib/plain.ts";
import { plainStyle } from "../../lib/view/style.ts";
import { MANY, random, RUNS } from "../hostile.ts";
import { Folder } from "./fwctl.ts";
import { fwctlHere } from "./in_process.ts";

const MODEL = ["--model", "connectx"];

function caps(...args: readonly string[]) {
  return fwctlHere(["caps", "fwctl0", ...args, ...MODEL]);
}

Deno.test("functions stand side by side over all types, by address or by id", async () => {
  const { code, out } = await caps(
    ...["--vf", "3b:00.2", "--compare", "3b:00.4", "--compare", "5"],
  );
  assertEquals(code, 0);
  assert(
    /^TYPE +FIELD +BIT +OF +0000:3b:00\.2 +0000:3b:00\.4 +function 5$/m
      .test(out),
    out,
  );
  assert(/^GENERAL +vhca_id +48 +current +18 +20 +22$/m.test(out), out);
  const own = await caps("--compare", "3b:00.4", "--json");
  const compared = JSON.parse(own.out);
  assertEquals(compared.schema, "fwctl/caps-compare");
  assertEquals(compared.functions[1], { name: "0000:3b:00.4", function: 3 });
  const differing = compared.types
    .filter(({ fields }: { fields: unknown[] }) => fields.length > 0);
  assert(differing.length > 1, "more than GENERAL differs");
});

Deno.test("what was saved is compared with what is, after a change", async () => {
  using folder = new Folder();
  const file = `${folder.path}/before.json`;
  const model = ["--model-state", `${folder.path}/model.json`];
  const vf = ["--vf", "3b:00.2"];
  const saved = await caps(...vf, "--save", file, ...model);
  assertEquals(saved.code, 0, saved.err);
  const same = await caps(...vf, "--against", file, ...model);
  assertEquals(same.out, `0000:3b:00.2 and ${file} do not differ\n`);
  const twice = await caps(...vf, "--save", file, ...model);
  assertStringIncludes(twice.err, "is there already");
  const change = ["apply", "recipes/vf_caps.ts", "-p", "vf=0000:3b:00.2"];
  const applied = await fwctlHere(
    [...change, "-p", "set=log_max_qp=12", "--yes", ...model, ...MODEL],
  );
  assertEquals(applied.code, 0, applied.err);
  const { out } = await caps(...vf, "--against", file, ...model);
  assert(/^GENERAL +log_max_qp +\d+ +current +12 +17$/m.test(out), out);
});

Deno.test("images are bytes: hex of each, and a file of all in order", async () => {
  using folder = new Folder();
  const file = `${folder.path}/qos.bin`;
  const qos = ["--type", "QOS"];
  const { out } = await caps(...qos, "--hex");
  assert(/^QOS current {2}4096 bytes\n000000 {2}[0-9a-f]{8} /.test(out), out);
  assertEquals((await caps(...qos, "--binary", file)).code, 0);
  const { types } = JSON.parse((await caps(...qos, "--hex", "--json")).out);
  const { current, maximum } = types[0].raw;
  assertEquals(Deno.readFileSync(file).toHex(), current + maximum);
  assertEquals(current.length, 2 * 4096);
  const drawn = await caps(...qos, "--picture");
  assertStringIncludes(drawn.out, "QOS, qos_cap, current:\n");
  assert(/: packet_pacing=1$/m.test(drawn.out));
});

Deno.test("a type without public fields has its bytes, one the firmware lacks is named", async () => {
  const lacks = await caps("--type", "0x12");
  assertEquals(lacks.out, "Not supported by this firmware: 0x12\n");
  const wrong = await caps("--type", "QOOS");
  assertStringIncludes(wrong.err, "Did you mean QOS?");
});

Deno.test("a comparison has no other form", async () => {
  for (const more of ["--hex", "--diff", "--picture"]) {
    const { code, err } = await caps("--compare", "1", more);
    assertEquals(code, 1);
    assertStringIncludes(err, "A comparison is a table of its own");
  }
});

Deno.test("a type or a field that one side lacks is no difference of zero", () => {
  const side = (name: string, types: Record<string, number>[]) => ({
    name,
    answer: {
      function: "own",
      types: types.map((fields, index) => ({
        type: `T${index}`,
        fields: Object.entries(fields).map(([field, value]) => ({
          field,
          bit: 0,
          width: 1,
          current: value,
          maximum: 1,
        })),
      })),
    },
  });
  const compared = compareCaps([
    side("a", [{ x: 0, y: 1 }, { z: 1 }]),
    side("b", [{ x: 0 }]),
  ]);
  assertEquals(
    compareText(compared, plainStyle),
    `\
TYPE  FIELD  BIT  OF       a  b
T0    y        0  current  1  -
T0    y        0  maximum  1  -
T1 is not there: b

1 field of 1 type differ
`,
  );
});

Deno.test("a file that is none of ours is refused with where it is wrong", () => {
  using folder = new Folder();
  const head = { schema: "fwctl/caps", version: "1.0" };
  const type = { type: "GENERAL", fields: [] };
  const wrong: readonly (readonly [unknown, string])[] = [
    ["{", "is not JSON"],
    [[], "schema fwctl/caps"],
    [{ ...head, schema: "fwctl/list" }, "schema fwctl/caps"],
    [{ ...head, version: "2.0", types: [] }, "version 2.0"],
    [{ ...head, types: 1 }, "types: is not a list"],
    [{ ...head, types: Array(257).fill(type) }, "types: is not a list"],
    [{ ...head, types: [null] }, "types[0].type"],
    [{ ...head, types: [{ ...type, fields: {} }] }, "types[0].fields"],
    [{ ...head, types: [{ ...type, fields: [{}] }] }, "fields[0].field"],
    [
      { ...head, types: [{ ...type, fields: [{ field: "a", current: {} }] }] },
      "fields[0].current",
    ],
  ];
  for (const [content, words] of wrong) {
    const text = typeof content === "string"
      ? content
      : JSON.stringify(content);
    let said = "";
    try {
      readCaps(folder.file("caps.json", text));
    } catch (error) {
      said = String(error);
    }
    assertStringIncludes(said, words);
  }
});

Deno.test(`${MANY} made-up files are compared, or refused with a typed error`, () => {
  const next = random(0xca95);
  const odd: readonly PlainData[] = [
    ...[null, true, -1, 1e300, "", "GENERAL", "\u001b[2J", "__proto__"],
    ...[[], {}, [[]], { type: {} }],
  ];
  const any = (): PlainData => odd[next() % odd.length] ?? null;
  const often = (good: PlainData): PlainData => next() % 8 === 0 ? any() : good;
  let compared = 0;
  for (let run = 0; run < RUNS; run++) {
    const field = {
      field: often("log_max_qp"),
      bit: any(),
      current: often(next() % 3),
      maximum: often(3),
    };
    const type = { type: often("GENERAL"), fields: often([field, field]) };
    const data = {
      schema: "fwctl/caps",
      version: "1.0",
      function: any(),
      types: often([type]),
    };
    try {
      const side = parseCaps(data, "x.json");
      const both = [side, parseCaps({ ...data, types: [] }, "y")];
      const text = compareText(
        compareCaps(both.map((answer, at) => ({ name: `${at}`, answer }))),
        plainStyle,
      );
      assert(!text.includes("\u001b"), text);
      compared++;
    } catch (error) {
      assert(isFwctlError(error), `run ${run}: ${error}`);
    }
  }
  assert(compared > 0 && compared < RUNS, String(compared));
});
