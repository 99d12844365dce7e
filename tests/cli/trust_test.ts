/** sign, attest, verify, trust and --require-signed, as a person uses them. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { privatePem, publicPem, RFC_KEYS } from "../trust/make.ts";
import { Folder, fwctl, MODEL_FLAGS, scenario } from "./fwctl.ts";
import { fwctlHere, fwctlHereJson } from "./in_process.ts";
import { ROOT } from "../paths.ts";

const RECIPE = Deno.readTextFileSync(`${ROOT}recipes/vf_caps.ts`);
const VF = ["-p", "vf=0000:3b:00.2", "-p", "set=roce=0"];

/** A folder with a recipe, the keys of two people, and trust in one of them. */
class Desk extends Folder {
  readonly key: string = this.file("a.key", privatePem(RFC_KEYS.A.seed));
  readonly stranger: string = this.file("b.key", privatePem(RFC_KEYS.B.seed));
  readonly recipe: string = this.file("recipe.ts", RECIPE);
  readonly model: string = this.file("model.json", scenario());
  readonly trust: string = this.trusting();

  constructor() {
    super();
    Deno.chmodSync(this.key, 0o600);
    Deno.chmodSync(this.stranger, 0o600);
  }

  trusting(other: Record<string, unknown> = {}): string {
    return this.file("trust.json", {
      format: "fwctl-trust/1",
      keys: [{ name: "ops", key: publicPem(RFC_KEYS.A.key), ...other }],
    });
  }

  async plan(...more: string[]) {
    return await fwctlHere([
      "plan",
      this.recipe,
      "--model",
      this.model,
      ...VF,
      "--require-signed",
      "--trust",
      this.trust,
      ...more,
    ]);
  }

  async sign(...more: string[]): Promise<void> {
    const { code, err } = await fwctlHere([
      "sign",
      this.recipe,
      "--key",
      this.key,
      ...more,
    ]);
    assertEquals(code, 0, err);
  }
}

Deno.test("a signed recipe is planned; unsigned, changed or signed by a stranger it is refused", async () => {
  using desk = new Desk();
  const unsigned = await desk.plan();
  assertEquals(unsigned.code, 4);
  assertMatch(unsigned.err, /recipe\.ts is not signed.*rule: require-signed/);
  assertMatch(unsigned.err, /next: /);
  // Nor does it run to say what it takes.
  const help = await fwctlHere([
    ...["plan", desk.recipe, "--params-help"],
    ...["--require-signed", "--trust", desk.trust],
  ]);
  assertEquals([help.code, help.out], [4, ""]);

  await desk.sign("--expires", "1d");
  const good = await desk.plan();
  assertEquals(good.code, 0, good.err);
  assertMatch(good.err, /the recipe is signed by ops, until 20/);
  assertMatch(good.out, /1 function to change/);

  desk.file("recipe.ts", `${RECIPE}\n`);
  const changed = await desk.plan();
  assertEquals(changed.code, 4);
  assertMatch(changed.err, /is not what was signed: its sha256 is/);

  const again = await fwctlHere(["sign", desk.recipe, "--key", desk.stranger]);
  assertEquals(again.code, 1);
  assertMatch(again.err, /is there already/);
  await fwctlHere(["sign", desk.recipe, "--key", desk.stranger, "--force"]);
  const strange = await desk.plan();
  assertEquals(strange.code, 4);
  assertMatch(strange.err, /is signed by no trusted key/);
});

Deno.test("apply asks for the same signature, and writes nothing without it", async () => {
  using desk = new Desk();
  const state = `${desk.path}/state.json`;
  const args = ["--model", desk.model, "--model-state", state, ...VF, "--yes"];
  const signed = ["--require-signed", "--trust", desk.trust];
  const refused = await fwctlHere(["apply", desk.recipe, ...args, ...signed]);
  assertEquals(refused.code, 4);
  const before = await fwctlHereJson([
    "plan",
    desk.recipe,
    ...args.slice(0, -1),
  ]);
  assertEquals(before.json.changes, true, "nothing was written");
  await desk.sign();
  const applied = await fwctlHere(["apply", desk.recipe, ...args, ...signed]);
  assertEquals(applied.code, 0, applied.err);
  const after = await fwctlHereJson([
    "plan",
    desk.recipe,
    ...args.slice(0, -1),
  ]);
  assertEquals(after.json.changes, false);
});

Deno.test("trust that has ended, or is for something else, is refused by name", async () => {
  using desk = new Desk();
  await desk.sign();
  desk.trusting({ notAfter: "2020-01-01" });
  const ended = await desk.plan();
  assertEquals(ended.code, 4);
  assertMatch(ended.err, /signed by ops.*trusted until 2020-01-01T23:59:59Z/);
  desk.trusting({ scopes: ["attestation"] });
  const other = await desk.plan();
  assertEquals(other.code, 4);
  assertMatch(other.err, /not trusted for a signature on a recipe/);
  const shown = await fwctlHereJson(["trust", desk.trust]);
  assertEquals(shown.json.keys[0].scopes, ["attestation"]);
  assertEquals(shown.json.keys[0].expired, false);
});

Deno.test("options of trust that do not go together are errors", async () => {
  using desk = new Desk();
  const plan = ["plan", desk.recipe, "--model", desk.model, ...VF];
  const alone = await fwctlHere([...plan, "--require-signed"]);
  assertEquals(alone.code, 1);
  assertMatch(alone.err, /--require-signed is given without --trust/);
  const idle = await fwctlHere([...plan, "--trust", desk.trust]);
  assertEquals(idle.code, 1);
  assertMatch(idle.err, /--trust is given without --require-signed/);
  const past = await fwctlHere(
    ["sign", desk.recipe, "--key", desk.key, "--expires", "2020-01-01"],
  );
  assertEquals(past.code, 1);
  assertMatch(past.err, /is past already/);
  const wrong = await fwctlHere(
    ["sign", desk.model, "--key", desk.key],
  );
  assertEquals(wrong.code, 1);
  assertMatch(wrong.err, /is JSON, but no plan file/);
  const secret = await fwctlHere(["trust", desk.key]);
  assertMatch(secret.err, /is a private key, not a public one/);
});

Deno.test("a folder of trust takes trust files and public keys, and no signature for one", async () => {
  using desk = new Desk();
  const folder = `${desk.path}/trusted`;
  Deno.mkdirSync(folder);
  const empty = await fwctlHere(["trust", folder]);
  assertEquals(empty.code, 1);
  assertMatch(empty.err, /has no trusted key/);
  Deno.copyFileSync(desk.trust, `${folder}/ops.json`);
  Deno.writeTextFileSync(`${folder}/lab.pub.pem`, publicPem(RFC_KEYS.B.key));
  Deno.writeTextFileSync(`${folder}/x.dsse.json`, "{}");
  const { out, code, err } = await fwctlHere(["trust", folder]);
  assertEquals(code, 0, err);
  assertMatch(out, /^lab +[0-9a-f]{64} +everything +always$/m);
  assertMatch(out, /^ops +[0-9a-f]{64} +everything +always$/m);
});

Deno.test("a private key that others may read is warned of", async () => {
  using desk = new Desk();
  Deno.chmodSync(desk.key, 0o644);
  const { err } = await fwctlHere(["sign", desk.recipe, "--key", desk.key]);
  assertMatch(err, /warning: Others may read the private key/);
});

Deno.test("a recipe from a URL has its signature beside it, also with a query", async () => {
  using desk = new Desk();
  await desk.sign();
  const signature = Deno.readTextFileSync(`${desk.recipe}.dsse.json`);
  let serving = false;
  await using server = Deno.serve(
    { port: 0, onListen: () => {} },
    (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/r.ts") {
        return new Response(RECIPE, {
          headers: { "content-type": "application/typescript" },
        });
      }
      return serving && pathname === "/s.ts.dsse.json"
        ? new Response(signature)
        : pathname === "/s.ts"
        ? new Response(RECIPE, {
          headers: { "content-type": "application/typescript" },
        })
        : new Response("", { status: 404 });
    },
  );
  const host = `localhost:${server.addr.port}`;
  const run = (path: string) =>
    fwctl(
      [
        "plan",
        `http://${host}${path}`,
        "--model",
        desk.model,
        ...VF,
        "--require-signed",
        "--trust",
        desk.trust,
      ],
      { flags: [...MODEL_FLAGS, `--allow-import=${host}`] },
    );
  const unsigned = await run("/r.ts");
  assertEquals(unsigned.code, 4, unsigned.err);
  assertMatch(unsigned.err, /there is no http:\S+\/r\.ts\.dsse\.json/);
  serving = true;
  const good = await run("/s.ts?version=2");
  assertEquals(good.code, 0, good.err);
  assertMatch(good.err, /the recipe is signed by ops/);
});

Deno.test("attest twice is the same file; a change is shown field by field, exit 2", async () => {
  using desk = new Desk();
  const state = `${desk.path}/state.json`;
  const model = ["--model", desk.model, "--model-state", state];
  const [one, two, three] = ["1", "2", "3"].map((name) =>
    `${desk.path}/${name}.json`
  ) as [string, string, string];
  const signed = ["--key", desk.key];
  assertEquals(
    (await fwctlHere(["attest", "fwctl0", ...model, ...signed, "-o", one]))
      .code,
    0,
  );
  assertEquals(
    (await fwctlHere(["attest", "--all", ...model, ...signed, "-o", two])).code,
    0,
  );
  assertEquals(Deno.readTextFileSync(one), Deno.readTextFileSync(two));
  const same = await fwctlHere(
    ["verify", two, "--baseline", one, "--trust", desk.trust],
  );
  assertEquals(same.code, 0, same.err);
  assertMatch(same.out, /^same: \S+ \(signed by ops\) says of 1 device what/);

  await fwctlHere(["apply", desk.recipe, ...model, ...VF, "--yes"]);
  await fwctlHere(["attest", "mlx5_0", ...model, "-o", three]);
  const verify = ["verify", three, "--baseline", one, "--trust", desk.trust];
  const { code, out } = await fwctlHere(verify);
  assertEquals(code, 2);
  assertMatch(out, /^ +functions 1 GENERAL current roce +1 +→ +0$/m);
  assertMatch(out, /different: \S+ \(signature not verified\) differs/);
  const { json } = await fwctlHereJson(verify);
  assertEquals(json.same, false);
  assertEquals(json.complete, true);
  assertEquals(json.baseline.signedBy, ["ops"]);
  assertEquals(json.measured.signedBy, null);
  const roce = json.differences.find((each: { path: string[] }) =>
    each.path.at(-1) === "roce"
  );
  assertEquals(roce, {
    device: "0000:3b:00.0",
    path: ["configuration", "functions", "1", "GENERAL", "current", "roce"],
    baseline: 1,
    now: 0,
  });
  const strict = await fwctlHere([...verify, "--require-signed"]);
  assertEquals(strict.code, 1);
  assertMatch(strict.err, /3\.json is not signed/);
});

Deno.test("a statement that was changed, or signed by a stranger, is an error and not a difference", async () => {
  using desk = new Desk();
  const file = `${desk.path}/plain.json`;
  const strange = `${desk.path}/strange.json`;
  const attest = ["attest", "--all", "--model", desk.model, "-o"];
  await fwctlHere([...attest, file]);
  await fwctlHere([...attest, strange, "--key", desk.stranger]);
  const text = Deno.readTextFileSync(file);
  const changed = desk.file("changed.json", text.replace("22.41", "22.42"));
  assert(text !== Deno.readTextFileSync(changed));
  const forged = await fwctlHere(["verify", changed, "--baseline", file]);
  assertEquals(forged.code, 1);
  assertMatch(forged.err, /is not what its digest is of/);
  const trust = ["--trust", desk.trust];
  const other = await fwctlHere([
    "verify",
    file,
    "--baseline",
    strange,
    ...trust,
  ]);
  assertEquals(other.code, 1);
  assertMatch(other.err, /is signed by no trusted key/);
  const bare = await fwctlHere(["verify", file, "--baseline", file, ...trust]);
  assertEquals(bare.code, 1);
  assertMatch(bare.err, /plain\.json is not signed/);
  const blind = await fwctlHere(["verify", file, "--baseline", strange]);
  assertEquals(blind.code, 0);
  assertMatch(blind.err, /warning: Nobody looked at the signature/);
  for (const content of ["", "[]", "{", RECIPE]) {
    const wrong = desk.file("wrong.json", content);
    const { code } = await fwctlHere(["verify", file, "--baseline", wrong]);
    assertEquals(code, 1);
  }
});

Deno.test("attest without a file prints the statement; without a device it says what is missing", async () => {
  using desk = new Desk();
  const { out, code } = await fwctlHere([
    "attest",
    "fwctl0",
    "--model",
    desk.model,
  ]);
  assertEquals(code, 0);
  const statement = JSON.parse(out);
  assertEquals(statement._type, "https://in-toto.io/Statement/v1");
  assertEquals(statement.subject[0].name, "0000:3b:00.0");
  assert(
    !out.includes("fwctl0") && !out.includes(`"uid"`),
    "nothing of the opening",
  );
  const { json } = await fwctlHereJson([
    "attest",
    "--all",
    "--model",
    desk.model,
  ]);
  assertEquals(json.statement, statement);
  const none = await fwctlHere(["attest", "--model", desk.model]);
  assertEquals(none.code, 1);
  assertMatch(none.err, /No device is named/);
});

Deno.test("a plan file is applied when a trusted key signed it, and is told from a recipe", async () => {
  using desk = new Desk();
  const model = ["--model", desk.model, "--model-state", `${desk.path}/state`];
  const plan = `${desk.path}/change.fwctl-plan.json`;
  const made = await fwctlHere([
    "plan",
    desk.recipe,
    ...model,
    ...VF,
    "-o",
    plan,
  ]);
  assertEquals(made.code, 0, made.err);
  const apply = ["apply", plan, ...model, "--yes"];
  const signed = ["--require-signed", "--trust", desk.trust];
  const unsigned = await fwctlHere([...apply, ...signed]);
  assertEquals(unsigned.code, 4, unsigned.err);
  assertMatch(unsigned.err, /is not signed/);

  // The recipe's signature is none on the plan.
  await desk.sign();
  Deno.copyFileSync(`${desk.recipe}.dsse.json`, `${plan}.dsse.json`);
  const other = await fwctlHere([...apply, ...signed]);
  assertEquals(other.code, 4);
  assertMatch(
    other.err,
    /is a signature on a recipe, not on a plan|not trusted/,
  );

  const { json } = await fwctlHereJson(
    ["sign", plan, "--key", desk.key, "--force"],
  );
  assertEquals(json.kind, "plan");
  desk.trusting({ scopes: ["recipe"] });
  const scoped = await fwctlHere([...apply, ...signed]);
  assertEquals(scoped.code, 4);
  assertMatch(scoped.err, /not trusted for a signature on a plan/);
  desk.trusting();
  const applied = await fwctlHere([...apply, ...signed]);
  assertEquals(applied.code, 0, applied.err);
  assertMatch(applied.err, /the plan is signed by ops/);
});
