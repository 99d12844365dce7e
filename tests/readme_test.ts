/** The README is held to what the project does. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { loadDrivers } from "../drivers/load.ts";
import { discover } from "../lib/device/discovery.ts";
import { Sessions } from "../lib/device/sessions.ts";
import { ModelHost } from "../lib/model/host.ts";
import { loadScenario } from "../lib/model/load.ts";
import { planRecipe } from "../lib/plan/from_recipe.ts";
import { DEFAULT_POLICY, parsePolicy } from "../lib/plan/policy.ts";
import { recipeFromText } from "../lib/recipe/load.ts";
import { Folder, fwctl, MODEL_FLAGS } from "./cli/fwctl.ts";
import { ROOT } from "./paths.ts";

const README = Deno.readTextFileSync(`${ROOT}README.md`);

/** The code blocks of a language. */
function blocks(language: string): string[] {
  return [...README.matchAll(/```(\w*)\n([\s\S]*?)```/g)]
    .filter((match) => match[1] === language)
    .map((match) => match[2] ?? "");
}

Deno.test("the README's plan is what its command prints", async () => {
  const [shown = ""] = blocks("");
  const [command = "", ...expected] = shown.split("\n");
  const args = command.replace(/^\$ fwctl /, "").split(" ");
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--unstable-worker-options",
      "--allow-read",
      "lib/cli/main.ts",
      ...args,
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  assert(success);
  assertEquals(new TextDecoder().decode(stdout), expected.join("\n"));
});

Deno.test("the README's recipe plans on the model", async () => {
  const text = blocks("ts").find((code) => code.includes("satisfies Recipe"));
  assert(text);
  const drivers = await loadDrivers();
  using host = await ModelHost.create(await loadScenario("connectx"), drivers);
  using sessions = new Sessions({
    host,
    inventory: discover(host),
    drivers,
    policy: DEFAULT_POLICY,
  });
  const { plan } = await planRecipe({
    source: await recipeFromText(text, "file:///readme.ts"),
    params: { texts: ["vf=0000:3b:00.2"] },
    sessions,
    drivers,
  });
  assertEquals(
    plan.resources[0]?.changes.map(({ field }) => field),
    ["roce", "log_max_qp"],
  );
});

Deno.test("the README's two commands are tasks, and CI calls the one that tests", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  const commands = [...README.matchAll(/npx -y deno@[\d.]+ task (\w+)/g)];
  assertEquals(commands.map((match) => match[1]), ["demo", "test"]);
  for (const [, task = ""] of commands) assert(task in tasks, task);
  assertStringIncludes(
    Deno.readTextFileSync(`${ROOT}.ci/run`),
    commands[1]?.[0] ?? "?",
  );
});

Deno.test("every folder of the README's map is there", () => {
  for (const [, path = ""] of README.matchAll(/^\| `([a-z./]+)`\s+\| /gm)) {
    assert(Deno.statSync(`${ROOT}${path}`), path);
  }
});

Deno.test("the README's policy is one, and is not how every host must be", async () => {
  const text = blocks("json").find((code) => code.includes("fwctl-policy/1"));
  assert(text);
  const policy = parsePolicy(JSON.parse(text), "README.md", {
    drivers: await loadDrivers(),
  });
  assertEquals(
    [policy.deny?.length, policy.allow?.length, policy.mayRaise],
    [2, 2, undefined],
  );
});

Deno.test("every row of the README's comparison is a command that works", async () => {
  const section =
    README.split("### Beside other tools")[1]?.split("\n## ")[0] ??
      "";
  const rows = [...section.matchAll(/`fwctl ([^`]+)` +\|$/gm)]
    .map((match) => (match[1] ?? "").split(" "));
  assert(rows.length > 12, `${rows.length} rows`);
  const failed: string[] = [];
  const lanes = [0, 1].map(async (lane) => {
    for (const args of rows.filter((_, index) => index % 2 === lane)) {
      const { out, err, code } = await fwctl(args);
      if (code !== 0 || out.length < 80) {
        failed.push(`${args.join(" ")}: exit ${code}\n${out}${err}`);
      }
    }
  });
  await Promise.all(lanes);
  assertEquals(failed, []);
});

Deno.test("every command line of the README's Trust section runs and exits as it says", async () => {
  const section = README.split("\n## Trust\n")[1]?.split("\n## ")[0] ?? "";
  const lines = [...section.matchAll(/```sh\n([\s\S]*?)```/g)]
    .flatMap((match) => (match[1] ?? "").trim().split("\n"));
  assert(lines.length > 15, `${lines.length} lines`);
  using folder = new Folder();
  Deno.symlinkSync(`${ROOT}recipes`, `${folder.path}/recipes`);
  const command = [Deno.execPath(), "run", ...MODEL_FLAGS, "--no-prompt"]
    .concat(`${ROOT}lib/cli/main.ts`, "--model", "connectx")
    .concat("--model-state", "model.json", "--state-dir", "state");
  const script = `set -e; fwctl() { ${command.join(" ")} "$@"; }\n`;
  const failed: string[] = [];
  for (const line of lines) {
    const wanted = Number(/# exit (\d)/.exec(line)?.[1] ?? 0);
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", script + line],
      cwd: folder.path,
    }).output();
    if (code === wanted) continue;
    const said = [stdout, stderr].map((one) => new TextDecoder().decode(one));
    failed.push(`${line}: exit ${code}\n${said.join("")}`);
  }
  assertEquals(failed, []);
});
