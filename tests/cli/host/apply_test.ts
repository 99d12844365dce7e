/** `fwctl host apply` and `host drift`, on modelled hosts. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { jsonOf, Site, VF } from "./site.ts";

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
