/** Every schema meets a real answer, and refuses what is not one. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Ajv2020 } from "ajv/dist/2020.js";
import { loadSchema, schemaEntries } from "../../lib/view/schemas/load.ts";
import { assertAnswer, type Json, strictCheck } from "../answers.ts";
import { privatePem, publicPem, RFC_KEYS } from "../trust/make.ts";
import { places } from "../view/schema_walk.ts";
import { Folder, fwctl, MODEL_FLAGS } from "./fwctl.ts";
import { fwctlHere } from "./in_process.ts";

const CAPS = "recipes/vf_caps.ts -p vf=0000:3b:00.2 -p set=roce=0";

/**
 * A command line for each schema, run in this order on one modelled host; DIR is
 * a folder of its own. A line without a name only prepares the next ones.
 */
const LINES: readonly (readonly [name: string, line: string])[] = [
  ["list", "list"],
  ["info", "info fwctl0"],
  ["caps", "caps fwctl0 --type QOS --picture --hex"],
  ["caps-compare", "caps fwctl0 --type GENERAL --compare 3b:00.4"],
  [
    "rpc",
    "rpc fwctl0 --scope debug-read-only --out 64 " + "0101".padEnd(32, "0"),
  ],
  ["scope", "scope 080500000000000100009020"],
  ["requests", "scope --list"],
  ["describe", "describe fwctl0"],
  ["decode", "decode mlx5 PAOS 00010002 --picture"],
  ["decoders", "decode mlx5"],
  ["query", "query fwctl0 identity"],
  ["query", "reg fwctl0 PTYS local_port=1 --hex"],
  ["plan", "plan recipes/inventory.ts"],
  ["params", `plan ${CAPS} --params-help`],
  ["plan", `plan ${CAPS} -o DIR/plan.json --html DIR/plan.html`],
  ["show", "show DIR/plan.json --html DIR/show.html"],
  ["apply", "apply DIR/plan.json --yes"],
  ["drift", `drift ${CAPS} recipes/none.ts`],
  ["journal-list", "journal list"],
  ["journal", "journal show last"],
  ["journal-verify", "journal verify"],
  ["recover", "undo last --yes"],
  ["", `apply ${CAPS} --yes`],
  ["journal-close", "journal close last --yes"],
  ["sign", "sign DIR/plan.json --key DIR/a.key --created now --expires 90d"],
  ["attest", "attest fwctl0 --key DIR/a.key -o DIR/now.json"],
  [
    "verify",
    "verify DIR/now.json --baseline DIR/now.json --trust DIR/trust.json",
  ],
  ["trust", "trust DIR/trust.json"],
  ["policy", "policy DIR/policy.json"],
  ["bundle", "bundle --redact --created now -o DIR/b.tar.gz"],
  ["nvconfig", "nvconfig query fwctl0"],
  ["nvconfig", "nvconfig query fwctl0 --all"],
  ["nvconfig-backup", "nvconfig backup fwctl0 DIR/nv.json"],
  [
    "plan",
    "nvconfig set fwctl0 NUM_OF_VFS=4 --dry-run --max-effect next-reset",
  ],
  ["vfio", "vfio prepare 0000:3b:00.3 --set log_max_qp=12 --vm web --yes"],
  ["vfio-status", "vfio status"],
  ["vfio-hook", "vfio hook show --root DIR"],
  ["host", "host install --root DIR --enable --yes"],
  ["host", "host install --root DIR --keep-days 7 --dry-run"],
  ["host", "host status --root DIR"],
  ["host-apply", "host apply --config DIR/site --yes"],
  ["host-prune", "host prune --dry-run --keep 0 --older-than 0d"],
  ["diag-capabilities", "diag capabilities fwctl0"],
  ["apply", "diag set fwctl0 --allow-taint --yes --max-scope debug-write-full"],
  ["diag-samples", "diag dump fwctl0"],
  ["doctor", "doctor --all"],
  ["", "record DIR/case.jsonl -- info fwctl0"],
  ["recording", "record show DIR/case.jsonl --all"],
  ["recording-close", "record close DIR/cut.jsonl"],
  ["report", `report ${CAPS} recipes/none.ts -o DIR/report.html`],
  ["version", "version"],
  ["schema-list", "schema"],
  ["schema", "schema list"],
  ["seal", "seal --all"],
  ["error", "info fwctl9"],
];

/** What a line needs that no command makes. */
const BEFORE: Readonly<Record<string, (dir: string) => void>> = {
  // The run ends as one that was killed.
  "journal-close": (dir) => {
    const folder = `${dir}/state/journal`;
    const last = [...Deno.readDirSync(folder)].map(({ name }) => name).sort()
      .at(-1);
    withoutLast(`${folder}/${last}`, `${folder}/${last}`);
  },
  "recording-close": (dir) =>
    withoutLast(`${dir}/case.jsonl`, `${dir}/cut.jsonl`),
};

function withoutLast(file: string, into: string): void {
  const lines = Deno.readTextFileSync(file).split("\n").slice(0, -2);
  Deno.writeTextFileSync(into, `${lines.join("\n")}\n`);
}

/** Answers by name, made once. */
let made: Promise<ReadonlyMap<string, Json[]>> | undefined;

function answers(): Promise<ReadonlyMap<string, Json[]>> {
  return made ??= run();
}

async function run(): Promise<ReadonlyMap<string, Json[]>> {
  using folder = new Folder();
  Deno.chmodSync(folder.file("a.key", privatePem(RFC_KEYS.A.seed)), 0o600);
  const key = publicPem(RFC_KEYS.A.key);
  folder.file("trust.json", {
    format: "fwctl-trust/1",
    keys: [{ name: "ops", key, notAfter: "2090-01-01" }],
  });
  folder.file("policy.json", {
    format: "fwctl-policy/1",
    deny: [{ group: ["memory-access"] }],
  });
  const recipes = `${folder.path}/site/recipes`;
  Deno.mkdirSync(recipes, { recursive: true });
  Deno.copyFileSync("recipes/vf_caps.ts", `${recipes}/10-vf.ts`);
  folder.file("site/recipes/10-vf.json", {
    vf: ["0000:3b:00.4"],
    set: { roce: 0 },
  });
  folder.file("site/recipes/20-broken.ts", "export {");
  const found = new Map<string, Json[]>();
  for (const [name, line] of LINES) {
    BEFORE[name]?.(folder.path);
    const args = line.replaceAll("DIR", folder.path).split(" ");
    const host = [
      ...["--model", "connectx", "--state-dir", `${folder.path}/state`],
      ...["--model-state", `${folder.path}/model.json`],
    ];
    // Each answer is held against its schema there.
    const { out, err } = await fwctlHere(["--json", ...host, ...args]);
    if (name === "") continue;
    const answer: Json = JSON.parse(out);
    assertEquals(answer.schema, `fwctl/${name}`, `${line}\n${out}${err}`);
    found.set(name, [...found.get(name) ?? [], answer]);
  }
  return found;
}

Deno.test("every schema has a command that answers so, and every answer is as its schema says", async () => {
  const found = await answers();
  const names = schemaEntries().filter(({ kind }) => kind === "answer")
    .map(({ name }) => name);
  const missing = names.filter((name) => !found.has(name));
  assertEquals(
    missing,
    [],
    `add a command line to LINES in tests/cli/schemas_test.ts for: ${missing}`,
  );
});

Deno.test("a schema refuses an answer without a member it requires, or with one of another type", async () => {
  let refused = 0;
  for (const [name, all] of await answers()) {
    const check = await strictCheck(name);
    for (const answer of all) {
      for (
        const { object, key, path, required, free } of places(name, answer)
      ) {
        const member = object[key];
        if (required) {
          delete object[key];
          assert(!check(answer), `fwctl/${name} is good without ${path}`);
          refused++;
        }
        if (!free) {
          object[key] = [["unlike anything"]];
          assert(!check(answer), `fwctl/${name} takes anything as ${path}`);
          refused++;
        }
        object[key] = member;
      }
      assert(check(answer), `fwctl/${name}: the test puts everything back`);
    }
  }
  assert(refused > 1500, `${refused} broken answers were refused`);
});

Deno.test("the published schemas take members that are new, the tests do not", async () => {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  for (const [name, all] of await answers()) {
    const answer: Json = all[0];
    const document = await loadSchema(name);
    assert(document);
    const published = ajv.compile(document);
    const newer = { ...answer, version: "1.9", surplus: 1 };
    const other = { ...answer, version: "2.0" };
    for (const good of [answer, newer]) {
      assert(published(good), `${name}: ${JSON.stringify(published.errors)}`);
    }
    assert(!published(other), `${name} takes another major version`);
    const strict = await strictCheck(name);
    assert(!strict(newer), name);
  }
});

Deno.test("a member that nobody described is named, with what to do", async () => {
  const [answer] = (await answers()).get("list") ?? [];
  answer.inventory.devices[0].colour = "green";
  const error = await assertAnswer(answer, "fwctl list").then(
    () => undefined,
    (error) => error,
  );
  delete answer.inventory.devices[0].colour;
  assert(error instanceof Error);
  assertStringIncludes(
    error.message,
    "/inventory/devices/0/colour is described nowhere",
  );
  assertStringIncludes(error.message, "lib/view/schemas/list.schema.json");
});

Deno.test("fwctl schema prints a schema and the list, needs no permission, and helps with names", async () => {
  const plan = await fwctl(["schema", "fwctl/plan"], { flags: [] });
  assertEquals({ code: plan.code, err: plan.err }, { code: 0, err: "" });
  assertEquals(JSON.parse(plan.out), await loadSchema("plan"));
  const list = await fwctlHere(["schema"]);
  for (const { name } of schemaEntries()) assertStringIncludes(list.out, name);
  const wrong = await fwctlHere(["schema", "plna"]);
  assertEquals(wrong.code, 1);
  assertStringIncludes(wrong.err, "Did you mean plan?");
});

Deno.test("fwctl schema --dir writes every schema, and nothing over what is there", async () => {
  using folder = new Folder();
  const dir = `${folder.path}/new/schemas/`;
  const { code, out } = await fwctlHere(["schema", "--dir", dir, "--json"]);
  assertEquals(code, 0);
  const { schemas } = JSON.parse(out);
  assertEquals(schemas.length, schemaEntries().length);
  for (const { name, file } of schemas) {
    assertEquals(
      JSON.parse(Deno.readTextFileSync(file)),
      await loadSchema(name),
    );
  }
  const again = await fwctl(["schema", "--dir", dir], { flags: MODEL_FLAGS });
  assertEquals(again.code, 1);
  assertStringIncludes(again.err, "is there already");
  const forced = await fwctlHere(["schema", "--dir", dir, "--force"]);
  assertEquals(forced.code, 0, forced.err);
});
