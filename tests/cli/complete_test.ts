/** Completion without a shell: what is offered, and in which form the shells get it. */
import { assert, assertEquals, assertNotMatch } from "@std/assert";
import { answerLines, answerText } from "../../lib/cli/shell/answer.ts";
import { kindOf, KINDS, pathOf, wordOf } from "../../lib/cli/shell/kinds.ts";
import { completionScript } from "../../lib/cli/shell/scripts.ts";
import {
  bashQuoted,
  bashWords,
  fishWord,
} from "../../lib/cli/shell/shell_words.ts";
import { ROOT } from "../paths.ts";
import { allCommands, commandTree } from "./commands.ts";
import { Folder, fwctl } from "./fwctl.ts";
import { fwctlHere } from "./in_process.ts";

const MODEL = ["--model", "connectx"];

/** The lines for words as zsh gives them. */
async function lines(...words: string[]): Promise<string[]> {
  return (await answerText(["zsh", ...words])).split("\n").slice(0, -1);
}

/** The words alone; what begins with a TAB is none. */
async function words(...typed: string[]): Promise<string[]> {
  return (await lines(...typed)).filter((line) => !line.startsWith("\t"))
    .map((line) => line.split("\t")[0] ?? "");
}

Deno.test("every argument and every option of every command has a kind", () => {
  const root = commandTree();
  const without: string[] = [];
  const used = new Set<string>();
  for (const command of [root, ...allCommands(root)]) {
    for (const of of [...command.registeredArguments, ...command.options]) {
      const word = wordOf(of);
      if (word === "") continue;
      for (const key of [word, `${pathOf(command)} ${word}`]) used.add(key);
      if (kindOf(command, of) === undefined) {
        without.push(`fwctl ${pathOf(command)}: <${word}>`);
      }
    }
  }
  assertEquals(
    without,
    [],
    `${without.join("\n")}\n` +
      "Say in KINDS of lib/cli/shell/kinds.ts what may stand there: file, " +
      "folder, device, …, or typed for what only the user knows.",
  );
  // And nothing is left over from options that are gone.
  assertEquals(Object.keys(KINDS).filter((key) => !used.has(key)), []);
});

Deno.test("commands, subcommands, options and choices are offered with what they are", async () => {
  const [first] = await lines("inf");
  assertEquals(first, "info\tshow who a device is, and who has its functions");
  assertEquals(await words("nvconfig", "re"), ["reset", "restore"]);
  assertEquals(await words("vfio", "hook", "in"), ["install"]);
  assertEquals(await words("diag", "caps", "--max"), ["--max-scope"]);
  assertEquals(await words("plan", "--max-scope", "debug-w"), [
    "debug-write",
    "debug-write-full",
  ]);
  assertEquals(await words("plan", "--max-effect=next"), [
    "--max-effect=next-reset",
  ]);
  assertEquals(await words("help", "pl"), ["plan"]);
  assertEquals(await words("man", "jour"), ["journal"]);
  assertEquals(await words("completion", ""), ["bash", "zsh", "fish"]);
  // An option is given once, unless it may be repeated; one with a value waits for it.
  assertEquals(await words("list", "--all", "--al"), []);
  assertEquals(await words("plan", "-p", "x=1", "--param"), [
    "--param",
    "--params",
    "--params-help",
  ]);
  assertEquals(await words("list", "--model-state", "--al"), []);
});

Deno.test("what is hidden is never offered", async () => {
  const all = await words("");
  assert(all.includes("list") && all.includes("version"), all.join());
  assert(all.every((word) => !word.startsWith("_")), all.join());
  const { out } = await fwctlHere(["--help"]);
  assertNotMatch(out, /__complete/);
});

Deno.test("a device is offered by each of its names, of the machine that the line names", async () => {
  assertEquals(await words(...MODEL, "info", ""), [
    ...["fwctl0", "0000:3b:00.0", "ens1f0np0", "mlx5_0"],
    ...["fwctl1", "0000:3b:01.1"],
  ]);
  assertEquals(await words("--model=mixed", "info", "m"), ["mlx5_0", "mem0"]);
  assertEquals(
    await words("info", "ens", "--model", "mixed", "")
      .then((found) => found.includes("ens4f0np0")),
    false,
  );
  assertEquals(
    await words("attest", "--model", "connectx", "fwctl0", "fwctl"),
    [
      "fwctl1",
    ],
  );
  assertEquals(await words("bundle", "--model", "mixed", "--device", "bnxt"), [
    "bnxt_re0",
  ]);
  // With a recording in the place of a machine, its devices.
  using folder = new Folder();
  const file = `${folder.path}/case.jsonl`;
  const { code } = await fwctlHere([...MODEL, "record", file, "--", "list"]);
  assertEquals(code, 0);
  assertEquals(await words("--replay", file, "info", "ml"), ["mlx5_0"]);
  assertEquals(
    await words("record", "x", "--", "--replay", file, "info", "ml"),
    [
      "mlx5_0",
    ],
  );
});

Deno.test("virtual functions, queries, registers, objects, segments, parameters: of the device on the line", async () => {
  assertEquals(await words(...MODEL, "caps", "fwctl0", "--vf", "0000:3b:01"), [
    "0000:3b:01.0",
    "0000:3b:01.1",
  ]);
  assertEquals(
    await words(...MODEL, "vfio", "status", "0000:3b:01.0", "0000:3b:01"),
    ["0000:3b:01.1"],
  );
  assertEquals(await words(...MODEL, "query", "mlx5_0", "id"), ["identity"]);
  assertEquals(await words(...MODEL, "query", "mlx5_0", "caps", "ty"), [
    "types=",
  ]);
  assertEquals(await words(...MODEL, "query", "mlx5_0", "caps", "types=RO"), [
    "types=ROCE",
  ]);
  assertEquals(await words("--model", "mixed", "query", "mem0", "features"), [
    "features",
  ]);
  assertEquals(await words(...MODEL, "caps", "fwctl0", "--type", "TL"), [
    "TLS",
    "TLP_EMULATION",
  ]);
  assertEquals(await words(...MODEL, "reg", "fwctl0", "PTY"), ["PTYS"]);
  assertEquals(await words(...MODEL, "reg", "fwctl0", "PTYS", "l"), [
    "local_port=",
  ]);
  assertEquals(await words(...MODEL, "object", "fwctl0", "esw"), [
    "esw_functions",
    "esw_vport_context",
  ]);
  assertEquals(await words(...MODEL, "object", "fwctl0", "cq", ""), ["cqn="]);
  assertEquals(await words(...MODEL, "dump", "fwctl0", "FULL_Q"), ["FULL_QPC"]);
  assertEquals(await words(...MODEL, "nvconfig", "query", "fwctl0", "SRIOV"), [
    "SRIOV_EN",
  ]);
  assertEquals(
    await words(...MODEL, "nvconfig", "set", "fwctl0", "LINK_TYPE_P1="),
    ["LINK_TYPE_P1=IB", "LINK_TYPE_P1=ETH"],
  );
  assertEquals(
    await words(...MODEL, "diag", "set", "fwctl0", "-c", "named,tx"),
    ["named,tx-packets"],
  );
  // A device of another driver has none of these.
  assertEquals(await words("--model", "mixed", "reg", "mem0", "P"), []);
});

Deno.test("drivers, what can be decoded, scenarios, and files where a file goes", async () => {
  assertEquals(await words("decode", ""), ["bnxt", "cxl", "mlx5", "pds"]);
  assertEquals(await words("scope", "--driver", "b"), ["bnxt"]);
  assertEquals(await words("schema", "driftt"), []);
  assertEquals(await words("schema", "drif"), ["drift"]);
  assert((await words("decode", "mlx5", "PTY")).includes("PTYS"));
  assertEquals(await words("--model", "two"), ["two-cards"]);
  for (
    const [typed, want] of [
      [["--model", "x"], "\tfiles\t"],
      [["--policy", ""], "\tfiles\t"],
      [["--policy=./p"], "\tfiles\t--policy="],
      [["--state-dir", ""], "\tfolders\t"],
      [["plan", "rec"], "\tfiles\t"],
      [["plan", "x.ts", "-o"], undefined],
      [["plan", "x.ts", "-ovf"], "\tfiles\t-o"],
      [["caps", "fwctl0", "--binary", ""], "\tfiles\t"],
      [["rpc", "fwctl0", "--scope", ""], undefined],
    ] as const
  ) {
    const special = (await lines(...typed)).filter((line) =>
      line.startsWith("\t")
    );
    assertEquals(special, want === undefined ? [] : [want], typed.join(" "));
  }
});

Deno.test("a recipe's parameters are offered by name, then by value", async () => {
  const recipe = `${ROOT}recipes/vf_caps.ts`;
  const plan = [...MODEL, "plan", recipe, "-p"];
  assertEquals(await lines(...plan, "s"), [
    "set=\tCapabilities and their values, such as log_max_qp=12,roce=0 (required)",
    "\tmore",
  ]);
  assertEquals(await words(...plan, "vf=0000:3b:00.2,0000:3b:01"), [
    "vf=0000:3b:00.2,0000:3b:01.0",
    "vf=0000:3b:00.2,0000:3b:01.1",
  ]);
  assertEquals(await words(...plan, "device=ml"), ["device=mlx5_0"]);
  assertEquals(await words(...plan, "cap-type=X", "-p", "cap"), []);
  // A recipe that is not there, or far away, offers nothing, and nothing is fetched.
  assertEquals(
    await lines("plan", "nowhere.ts", "-p", "").catch(() => "refused"),
    "refused",
  );
  assertEquals(await lines("plan", "https://127.0.0.1:1/x.ts", "-p", ""), []);
});

Deno.test("runs on record are offered, the newest first, and `last`", async () => {
  using folder = new Folder();
  const state = ["--state-dir", `${folder.path}/state`];
  const model = [...MODEL, "--model-state", `${folder.path}/model.json`];
  assertEquals(await words(...model, ...state, "undo", ""), []);
  const { code, err } = await fwctlHere([
    ...["apply", `${ROOT}recipes/vf_caps.ts`, "-p", "vf=0000:3b:00.2"],
    ...["-p", "set=roce=0", "--yes", ...model, ...state],
  ]);
  assertEquals(code, 0, err);
  const before = list(folder.path);
  const [last, run = ""] = await words(
    ...model,
    ...state,
    "journal",
    "show",
    "",
  );
  assertEquals(last, "last");
  assert(/^\d{8}T\d{9}Z-[0-9a-f]+$/.test(run), run);
  assertEquals(await words(...model, ...state, "undo", "la"), ["last"]);
  // And nothing was written by asking: no lock, no state.
  assertEquals(list(folder.path), before);
});

/** Every file below a folder, with its size and when it was written. */
function list(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    const { size, mtime } = Deno.statSync(path);
    return isDirectory ? list(path) : [`${path} ${size} ${mtime?.valueOf()}`];
  }).sort();
}

Deno.test("the words of a bash line: quotes, escapes, what bash replaces", () => {
  const breaks = " \t\n\"'><=;|&(:";
  const read = (line: string) => bashWords(line, breaks);
  assertEquals(read("fwctl info 0000:3b:0").words, [
    "fwctl",
    "info",
    "0000:3b:0",
  ]);
  assertEquals(read("fwctl info 0000:3b:0").kept, "0000:3b:".length);
  assertEquals(bashWords("fwctl info 0000:3b:0", " ").kept, 0);
  assertEquals(read("fwctl 'a b' \"c $x\" d\\ e ").words, [
    ...["fwctl", "a b", "c $x", "d e", ""],
  ]);
  assertEquals(read("fwctl '0000:3b"), {
    words: ["fwctl", "0000:3b"],
    quote: "'",
    kept: 0,
  });
  assertEquals(read('fwctl --model="co').kept, "--model=".length);
  assertEquals(read("fwctl info > out fwc").words, ["fwctl", "info", "fwc"]);
  assertEquals(read("fwctl info 2>/dev/nu").words, ["fwctl", "info", ""]);
  assertEquals(read("fwctl info $(a (b) c) x").words, [
    ...["fwctl", "info", "$(a (b) c)", "x"],
  ]);
  assertEquals(read("fwctl `a b` x").words, ["fwctl", "`a b`", "x"]);
  // Nothing that can be typed throws.
  for (
    const line of ["", "'", '"', "\\", "`", "$(", "$((", ">", "a\\\n", "a'b\"c"]
  ) {
    read(line);
  }
});

Deno.test("what bash inserts is quoted, or left out where it cannot be", () => {
  assertEquals(
    bashQuoted("a b;$(c)`d`'e", ""),
    "a\\ b\\;\\$\\(c\\)\\`d\\`\\'e",
  );
  assertEquals(bashQuoted("0000:3b:00.2,x=1", ""), "0000:3b:00.2,x=1");
  assertEquals(bashQuoted("it's", "'"), undefined);
  assertEquals(bashQuoted("a$b", "'"), "a$b");
  assertEquals(bashQuoted('a$b"c`', '"'), 'a\\$b\\"c\\`');
  assertEquals(bashQuoted("now!", '"'), undefined);
  assertEquals(fishWord("'a b\\'c"), "a b'c");
  assertEquals(fishWord('a\\ b"c$d'), "a bc$d");
});

Deno.test("what could steer a terminal or break a line is never printed", () => {
  const offer = {
    words: [
      ["good", "a\tb\nc\x1b[31md\u202e"],
      ["new\nline", ""],
      ["tab\tword", ""],
      ["esc\x1b[2J", ""],
      ["turned\u202e", ""],
      ["two words", "x".repeat(500)],
    ],
  } as const;
  const [good, two, ...rest] = answerLines(offer).split("\n");
  assertEquals(good, "good\ta\\tb\\nc\\x1b[31md\\u202e");
  assertEquals(two, `two words\t${"x".repeat(71)}…`);
  assertEquals(rest, [""]);
  assertEquals(answerLines({ words: [], files: "files", before: "a\nb" }), "");
});

Deno.test("the second TAB of bash shows what the words are, the first inserts them alone", async () => {
  const line = "fwctl --model connectx caps fwctl0 --vf ";
  const [first = ""] = (await answerText(["bash", "9", " :", line])).split(
    "\n",
  );
  assertEquals(first.split("\t")[0], "0000:3b:00.2");
  const [shown = ""] = (await answerText(["bash", "63", " :", line])).split(
    "\n",
  );
  assertEquals(
    shown,
    "0000:3b:00.2  (VF 0 of fwctl0, no driver bound)\t",
  );
});

Deno.test("a real command answers, and errors stay out of the shell", async () => {
  const good = await fwctl(["__complete", "fish", "inf"]);
  assertEquals(good.code, 0);
  assert(good.out.startsWith("info\t"), good.out);
  for (
    const args of [
      [],
      ["csh", "x"],
      ["zsh", "--model", "/does/not/exist.json", "info", ""],
      ["zsh", "--model", "connectx", "query", "nobody", ""],
      ["zsh", "info", ""],
      ["zsh", "plan", "/etc/passwd", "-p", ""],
      ["bash", "9", ":", "fwctl"],
    ]
  ) {
    const { code, out, err } = await fwctlHere(["__complete", ...args]);
    assertEquals([code, out, err], [0, "", ""], args.join(" "));
  }
});

Deno.test("the scripts hand over what is typed, and evaluate none of it", () => {
  for (const shell of ["bash", "zsh", "fish"] as const) {
    const script = completionScript(shell);
    assertNotMatch(script, /\beval\b|\$\{\(e\)|_get_comp_words/, shell);
    assert(script.includes(`__complete ${shell} `), shell);
  }
});

Deno.test("nothing behind a TAB can open a device, lock a state or write a file", () => {
  const reaches =
    /openSessions|openDevice|Sessions\b|host\.open|openModel|lockState|withHost|writeAtomically|writeTextFile|writeFileSync/;
  const folder = `${ROOT}lib/cli/shell`;
  const found = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => reaches.test(Deno.readTextFileSync(`${folder}/${name}`)));
  // The commands version and man beside them: the one reads the kernel's release, the other writes pages.
  assertEquals(found.sort(), ["man.ts", "version.ts"]);
});

Deno.test("an ordinary command loads nothing of completion, manuals and versions; completion no driver", async () => {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", `${ROOT}lib/cli/main.ts`],
    stderr: "inherit",
  }).output();
  assert(success);
  const modules: {
    specifier: string;
    dependencies?: { code?: { specifier: string }; isDynamic?: boolean }[];
  }[] = JSON.parse(new TextDecoder().decode(stdout)).modules;
  const byName = new Map(
    modules.map((
      module,
    ) => [module.specifier.split("/").slice(-3).join("/"), module]),
  );
  const bySpecifier = new Map(modules.map((each) => [each.specifier, each]));
  /** What is loaded with a module, without what it loads later. */
  const loaded = (name: string): string[] => {
    const first = byName.get(name);
    assert(first, name);
    const seen = new Set([first.specifier]);
    for (const specifier of seen) {
      for (
        const { code, isDynamic } of bySpecifier.get(specifier)?.dependencies ??
          []
      ) {
        if (code && !isDynamic) seen.add(code.specifier);
      }
    }
    return [...seen].map((each) =>
      each.slice(each.indexOf(ROOT) + ROOT.length)
    );
  };
  for (
    const name of ["lib/cli/main.ts", "lib/cli/program.ts", "lib/cli/list.ts"]
  ) {
    assertEquals(
      loaded(name).filter((each) => each.startsWith("lib/cli/shell/")),
      [],
    );
  }
  const answering = loaded("cli/shell/answer.ts");
  assert(answering.includes("lib/cli/shell/complete.ts"), answering.join());
  assertEquals(
    answering.filter((each) =>
      /^drivers\/\w+\/|^lib\/(model|plan|apply|recipe)\//.test(each)
    ),
    [],
  );
});
