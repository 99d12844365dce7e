/** Completion in the real shells: TAB is pressed in bash and zsh on a terminal, and fish is asked as it asks itself. */
import { assert, assertEquals } from "@std/assert";
import { ROOT } from "../paths.ts";
import { ignored, lacking } from "./needs.ts";
import { Installed, Shell } from "./shell.ts";

/** A test for which a program must be there; it says so and is passed over where it is not. */
function withProgram(
  program: string,
  name: string,
  body: () => Promise<void>,
): void {
  const ignore = ignored(name, lacking(program, "script"));
  Deno.test({ name, ignore, fn: body });
}

/** A recipe whose choices are what no shell should read. */
const HOSTILE = `export default {
  name: "hostile", description: "what no shell should read",
  params: { word: { type: "choice", help: "$(touch ran)", choices: [
    "$(touch ran)", "plain", "two words", "it's", "semi;touch ran", "co:lon", "back\`touch ran\`",
  ] } },
  desired: () => [],
};`;

/** What is typed, and the line after TAB, in each shell that has another one. */
interface Case {
  readonly typed: string;
  readonly then: string;
}

/** The same in all shells. */
const ALIKE: readonly Case[] = [
  { typed: "fwctl inf", then: "fwctl info " },
  { typed: "fwctl nvconfig que", then: "fwctl nvconfig query " },
  {
    typed: "fwctl --model connectx info 0000:3b:00.",
    then: "fwctl --model connectx info 0000:3b:00.0 ",
  },
  {
    typed: "fwctl --model connectx info ens",
    then: "fwctl --model connectx info ens1f0np0 ",
  },
  {
    typed: "fwctl --model mixed info mem",
    then: "fwctl --model mixed info mem0 ",
  },
  {
    typed: "fwctl --model connectx info '0000:3b:01.",
    then: "fwctl --model connectx info '0000:3b:01.1' ",
  },
  { typed: "fwctl --model=conn", then: "fwctl --model=connectx " },
  {
    typed: "fwctl plan --max-scope=debug-r",
    then: "fwctl plan --max-scope=debug-read-only ",
  },
  { typed: "~/bin/fwctl versio", then: "~/bin/fwctl version " },
  { typed: "./bin/fwctl versio", then: "./bin/fwctl version " },
  { typed: "echo x; fwctl lis", then: "echo x; fwctl list " },
  { typed: "fwctl --policy bi", then: "fwctl --policy bin/" },
  { typed: "fwctl --policy=bi", then: "fwctl --policy=bin/" },
  { typed: "fwctl --state-dir bi", then: "fwctl --state-dir bin/" },
  {
    typed: "fwctl --model connectx caps fwctl0 --vf 0000:3b:00.7",
    then: "fwctl --model connectx caps fwctl0 --vf 0000:3b:00.7 ",
  },
  {
    typed: "fwctl --model connectx reg fwctl0 PTY",
    then: "fwctl --model connectx reg fwctl0 PTYS ",
  },
  {
    typed: "fwctl --model connectx plan recipes/vf_caps.ts -p vf",
    then: "fwctl --model connectx plan recipes/vf_caps.ts -p vf=",
  },
  {
    typed:
      "fwctl --model connectx plan recipes/vf_caps.ts -p vf=0000:3b:00.2,0000:3b:01.1",
    then:
      "fwctl --model connectx plan recipes/vf_caps.ts -p vf=0000:3b:00.2,0000:3b:01.1 ",
  },
  // What is typed is never run.
  {
    typed: "fwctl --model '$(touch ran)' info ",
    then: "fwctl --model '$(touch ran)' info ",
  },
  { typed: "fwctl info nothing-like-it", then: "fwctl info nothing-like-it" },
  // What is offered is never run either: it is quoted.
  {
    typed: "fwctl plan hostile.ts -p word=two",
    then: "fwctl plan hostile.ts -p word=two\\ words ",
  },
  {
    typed: "fwctl plan hostile.ts -p word=semi",
    then: "fwctl plan hostile.ts -p word=semi\\;touch\\ ran ",
  },
  {
    typed: "fwctl plan hostile.ts -p word=it",
    then: "fwctl plan hostile.ts -p word=it\\'s ",
  },
  {
    typed: "fwctl plan hostile.ts -p word=co",
    then: "fwctl plan hostile.ts -p word=co:lon ",
  },
  {
    typed: "fwctl plan hostile.ts -p word=ba",
    then: "fwctl plan hostile.ts -p word=back\\`touch\\ ran\\` ",
  },
];

function prepared(): Installed {
  const at = new Installed();
  Deno.symlinkSync(`${ROOT}recipes`, `${at.path}/recipes`);
  Deno.writeTextFileSync(`${at.path}/hostile.ts`, HOSTILE);
  Deno.mkdirSync(`${at.path}/functions`);
  return at;
}

/** What lies in the folder: nothing may appear that a completion made. */
function contents({ path }: Installed): string[] {
  return [...Deno.readDirSync(path)].map(({ name }) => name)
    .filter((name) => !name.startsWith(".")).sort();
}

async function check(shell: Shell, cases: readonly Case[]): Promise<void> {
  const wrong: string[] = [];
  for (const { typed, then } of cases) {
    const { line, shown } = await shell.tab(typed);
    if (line !== then) {
      wrong.push(`${typed}\n  gave   ${line}\n  wanted ${then}`);
    }
    if (/error|warning|not found/i.test(shown)) {
      wrong.push(`${typed}: ${shown}`);
    }
  }
  assertEquals(wrong, [], wrong.join("\n"));
}

/** Prints the line on Control-O, asks no questions. */
const BASH = [
  `bind -x '"\\C-o": printf "<<[%s]>>\\n" "$READLINE_LINE"'`,
  "bind 'set completion-query-items 0'; bind 'set page-completions off'",
  "bind 'set enable-bracketed-paste off'; PS1='> '",
].join("; ");

withProgram(
  "bash",
  "bash completes without the package bash-completion",
  async () => {
    using at = prepared();
    const before = contents(at);
    await using shell = new Shell(
      "bash --norc --noprofile -i",
      at.env,
      at.path,
    );
    await shell.run(
      `${BASH}; . <(fwctl completion bash); echo rea''dy`,
      "ready",
    );
    await check(shell, [
      ...ALIKE,
      {
        typed: 'fwctl --model connectx info "0000:3b:01.',
        then: 'fwctl --model connectx info "0000:3b:01.1" ',
      },
      {
        typed: "fwctl info $(touch ran) --al",
        then: "fwctl info $(touch ran) --all ",
      },
      {
        typed: "fwctl plan hostile.ts -p word=\\$",
        then: "fwctl plan hostile.ts -p word=\\$\\(touch\\ ran\\) ",
      },
      {
        typed: "fwctl plan hostile.ts -p 'word=two",
        then: "fwctl plan hostile.ts -p 'word=two words' ",
      },
    ]);
    // The second TAB shows what each word is.
    const { shown } = await shell.tab(
      "fwctl --model connectx caps fwctl0 --vf 0000:3b:0",
      "\t\t",
    );
    assert(shown.includes("(VF 0 of fwctl0, no driver bound)"), shown);
    // bash splits words at colons, or not: both work.
    await shell.run(
      "COMP_WORDBREAKS=${COMP_WORDBREAKS//:}; echo rea''dy",
      "ready",
    );
    await check(shell, ALIKE.slice(0, 6));
    assertEquals(contents(at), before);
  },
);

withProgram(
  "bash",
  "bash completes beside the package bash-completion, where it looks for it",
  async () => {
    const package_ = "/usr/share/bash-completion/bash_completion";
    using at = prepared();
    try {
      Deno.statSync(package_);
    } catch {
      // deno-lint-ignore no-console -- why a part does not run is said
      console.log(`not run: there is no ${package_}`);
      return;
    }
    const folder = `${at.path}/.local/share/bash-completion/completions`;
    Deno.mkdirSync(folder, { recursive: true });
    await using shell = new Shell(
      "bash --norc --noprofile -i",
      at.env,
      at.path,
    );
    await shell.run(
      `${BASH}; fwctl completion bash > ${folder}/fwctl; . ${package_}; echo rea''dy`,
      "ready",
    );
    await check(shell, [
      ...ALIKE.slice(0, 8),
      { typed: "sudo fwctl lis", then: "sudo fwctl list " },
    ]);
  },
);

withProgram("zsh", "zsh completes from its folder of functions", async () => {
  using at = prepared();
  const before = contents(at);
  await using shell = new Shell("zsh -f -i", at.env, at.path);
  await shell.run(
    [
      "PS1='> '; fwctl completion zsh > functions/_fwctl",
      "fpath=($PWD/functions $fpath); autoload -Uz compinit; compinit -u -D",
      'bindkey -e; show() { print; print -r -- "<<[$BUFFER]>>" }',
      "zle -N show; bindkey '^O' show; LISTMAX=0; unsetopt beep automenu",
      "echo rea''dy",
    ].join("; "),
    "ready",
  );
  await check(shell, [
    ...ALIKE,
    { typed: "sudo fwctl lis", then: "sudo fwctl list " },
    {
      typed: "fwctl info $(touch ran) --al",
      then: "fwctl info $(touch ran) --all ",
    },
  ]);
  const { shown } = await shell.tab(
    "fwctl --model connectx caps fwctl0 --vf 0000:3b:0",
    "\t\t",
  );
  assert(shown.includes("VF 0 of fwctl0, no driver bound"), shown);
  assertEquals(contents(at), before);
});

withProgram(
  "zsh",
  "zsh completes when the script is read with source",
  async () => {
    using at = prepared();
    await using shell = new Shell("zsh -f -i", at.env, at.path);
    await shell.run(
      [
        "PS1='> '; autoload -Uz compinit; compinit -u -D; bindkey -e",
        'show() { print; print -r -- "<<[$BUFFER]>>" }; zle -N show',
        "bindkey '^O' show; source <(fwctl completion zsh); echo rea''dy",
      ].join("; "),
      "ready",
    );
    await check(shell, ALIKE.slice(0, 3));
  },
);

withProgram("fish", "fish completes from its folder", async () => {
  using at = prepared();
  const before = contents(at);
  const folder = `${at.path}/.config/fish/completions`;
  Deno.mkdirSync(folder, { recursive: true });
  /** The words that fish offers, as it would insert them, unquoted. */
  const offers = async (line: string): Promise<string[]> => {
    const { stdout, stderr } = await new Deno.Command("fish", {
      args: [
        "-c",
        `complete -C ${"'" + line.replace(/[\\']/g, "\\$&") + "'"}`,
      ],
      env: at.env,
      clearEnv: true,
      cwd: at.path,
    }).output();
    assertEquals(new TextDecoder().decode(stderr), "", line);
    return new TextDecoder().decode(stdout).split("\n").slice(0, -1)
      .map((each) => each.split("\t")[0] ?? "");
  };
  await new Deno.Command("fish", {
    args: ["-c", `fwctl completion fish > ${folder}/fwctl.fish`],
    env: at.env,
    clearEnv: true,
    cwd: at.path,
  }).output();
  const wrong: string[] = [];
  for (const { typed, then } of ALIKE) {
    // fish has its own words for a line: what stands behind the last blank.
    const word = then.slice(typed.lastIndexOf(" ") + 1).trimEnd()
      .replace(/\\(.)/g, "$1").replaceAll("'", then.includes("it") ? "'" : "");
    const last = typed.endsWith(" ") ? "" : word;
    const found = await offers(typed);
    const wanted = then === typed ? [] : [last];
    if (JSON.stringify(found) !== JSON.stringify(wanted)) {
      wrong.push(`${typed}\n  offers ${found.join(" | ")}\n  wanted ${wanted}`);
    }
  }
  assertEquals(wrong, [], wrong.join("\n"));
  assertEquals(await offers("fwctl info (touch ran) --al"), ["--all"]);
  assertEquals(contents(at), before);
});
