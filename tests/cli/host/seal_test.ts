/** Once per boot: seals after all recipes, `fwctl seal`, and what `fwctl host prune` leaves. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { fwctlHere } from "../in_process.ts";
import { jsonOf, Site } from "./site.ts";

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

Deno.test("what was applied is told also when a seal or the log cannot be written", async () => {
  using site = new Site();
  site.caps("10-a", "roce=0");
  const { code, out, err } = await site.apply("--log", `${site.path}/no/log`);
  assertEquals(code, 1);
  assertMatch(out, /10-a\.ts +applied/);
  assertStringIncludes(err, "no/log cannot be written");
  // The seal's place is taken by a folder.
  const device = "0000%3A3b%3A00.0";
  const boot = (await jsonOf(site.run("list", "--json"))).json.inventory.bootId;
  Deno.mkdirSync(`${site.path}/state/seals/${device}@${boot}.json/x`, {
    recursive: true,
  });
  const { json, code: sealless } = await jsonOf(
    site.apply("--seal", "--json", "--log", site.log),
  );
  assertEquals(sealless, 1);
  assertEquals(json.recipes[0].outcome, "nothing");
  assertStringIncludes(json.error.message, "seal");
  assertMatch(site.logged().join("\n"), /apply not sealed: A seal cannot be/);
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
