/** The command and recipes from a URL, served from this checkout. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { ROOT } from "../paths.ts";
import { Folder, fwctl } from "./fwctl.ts";
import { serveCheckout } from "./served_checkout.ts";

const ARGS = [
  "-p",
  "vf=0000:3b:00.2",
  "-p",
  "set=roce=0",
  "--model",
  "connectx",
];
const WORKER = "--unstable-worker-options";

Deno.test("list runs from a URL with --allow-ffi and --allow-import alone", async () => {
  await using server = serveCheckout();
  const host = `127.0.0.1:${server.addr.port}`;
  const flags = ["--no-lock", "--allow-ffi", `--allow-import=${host}`];
  const entry = `http://${host}/lib/cli/main.ts`;
  const { code, out, err } = await fwctl(["list", "--model", "connectx"], {
    flags,
    entry,
  });
  assertEquals({ code, err }, { code: 0, err: "" });
  assertMatch(out, /^fwctl0 +mlx5 /m);
});

Deno.test("schema runs from a URL with --allow-import alone", async () => {
  await using server = serveCheckout();
  const host = `127.0.0.1:${server.addr.port}`;
  const flags = ["--no-lock", `--allow-import=${host}`];
  const entry = `http://${host}/lib/cli/main.ts`;
  const { code, out, err } = await fwctl(["schema", "plan"], { flags, entry });
  assertEquals({ code, err }, { code: 0, err: "" });
  assertEquals(JSON.parse(out).$id, "urn:fwctl-deno:answer:plan:1");
});

Deno.test("plan and apply run from a URL, with a recipe from a URL", async () => {
  await using server = serveCheckout();
  using folder = new Folder();
  const host = `127.0.0.1:${server.addr.port}`;
  const flags = [WORKER, "--no-lock", `--allow-import=${host}`];
  const entry = `http://${host}/lib/cli/main.ts`;
  const recipe = `http://${host}/recipes/vf_caps.ts`;
  const plan = await fwctl(["plan", recipe, ...ARGS], { flags, entry });
  assertEquals(plan.code, 0, plan.err);
  assertStringIncludes(plan.out, "Plan: 1 function to change");
  const on = ["--model-state", `${folder.path}/s.json`];
  const files = [`--allow-read=${folder.path}`, `--allow-write=${folder.path}`];
  const apply = await fwctl(["apply", recipe, ...ARGS, ...on, "--yes"], {
    flags: [...flags, ...files],
    entry,
  });
  assertEquals(apply.code, 0, apply.err);
  assertStringIncludes(apply.out, "Applied: 1 function changed");
});

Deno.test("a local command takes a recipe from a URL; what is not there is a typed error", async () => {
  await using server = serveCheckout();
  const host = `127.0.0.1:${server.addr.port}`;
  const flags = [WORKER, "--no-lock", "--allow-read", `--allow-import=${host}`];
  const plan = await fwctl([
    "plan",
    `http://${host}/recipes/vf_caps.ts`,
    ...ARGS,
  ], { flags });
  assertEquals(plan.code, 0, plan.err);
  const missing = await fwctl([
    "plan",
    `http://${host}/recipes/none.ts`,
    ...ARGS,
  ], { flags });
  assertEquals(missing.code, 1);
  assertMatch(missing.err, /^error: .*none\.ts/);
  const denied = await fwctl([
    "plan",
    `http://${host}/recipes/vf_caps.ts`,
    ...ARGS,
  ], {
    flags: [WORKER, "--no-lock", "--allow-read"],
  });
  assertEquals(denied.code, 1);
  assertStringIncludes(denied.err, "--allow-import");
});

Deno.test("a recipe runs by itself: plan, apply, and its parameters", async () => {
  const entry = `${ROOT}recipes/vf_caps.ts`;
  const plan = await fwctl(["plan", ...ARGS], { entry });
  assertEquals(plan.code, 0, plan.err);
  assertStringIncludes(plan.out, "Plan: 1 function to change");
  const help = await fwctl([], { entry });
  assertEquals(help.code, 0);
  assertMatch(help.out, /\bset\b/);
});

Deno.test("without --unstable-worker-options plan says so and sends nothing", async () => {
  const { code, err } = await fwctl(["plan", "recipes/vf_caps.ts", ...ARGS], {
    flags: ["--allow-read"],
  });
  assertEquals(code, 1);
  assert(/^error: /m.test(err), err);
  assertStringIncludes(err, "--unstable-worker-options");
});
