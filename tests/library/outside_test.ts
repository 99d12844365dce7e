/**
 * A driver from outside: written in a folder of its own, with the library by
 * URL, so that it has a copy of every class.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { assertRejects, assertThrows } from "@std/assert";
import { driver as acme } from "../../docs/examples/own_driver/mod.ts";
import { checkDriver } from "../../drivers/outside.ts";
import { Lanes } from "../../lib/parallel/lanes.ts";
import { planLanes } from "../../lib/parallel/plan.ts";
import {
  DEFAULT_POLICY,
  discover,
  type Driver,
  driversWith,
  loadRecipe,
  openMachine,
  planRecipe,
  Sessions,
} from "../../mod.ts";
import { Folder, fwctl, MODEL_FLAGS } from "../cli/fwctl.ts";
import { fwctlHere } from "../cli/in_process.ts";
import { ROOT } from "../paths.ts";
import { ownDriver, serveCheckout } from "./serve.ts";

Deno.test("the command lists, describes, asks, plans, applies and takes back with a driver from elsewhere", async () => {
  await using server = serveCheckout();
  using folder = new Folder();
  const { path } = folder;
  ownDriver(path, `http://${server.host}/`);
  const flags = [...MODEL_FLAGS, "--no-lock", `--allow-import=${server.host}`];
  const run = async (...args: string[]) =>
    await fwctl([
      ...["--driver-module", `${path}/mod.ts`],
      ...["--model", `${path}/scenario.json`],
      ...["--model-state", `${path}/state.json`, "--state-dir", `${path}/kept`],
      ...args,
    ], { flags });

  const list = await run("list");
  assertEquals(list.code, 0, list.err);
  assertMatch(list.out, /^fwctl0 +acme +0000:07:00\.0/m);
  // What code it runs with is said, and where its text can be compared.
  const bytes = Deno.readFileSync(`${path}/mod.ts`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  assertEquals(
    list.err,
    `driver acme from file://${path}/mod.ts (sha256 ${digest.toHex()}): code with all rights of this command, not checked by this project\n`,
  );

  const described = await run("describe", "fwctl0");
  assertMatch(described.out, /acme\.setting/);
  assertMatch(described.out, /fan_speed/);

  const recipe = `${path}/recipe.ts`;
  const set = ["-p", "device=fwctl0", "-p", "speed=40"];
  const plan = await run("plan", recipe, ...set, "-o", `${path}/plan.json`);
  assertEquals(plan.code, 0, plan.err);
  assertMatch(plan.out, /fan_speed +0 → 40 +at most 100/);
  const applied = await run("apply", `${path}/plan.json`, "--yes");
  assertEquals(applied.code, 0, applied.out + applied.err);
  // An error of the driver's own copy of a class is one of ours all the same.
  const absent = await run(
    "plan",
    recipe,
    "-p",
    "device=fwctl7",
    "-p",
    "speed=1",
  );
  assertEquals(absent.code, 1);
  assertMatch(absent.err, /error: there is no fwctl device "fwctl7"/);
  const undone = await run("undo", "last", "--yes");
  assertEquals(undone.code, 0, undone.out + undone.err);
  const pending = await run("plan", recipe, ...set, "--detailed-exitcode");
  assertEquals(pending.code, 2, pending.out + pending.err);
});

Deno.test("commands that look at the device, its requests and its health know the driver", async () => {
  const example = `${ROOT}docs/examples/own_driver`;
  const run = async (...args: string[]) =>
    await fwctlHere([
      ...["--driver-module", `${example}/mod.ts`],
      ...["--model", `${example}/scenario.json`],
      ...args,
    ]);
  assertMatch((await run("info", "fwctl0")).out, /Acme 1000/);
  const query = await run("query", "fwctl0", "identity", "--json");
  assertEquals(JSON.parse(query.out).answer.facts, { serial: "4711" });
  const scope = await run("scope", "--driver", "acme", "0300000000000000");
  assertMatch(scope.out, /RESET[^]*debug-write/);
  const doctor = await run("doctor", "fwctl0");
  assertEquals(doctor.code, 0, doctor.out + doctor.err);
  const set = (speed: number) =>
    run(
      ...["plan", `${example}/recipe.ts`],
      ...["-p", "device=fwctl0", "-p", `speed=${speed}`, "--detailed-exitcode"],
    );
  assertEquals((await set(0)).code, 0);
  assertEquals((await set(100)).code, 2);
  const above = await set(101);
  assertEquals(above.code, 1);
  assertMatch(above.err, /fan_speed 101 is refused: at most 100/);
});

Deno.test("a module that is no driver is refused before anything is asked, and says what it lacks", async () => {
  using folder = new Folder();
  const cases: readonly [string, RegExp][] = [
    [
      "export const other = 1;",
      /is no driver: it exports no object called driver/,
    ],
    ["export const driver = { name: 'Big' };", /its name is not lower case/],
    [
      "export const driver = { name: 'x', deviceType: 9, title: 'X', kernelDrivers: [] };",
      /its decodeInfo is no function/,
    ],
    ["export const driver = ;", /cannot be loaded: /],
  ];
  for (const [index, [text, said]] of cases.entries()) {
    const file = folder.file(`bad${index}.ts`, text);
    const { code, out, err } = await fwctlHere([
      ...["--driver-module", file, "--model", "connectx", "list"],
    ]);
    assertEquals([code, out], [1, ""], text);
    assertMatch(err, said);
  }
  // A driver that tells on standard output that its code ran.
  const loud = folder.file(
    "loud.ts",
    "console.log(1); export const driver = 1;",
  );
  const signed = await fwctl([
    ...["--driver-module", loud, "--model", "connectx"],
    ...["plan", "recipes/vf_caps.ts", "--require-signed", "--trust", "k.pem"],
  ]);
  assertEquals([signed.code, signed.out], [1, ""]);
  assertMatch(signed.err, /nobody signs a driver's code/);
  for (
    const where of ["npm:left-pad", "data:text/javascript,0", "/nowhere.ts"]
  ) {
    const { code, err } = await fwctlHere([
      ...["--driver-module", where, "--model", "connectx", "list"],
    ]);
    assertEquals(code, 1, where);
    assertMatch(err, /^error: /);
  }
});

Deno.test("no driver stands in for another, whatever the order", async () => {
  const like = (change: Partial<Driver>): Driver => ({ ...acme, ...change });
  for (
    const taken of [
      like({ name: "mlx5", resources: {} }),
      like({ deviceType: 1 }),
      like({ kernelDrivers: ["mlx5_core"] }),
    ]
  ) {
    await assertRejects(
      async () => await driversWith([taken]),
      Error,
      "Two drivers have",
    );
  }
  await assertRejects(
    async () => await driversWith([acme, like({ title: "Twin" })]),
    Error,
    "Acme cards and Twin",
  );
  assertThrows(
    () => checkDriver(like({ name: "other" }), "here"),
    Error,
    "acme.setting does not begin with other.",
  );
});

Deno.test("every part of the library takes drivers as an argument", async () => {
  const example = new URL("../../docs/examples/own_driver/", import.meta.url);
  const drivers = await driversWith([acme]);
  using machine = await openMachine({
    model: new URL("scenario.json", example),
    drivers: [acme],
  });
  const { host } = machine;
  // Without it discovery and sessions know nothing of the card.
  assertEquals(discover(host).devices[0]?.driver, "unknown");
  const inventory = discover(host, drivers);
  assertEquals(inventory.devices[0]?.driver, "acme");
  using sessions = new Sessions({
    host,
    inventory,
    drivers,
    policy: DEFAULT_POLICY,
  });
  const { plan } = await planRecipe({
    source: await loadRecipe(new URL("recipe.ts", example)),
    params: { data: { device: "fwctl0", speed: 7 } },
    sessions,
    drivers,
  });
  assertEquals(plan.devices[0]?.driver, "acme");
  assertEquals((await machine.apply(plan)).result.outcome, "applied");
});

Deno.test("lanes load it in their own threads, from its module", async () => {
  using folder = new Folder();
  // Not by HTTP: what this process imports from there goes into deno.lock.
  ownDriver(folder.path, `file://${ROOT}`);
  const { path } = folder;
  const module = `file://${path}/mod.ts`;
  const socket = `${path}/model.sock`;
  const serving = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-lock", "--quiet"],
      new URL("../../lib/cli/main.ts", import.meta.url).href,
      ...["--driver-module", module, "serve"],
      ...["--scenario", `${path}/scenario.json`, "--socket", socket],
    ],
    stderr: "piped",
    stdout: "null",
  }).spawn();
  try {
    let said = "";
    for await (const part of serving.stderr) {
      said += new TextDecoder().decode(part);
      if (said.includes("serving ")) break;
    }
    assert(said.includes("serving "), said);
    const drivers = await driversWith([acme]);
    using machine = await openMachine({
      model: `unix:${socket}`,
      drivers: [acme],
    });
    const { inventory } = machine;
    using sessions = new Sessions({
      host: machine.host,
      inventory,
      drivers,
      policy: DEFAULT_POLICY,
    });
    using lanes = new Lanes(2, {
      host: { kind: "served", socket },
      drivers: [module],
    });
    lanes.setup({ inventory, policy: DEFAULT_POLICY, definitions: [] }, 1);
    const { plan } = await planRecipe({
      source: await loadRecipe(`${path}/recipe.ts`),
      params: { data: { device: "fwctl0", speed: 7 } },
      sessions,
      drivers,
      lanes: planLanes(lanes, inventory, () => {}),
    });
    assertEquals(plan.steps.length, 1);
    assertEquals(lanes.sent.length, 1);
  } finally {
    serving.kill("SIGTERM");
    await serving.status;
  }
});
