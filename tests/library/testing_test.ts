/** Trying a recipe: what lib/testing/mod.ts tells of it. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { recipeFromText } from "../../mod.ts";
import { tryRecipe } from "../../lib/testing/mod.ts";
import { Folder, scenario } from "../cli/fwctl.ts";
import { ROOT } from "../paths.ts";
import { serveCheckout } from "./serve.ts";

const RECIPE = `${ROOT}recipes/vf_caps.ts`;
const params = { vf: ["0000:3b:00.2"], set: { roce: 0, log_max_qp: 17 } };

Deno.test("it tells the changes, the second time, the way back, and the fields before and after", async () => {
  const run = await tryRecipe(RECIPE, { model: "connectx", params });
  assertEquals(run.changes, ["fwctl0 VF 0: roce 1 → 0"]);
  assertEquals(run.before, { "fwctl0 VF 0": { roce: 1, log_max_qp: 17 } });
  assertEquals(run.after, { "fwctl0 VF 0": { roce: 0, log_max_qp: 17 } });
  assertEquals(run.again, []);
  assertEquals(run.outcome, "applied");
  assertEquals(run.undone?.outcome, "undone");
  assert(run.restored);
});

Deno.test("faults of the scenario show: refused, undone, and not undone", async () => {
  using folder = new Folder();
  const both = { vf: ["0000:3b:00.2", "0000:3b:00.3"], set: { roce: 0 } };
  const tried = async (faults: unknown) =>
    await tryRecipe(RECIPE, {
      model: new URL(
        `file://${folder.file("machine.json", scenario({ faults }))}`,
      ),
      params: both,
    });
  const second = { request: "SET_HCA_CAP", nth: 2, status: 3 };
  const undone = await tried([second]);
  assertEquals(undone.outcome, "undone");
  assertEquals(undone.again, undone.changes);
  assertEquals([undone.undone, undone.restored], [undefined, true]);
  assertEquals(undone.after, undone.before);
  const stuck = await tried([{ ...second, repeat: true }]);
  assertEquals(stuck.outcome, "not-undone");
  assertEquals(stuck.restored, false);
  assertEquals(stuck.again, ["fwctl0 VF 1: roce 1 → 0"]);
  const gone = await tried([{ ...second, unplug: true }]);
  assertEquals(gone.restored, false);
  assertMatch(gone.again.join(), /^cannot be planned: /);
});

Deno.test("a recipe that only reports, and one whose action nothing takes back", async () => {
  const inventory = await tryRecipe(`${ROOT}recipes/inventory.ts`, {
    model: "mixed",
  });
  assert(inventory.report !== undefined);
  assertEquals([inventory.outcome, inventory.changes], ["nothing", []]);
  const text = `export default { name: "reset", description: "Resets",
    desired: ({ action }) => [action("mlx5.firmware_reset", { device: "fwctl0", level: "pci" })] };`;
  const reset = await tryRecipe(await recipeFromText(text, "file:///r.ts"), {
    model: "connectx",
    policy: { effect: "disruptive", scope: "debug-write-full", taint: true },
  });
  assertEquals(reset.outcome, "applied");
  assertMatch(reset.changes.join(), /^fwctl0 .*: sends \w+/);
  // An action is sent at every apply, and restored is never claimed of it.
  assertEquals([reset.again, reset.restored], [reset.changes, false]);
});

Deno.test("it works from a URL in a test of somebody else, with the rights it names", async () => {
  await using server = serveCheckout();
  using folder = new Folder();
  const test = folder.file(
    "mine_test.ts",
    `import { tryRecipe } from "http://${server.host}/lib/testing/mod.ts";
Deno.test("three lines", async () => {
  const run = await tryRecipe("http://${server.host}/recipes/vf_caps.ts", { model: "connectx", params: { vf: ["0000:3b:00.2"], set: { roce: 0 } } });
  if (run.changes.join() !== "fwctl0 VF 0: roce 1 → 0" || !run.restored) throw new Error(run.changes.join());
});`,
  );
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--no-check",
      "--no-lock",
      "--no-prompt",
      "--unstable-worker-options",
      `--allow-import=${server.host}`,
      test,
    ],
    cwd: folder.path,
  }).output();
  const said = new TextDecoder().decode(stdout) +
    new TextDecoder().decode(stderr);
  assertEquals(code, 0, said);
  assertMatch(said, /1 passed/);
});
