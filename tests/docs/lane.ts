/**
 * Runs every block of one Markdown file in a folder of its own, in the order
 * of the file, and prints what came of it as JSON. A process a file: the
 * folder is its working directory.
 *
 *   deno run -A --unstable-worker-options tests/docs/lane.ts FILE [--update]
 *
 * With --update a transcript that is not as shown is written into the file: to
 * be read before it is committed.
 *
 * @module
 */
import { ROOT } from "../paths.ts";
import { readAs } from "./formats.ts";
import {
  type Block,
  blocksOf,
  isAsShown,
  linesOf,
  shownIn,
} from "./markdown.ts";
import { Session } from "./session.ts";

/** What came of a file's blocks. */
export interface Report {
  /** What is not as the file says, with the line. */
  readonly failures: string[];
  /** Command lines that were run. */
  ran: number;
  /** Blocks that cannot run here. */
  readonly notRun: { readonly line: number; readonly reason: string }[];
  /** Transcripts that differ: as shown, and as printed. */
  readonly anew: (readonly [string, string])[];
}

/** Files of the checkout that a reader's folder has, for the commands that name them. */
const CHECKOUT = [
  "deno.json",
  "deploy",
  "docs",
  "drivers",
  "lib",
  "mod.ts",
  "recipes",
  "tests",
];

async function runFile(file: string, update: boolean): Promise<Report> {
  const report: Report = { failures: [], ran: 0, notRun: [], anew: [] };
  const session = new Session();
  await session.run("use_model connectx");
  const text = Deno.readTextFileSync(`${ROOT}${file}`);
  for (const block of blocksOf(text)) {
    try {
      await runBlock(block, session, report, file);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      report.failures.push(`${file}:${block.line}: ${said}`);
    }
  }
  if (update && report.anew.length > 0) {
    const anew = report.anew.reduce(
      (all, [shown, printed]) => all.replace(shown, () => printed),
      text,
    );
    Deno.writeTextFileSync(`${ROOT}${file}`, anew);
  }
  return report;
}

async function runBlock(
  block: Block,
  session: Session,
  report: Report,
  file: string,
): Promise<void> {
  const { language, text, savedAs, excerptOf, notRun, runBy, line } = block;
  if (excerptOf !== null) return excerpt(text, excerptOf);
  if (runBy !== null) return runElsewhere(runBy, file);
  if (notRun !== null) {
    report.notRun.push({ line, reason: notRun });
    return;
  }
  if (savedAs !== null) save(savedAs, text);
  const runs: Readonly<Record<string, () => Promise<void> | void>> = {
    sh: () => commands(text, session, report),
    console: () => transcript(text, session, report),
    json: () => readAs(text, `${file}:${line}`, savedAs !== null),
    // Types are checked of all blocks together, in types.ts.
    ts: () => {},
  };
  const run = runs[language];
  // A saved file of another kind is for the commands after it.
  if (run) await run();
  else if (savedAs === null) {
    throw new SyntaxError(
      `nothing runs "${language}": see CONTRIBUTING.md, Documentation`,
    );
  }
}

async function commands(
  text: string,
  session: Session,
  report: Report,
): Promise<void> {
  for (const { command, code: wanted } of linesOf(text)) {
    const { code, text: said } = await session.run(command);
    report.ran++;
    if (code !== wanted) {
      throw new Error(`${command}: exit ${code}, not ${wanted}\n${said}`);
    }
  }
}

async function transcript(
  text: string,
  session: Session,
  report: Report,
): Promise<void> {
  const failed: string[] = [];
  let printed = text;
  for (const { command, code: wanted, output } of shownIn(text)) {
    const { code, text: said } = await session.run(command);
    report.ran++;
    if (code !== wanted) failed.push(`${command}: exit ${code}, not ${wanted}`);
    if (isAsShown(said, output)) continue;
    failed.push(`${command}: it prints\n${said}`);
    printed = printed.replace(output, () => said.trimEnd());
  }
  if (printed !== text) report.anew.push([text, printed]);
  if (failed.length > 0) throw new Error(failed.join("\n"));
}

function excerpt(text: string, path: string): void {
  // The formatter may lay it out anew.
  const words = (all: string): string => all.replaceAll(/\s+/g, "");
  if (words(Deno.readTextFileSync(`${ROOT}${path}`)).includes(words(text))) {
    return;
  }
  throw new Error(`it is not in ${path} as it stands`);
}

/** Another test runs the block: it must read this file. */
function runElsewhere(test: string, file: string): void {
  const name = file.split("/").at(-1) ?? file;
  if (Deno.readTextFileSync(`${ROOT}${test}`).includes(name)) return;
  throw new Error(`${test} does not read ${name}`);
}

function save(path: string, text: string): void {
  // The folders of the checkout are links: nothing is written through them.
  if (CHECKOUT.includes(path.split("/")[0] ?? "")) {
    throw new Error(`${path} would be written into the checkout`);
  }
  const folder = path.split("/").slice(0, -1).join("/");
  if (folder !== "") Deno.mkdirSync(folder, { recursive: true });
  Deno.writeTextFileSync(path, text);
}

if (import.meta.main) {
  const [file = "", ...options] = Deno.args;
  const folder = Deno.makeTempDirSync({ prefix: "fwctl-docs-" });
  Deno.chdir(folder);
  for (const name of CHECKOUT) Deno.symlinkSync(`${ROOT}${name}`, name);
  try {
    // deno-lint-ignore no-console -- the report is its output
    console.log(
      JSON.stringify(await runFile(file, options.includes("--update"))),
    );
  } finally {
    Deno.chdir(ROOT);
    Deno.removeSync(folder, { recursive: true });
  }
}
