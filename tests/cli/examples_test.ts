/** The help of every command: its place, its examples, and that each example runs as it stands. */
import { assert, assertEquals } from "@std/assert";
import { type Example, examplesOf } from "../../lib/cli/program/examples.ts";
import { ELSE, EXIT_WORDS, PURPOSES } from "../../lib/cli/program/purposes.ts";
import { pathOf } from "../../lib/cli/shell/kinds.ts";
import { ROOT } from "../paths.ts";
import { privatePem, publicPem, RFC_KEYS } from "../trust/make.ts";
import { allCommands, commandTree } from "./commands.ts";
import { Folder } from "./fwctl.ts";
import { fwctlHere } from "./in_process.ts";

const COMMANDS = allCommands();

Deno.test("every command has one to four examples", () => {
  const wrong = COMMANDS.map((command) => [command, examplesOf(command).length])
    .filter(([, count]) => Number(count) < 1 || Number(count) > 4)
    .map(([command, count]) =>
      `fwctl ${pathOf(command as typeof COMMANDS[number])} has ${count}`
    );
  assertEquals(
    wrong,
    [],
    `${wrong.join("\n")}\n` +
      "Give a command one to four examples: wrap it in withExamples(command, " +
      "`fwctl …  # what for`) of lib/cli/program/examples.ts, or add its path " +
      "to examples_read.ts or examples_change.ts. What the lines need before " +
      "they run goes into NEEDS of this test.",
  );
});

Deno.test("an example begins with fwctl and its command, says what for, and ends the help", () => {
  for (const command of COMMANDS) {
    const path = pathOf(command);
    assert(
      examplesOf(command).some(({ line }) =>
        line.includes(` ${path} `) ||
        line.endsWith(` ${path}`)
      ) || command.commands.length > 0,
      `no example of ${path} has it in its line`,
    );
    for (const { line, does, unrun } of examplesOf(command)) {
      const said = `fwctl ${path}: ${line}`;
      assert(line.startsWith("fwctl "), said);
      assert(does !== "" && !does.includes("("), `${said}: "${does}"`);
      if (unrun === "") continue;
      assert(unrun.length > 10, `${said} does not say why it is not run`);
    }
  }
  let text = "";
  const plan = COMMANDS.find((each) => each.name() === "plan");
  plan?.configureOutput({ writeOut: (part) => text += part });
  plan?.outputHelp();
  const [, examples = ""] = text.split("\n\nExamples:\n");
  assertEquals(
    examples.trim().split("\n").length,
    2 * examplesOf(plan ?? commandTree()).length,
    text,
  );
});

Deno.test("every command stands under a heading of the help, and exit codes are said there", () => {
  const stray = commandTree().commands
    .filter((each) => each.helpGroup() === ELSE).map((each) => each.name());
  assertEquals(
    stray,
    [],
    `${stray.join(", ")}: put it under a heading in PURPOSES of ` +
      "lib/cli/program/purposes.ts",
  );
  let text = "";
  const root = commandTree();
  root.configureOutput({ writeOut: (part) => text += part });
  root.outputHelp();
  const shown = Object.keys(PURPOSES).filter((heading) =>
    text.includes(`\n${heading}\n`)
  );
  assert(shown.length >= 6, text);
  for (const [code, means] of Object.entries(EXIT_WORDS)) {
    assert(text.includes(`  ${code}  ${means}\n`), code);
  }
});

const APPLY =
  "fwctl apply recipes/vf_caps.ts -p vf=0000:3b:00.2 -p set=roce=0 --yes";
const PLAN = `${
  APPLY.replace("apply", "plan").replace(" --yes", "")
} -o vf.json`;
const ATTEST = "fwctl attest --all -o";
const PREPARE = "fwctl vfio prepare 0000:3b:00.2 --set roce=0 --yes";
const INSTALL =
  "fwctl vfio hook install --profile vms.json --root /tmp/fwctl-hook";

/** What must have been run before the examples of a command, by its path. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  show: [PLAN, "fwctl sign vf.json --key key.pem"],
  apply: [PLAN],
  undo: [APPLY],
  resume: [APPLY],
  journal: [APPLY],
  "journal show": [APPLY],
  "journal close": [APPLY],
  "bundle show": ["fwctl bundle -o case.tar.gz"],
  "record show": ["fwctl record case.jsonl -- info fwctl0"],
  "record close": ["fwctl record killed.jsonl -- info fwctl0"],
  sign: [PLAN],
  verify: [`${ATTEST} now.json`, `${ATTEST} golden.json --key key.pem`],
  "nvconfig reset": [
    "fwctl nvconfig set fwctl0 NUM_OF_VFS=8 LINK_TYPE_P1=IB --yes",
  ],
  "nvconfig restore": ["fwctl nvconfig backup fwctl0 before.json"],
  "vfio release": [PREPARE],
  "vfio hook remove": [INSTALL],
  "diag dump": [
    "fwctl diag set fwctl0 --counters tx-packets --allow-taint --yes",
  ],
  "diag sample": [
    "fwctl diag set fwctl0 --counters tx-packets --allow-taint --yes",
  ],
};

/** Files that examples read and no command makes. */
function put(folder: Folder): void {
  folder.file("key.pem", privatePem(RFC_KEYS.A.seed));
  folder.file("release.pem", publicPem(RFC_KEYS.A.key));
  folder.file("site.ts", Deno.readTextFileSync(`${ROOT}recipes/vf_caps.ts`));
  folder.file("policy.json", {
    format: "fwctl-policy/1",
    max: { effect: "next-reset" },
  });
  folder.file("request.bin", Uint8Array.of(1, 1, ...Array(14).fill(0)));
  Deno.mkdirSync(`${folder.path}/site/recipes`, { recursive: true });
  folder.file(
    "site/recipes/10-vf.ts",
    Deno.readTextFileSync(`${ROOT}recipes/vf_caps.ts`),
  );
  folder.file("site/recipes/10-vf.json", {
    vf: ["0000:3b:00.2"],
    set: { roce: 0 },
  });
  folder.file("vms.json", {
    format: "fwctl-vfio-profile/1",
    vms: { web: { vfs: ["0000:3b:00.2"], set: { roce: 0 } } },
  });
}

/** A line as it would run in that folder, on the model; what a pipe or a file gets is cut off. */
function wordsOf(
  { line, model }: Pick<Example, "line" | "model">,
  folder: string,
): string[] {
  const [command = ""] = line.split(/ [|>] /);
  const [, ...words] = command.split(" ").map((word) =>
    word.startsWith("recipes/")
      ? ROOT + word
      : word.startsWith("/tmp/fwctl-")
      ? word.replace("/tmp/fwctl-", `${folder}/`)
      : /^\w+(\.(json|jsonl|pem|ts|prom|html|bin)|\.tar\.gz|man1)$|^(man1|schemas)$/
          .test(word)
      ? `${folder}/${word}`
      : word
  );
  return [
    ...["--model", model, "--model-state", `${folder}/${model}.state`],
    ...["--state-dir", `${folder}/state`],
    ...words,
  ];
}

Deno.test("every example of every command runs as it stands and exits as it says", async () => {
  const failed: string[] = [];
  let count = 0;
  for (const command of COMMANDS) {
    using folder = new Folder();
    put(folder);
    const needs = NEEDS[pathOf(command)] ?? [];
    for (const line of needs) {
      const { code, err } = await fwctlHere(
        wordsOf({ line, model: "connectx" }, folder.path),
      );
      assertEquals(code, 0, `${line}\n${err}`);
    }
    if (needs.some((line) => line.includes("killed.jsonl"))) {
      const path = `${folder.path}/killed.jsonl`;
      const lines = Deno.readTextFileSync(path).trimEnd().split("\n");
      Deno.writeTextFileSync(path, `${lines.slice(0, -1).join("\n")}\n`);
    }
    for (const example of examplesOf(command)) {
      if (example.unrun !== "") continue;
      count++;
      const words = wordsOf(example, folder.path);
      const { code, out, err } = await fwctlHere(words);
      if (code !== example.exit) {
        failed.push(
          `${example.line}: exit ${code}, not ${example.exit}\n${out}${err}`,
        );
      }
    }
  }
  assertEquals(failed, [], failed.join("\n"));
  assert(count > 100, `${count} examples`);
});
