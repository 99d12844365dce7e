/** `fwctl host apply | drift | prune` and `fwctl seal`, on modelled hosts. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { ROOT } from "../paths.ts";
import { Folder } from "./fwctl.ts";
import { fwctlHere } from "./in_process.ts";

const VF = "0000:3b:00.2";

/** A host with a site's folder and a model. */
class Site extends Folder {
  readonly config = `${this.path}/etc`;
  readonly log = `${this.path}/log`;

  constructor() {
    super();
    Deno.mkdirSync(`${this.config}/recipes`, { recursive: true });
  }

  /** A recipe of the checkout under another name, with parameters. */
  recipe(name: string, of: string, params: object): void {
    Deno.copyFileSync(
      `${ROOT}recipes/${of}.ts`,
      `${this.config}/recipes/${name}.ts`,
    );
    this.file(`etc/recipes/${name}.json`, params);
  }

  caps(name: string, set: string, vf = VF): void {
    this.recipe(name, "vf_caps", { vf: [vf], set: fields(set) });
  }

  run(...args: string[]) {
    return fwctlHere([
      ...args,
      ...["--model", "connectx", "--model-state", `${this.path}/model`],
      ...["--state-dir", `${this.path}/state`],
    ]);
  }

  apply(...more: string[]) {
    return this.run(
      ...["host", "apply", "--yes", "--config", this.config],
      ...["--log", this.log, ...more],
    );
  }

  drift(...more: string[]) {
    return this.run("host", "drift", "--config", this.config, ...more);
  }

  /** The lines of the log without their times. */
  logged(): string[] {
    return Deno.readTextFileSync(this.log).trimEnd().split("\n").map((line) => {
      assertMatch(line, /^\d{4}-\d\d-\d\dT[\d:.]+Z /);
      return line.slice(line.indexOf(" ") + 1).replace(/run \S+/, "run R");
    });
  }
}

function fields(text: string): Record<string, number> {
  return Object.fromEntries(
    text.split(",").map((pair) => {
      const [name = "", value = ""] = pair.split("=");
      return [name, Number(value)];
    }),
  );
}

Deno.test("recipes are applied in the order of their names, each with its parameters", async () => {
  using site = new Site();
  site.caps("20-second", "log_max_qp=11");
  site.caps("10-first", "log_max_qp=12,roce=0");
  const { code, out, err } = await site.apply();
  assertEquals(code, 0, err);
  const [first, second] = [out.indexOf("10-first"), out.indexOf("20-second")];
  assert(first >= 0 && first < second, out);
  assertStringIncludes(out, "12 → 11");
  const again = await site.drift();
  assertEquals(again.code, 2, "the first is no longer as declared");
  assertEquals(site.logged(), [
    "apply 10-first.ts applied, 1 request, run R",
    "apply 20-second.ts applied, 1 request, run R",
  ]);
});

Deno.test("a recipe that fails does not keep the others from being applied, and the exit code tells", async () => {
  using site = new Site();
  site.caps("10-bad", "log_max_qp=99");
  site.caps("20-good", "roce=0");
  Deno.writeTextFileSync(`${site.config}/recipes/30-broken.ts`, "export {");
  const { code, out, err } = await site.apply();
  assertEquals(code, 1);
  assertMatch(out, /20-good\.ts +applied/);
  assertMatch(out, /10-bad\.ts +error/);
  assertMatch(out, /30-broken\.ts +error/);
  assertStringIncludes(err, "error:");
  const { json } = await jsonOf(site.apply("--json"));
  assertEquals(
    json.recipes.map(({ recipe, exit, outcome }: Record<string, unknown>) => [
      recipe,
      exit,
      outcome,
    ]),
    [
      ["10-bad.ts", 1, "error"],
      ["20-good.ts", 0, "nothing"],
      ["30-broken.ts", 1, "error"],
    ],
  );
  assertEquals(json.recipes[1].apply.result.outcome, "nothing");
});

Deno.test("the site's policy holds, and nobody is asked", async () => {
  using site = new Site();
  site.caps("10-caps", "roce=0");
  site.file("etc/policy.json", {
    format: "fwctl-policy/1",
    deny: [{ kind: "mlx5.hca_cap", reason: "not here" }],
  });
  const { code, err } = await site.apply();
  assertEquals(code, 4);
  assertStringIncludes(err, "not here");
  const asked = await site.run("host", "apply", "--config", site.config);
  assertEquals(asked.code, 4, "refused before anybody is asked");
  Deno.removeSync(`${site.config}/policy.json`);
  const nobody = await site.run("host", "apply", "--config", site.config);
  assertEquals(nobody.code, 1);
  assertStringIncludes(nobody.err, "Nobody can be asked");
});

Deno.test("a seal comes after all recipes, and closes also what had nothing to change", async () => {
  using site = new Site();
  site.caps("10-a", "roce=0");
  site.caps("20-b", "log_max_qp=12");
  assertEquals((await site.apply()).code, 0);
  // As at the second boot: nothing to change, and once per boot all the same.
  const { code, out, err } = await site.apply("--seal");
  assertEquals(code, 0, err);
  assertStringIncludes(out, "Sealed until the next boot: 0000:3b:00.0");
  assertEquals(
    (await site.apply()).code,
    0,
    "what is as declared needs no write",
  );
  site.caps("10-a", "roce=1");
  assertEquals((await site.apply()).code, 4);
  assertEquals((await site.apply("--break-seal")).code, 0);
});

Deno.test("a policy that seals does not keep the second recipe out", async () => {
  using site = new Site();
  site.file("etc/policy.json", {
    format: "fwctl-policy/1",
    seal: "boot-strict",
  });
  site.caps("10-a", "roce=0");
  site.caps("20-b", "log_max_qp=12");
  assertEquals((await site.apply()).code, 0);
  site.caps("20-b", "log_max_qp=13");
  assertEquals((await site.apply("--break-seal")).code, 4, "strict");
});

Deno.test("nothing is sealed when a recipe failed, so that it can be mended", async () => {
  using site = new Site();
  site.caps("10-a", "roce=0");
  site.caps("20-b", "log_max_qp=99");
  const { code, out } = await site.apply("--seal");
  assertEquals(code, 1);
  assert(!out.includes("Sealed"), out);
  site.caps("20-b", "log_max_qp=12");
  assertEquals((await site.apply("--seal")).code, 0);
});

Deno.test("what is waited for and does not come is an error, and the rest is applied", async () => {
  using site = new Site();
  site.caps("10-a", "roce=0");
  const started = Date.now();
  const { code, out, err } = await site.apply(
    ...["--wait", "1", "--wait-for", "fwctl7", "--wait-for", VF],
  );
  assert(Date.now() - started >= 1000);
  assertEquals(code, 1);
  assertStringIncludes(err, "waiting for fwctl7, 1 seconds at most");
  assertStringIncludes(out, "Did not come: fwctl7");
  assertMatch(out, /10-a\.ts +applied/);
});

Deno.test("a recipe that names a device is tried until it is there", async () => {
  using site = new Site();
  site.caps("10-a", "roce=0", "0000:99:00.2");
  const started = Date.now();
  const { code, err } = await site.apply("--wait", "1");
  assert(Date.now() - started >= 1000);
  assertEquals(code, 1);
  assertStringIncludes(err, "0000:99:00.2");
});

Deno.test("what everybody may write to is not applied", async () => {
  for (const path of ["recipes", "recipes/10-a.ts", "recipes/10-a.json"]) {
    using site = new Site();
    site.caps("10-a", "roce=0");
    Deno.chmodSync(`${site.config}/${path}`, 0o777);
    const { code, err } = await site.apply();
    assertEquals(code, 1);
    assertStringIncludes(err, `${path} may be written by everybody`);
  }
});

Deno.test("a file beside the recipes that is none is named", async () => {
  using site = new Site();
  site.caps("10-a", "roce=0");
  site.file("etc/recipes/10-b.json", {});
  site.file("etc/recipes/10-a.ts~", "");
  const { code, err } = await site.apply();
  assertEquals(code, 0);
  assertStringIncludes(err, "2 files beside the recipes not used");
  assertStringIncludes(err, "10-a.ts~");
});

Deno.test("a host without recipes is fine, and says so", async () => {
  using site = new Site();
  const { code, out } = await site.apply();
  assertEquals(code, 0);
  assertStringIncludes(out, "There is no recipe in");
  assertEquals((await site.drift()).code, 0);
});

Deno.test("host drift compares each recipe with its own parameters, for metrics too", async () => {
  using site = new Site();
  site.caps("10-a", "roce=0");
  site.caps("20-b", "log_max_qp=17");
  const metrics = `${site.path}/fwctl.prom`;
  const { code } = await site.drift("--prometheus", metrics, "--log", site.log);
  assertEquals(code, 2);
  const text = Deno.readTextFileSync(metrics);
  assertMatch(text, /10-a\.ts",device="fwctl0",state="drifted"\} 1/);
  assertMatch(text, /20-b\.ts",device="fwctl0",state="as-declared"\} 1/);
  assertEquals((Deno.statSync(metrics).mode ?? 0) & 0o777, 0o644);
  assertEquals(site.logged(), [
    "drift 10-a.ts 1 drifted, 0 pending, 0 as declared",
    "drift 20-b.ts 0 drifted, 0 pending, 1 as declared",
  ]);
  await site.apply();
  assertEquals((await site.drift()).code, 0);
});

Deno.test("fwctl seal closes devices by name, or all, and needs no plan", async () => {
  using site = new Site();
  site.caps("10-a", "roce=0");
  assertEquals((await site.run("seal")).code, 1);
  const { code, out } = await site.run(
    "seal",
    "0000:3b:00.0",
    "--log",
    site.log,
  );
  assertEquals(code, 0);
  assertMatch(out, /fwctl0 +0000:3b:00\.0 +sealed until the next boot/);
  assertEquals(site.logged(), ["seal 0000:3b:00.0"]);
  assertEquals((await site.apply()).code, 4);
  assertEquals((await site.apply("--break-seal")).code, 0);
  const strict = await jsonOf(site.run("seal", "--all", "--strict", "--json"));
  assertEquals(strict.json.sealed[0].breakable, false);
  const weaker = await jsonOf(site.run("seal", "--all", "--json"));
  assertEquals(
    weaker.json.sealed[0].breakable,
    false,
    "it does not give way again",
  );
  const nowhere = await fwctlHere(["seal", "--all", "--model", "connectx"]);
  assertEquals(nowhere.code, 1);
  assertStringIncludes(nowhere.err, "--state-dir");
});

Deno.test("prune removes journals of old runs that ended, and seals of earlier boots, and no others", async () => {
  using site = new Site();
  for (const value of [12, 13, 14]) {
    site.caps("10-a", `log_max_qp=${value}`);
    assertEquals((await site.apply()).code, 0);
  }
  const journals = `${site.path}/state/journal`;
  const names = [...Deno.readDirSync(journals)].map(({ name }) => name).sort();
  const [first = "", second = "", third = ""] = names;
  // The first is old; the second is old and was killed.
  const old = (name: string): string => `2020${name.slice(4)}`;
  Deno.renameSync(`${journals}/${first}`, `${journals}/${old(first)}`);
  Deno.renameSync(`${journals}/${second}`, `${journals}/${old(second)}`);
  const killed = `${journals}/${old(second)}`;
  const lines = Deno.readTextFileSync(killed).trimEnd().split("\n");
  Deno.writeTextFileSync(killed, `${lines.slice(0, -1).join("\n")}\n`);
  assertEquals((await site.run("seal", "--all")).code, 0);
  const seals = `${site.path}/state/seals`;
  Deno.writeTextFileSync(`${seals}/0000:3b:00.0@another-boot.json`, "{}");
  const dry = await site.run("host", "prune", "--keep", "0", "--dry-run");
  assertStringIncludes(dry.out, "Would remove 1 journal of runs");
  assertEquals([...Deno.readDirSync(journals)].length, 3);
  const asked = await site.run("host", "prune", "--keep", "0");
  assertStringIncludes(asked.err, "nothing was removed");
  const { out } = await site.run(
    ...["host", "prune", "--keep", "0", "--yes", "--log", site.log],
  );
  assertStringIncludes(out, "Removed 1 journal of runs");
  assertStringIncludes(out, "1 seal of earlier boots");
  assertEquals(
    [...Deno.readDirSync(journals)].map(({ name }) => name).sort(),
    [old(second), third],
  );
  const left = [...Deno.readDirSync(seals)].map(({ name }) => name);
  assert(left.length > 0 && !left.some((name) => name.includes("another")));
  site.caps("10-a", "log_max_qp=15");
  const guarded = await site.apply("--break-seal");
  assertEquals(guarded.code, 1);
  assertStringIncludes(
    guarded.err,
    "never ended",
    "it still guards its device",
  );
});

async function jsonOf(
  ended: Promise<{ code: number; out: string }>,
  // deno-lint-ignore no-explicit-any -- a test looks into any member
): Promise<{ code: number; json: any }> {
  const { code, out } = await ended;
  return { code, json: JSON.parse(out) };
}
