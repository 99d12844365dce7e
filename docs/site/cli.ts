/**
 * The reference of the commands: what `--help` prints, from the program itself.
 *
 * @module
 */
import { main } from "../../lib/cli/main.ts";
import { Output } from "../../lib/cli/output.ts";
import { program } from "../../lib/cli/program.ts";
import { escapeHtml } from "./escape.ts";
import { anchorOf, type Heading } from "./markdown.ts";
import type { PageText } from "./shell.ts";

/** An output that is kept. */
class Kept extends Output {
  kept = "";

  override text(text: string): void {
    this.kept += text;
  }

  override note(text: string): void {
    this.kept += text;
  }
}

/** A command of the program, as its own parser knows it. */
interface Known {
  name(): string;
  description(): string;
  readonly commands: readonly Known[];
}

/** A page for each command with its subcommands, and one that lists them. */
export async function commandPages(): Promise<PageText[]> {
  const root: Known = program({ output: new Kept(false), done: () => {} });
  const commands = root.commands.filter((each) => each.name() !== "help");
  const pages = [];
  for (const command of commands) pages.push(await commandPage(command));
  return [await overview(commands), ...pages];
}

async function overview(commands: readonly Known[]): Promise<PageText> {
  const rows = commands.map((command) => {
    const name = escapeHtml(command.name());
    return `<tr><td><a href="${name}.html"><code>fwctl ${name}</code></a></td><td>${
      escapeHtml(command.description())
    }</td></tr>`;
  });
  const table =
    `<div class="table" tabindex="0"><table><thead><tr><th>command</th><th>what it does</th></tr></thead><tbody>${
      rows.join("\n")
    }</tbody></table></div>`;
  return {
    page: "cli/index.html",
    title: "Commands",
    html: `<h1>Commands</h1>\n${table}\n<h2 id="fwctl">fwctl</h2>\n${await help(
      [],
    )}`,
    headings: [{ depth: 1, text: "Commands", id: "" }],
  };
}

async function commandPage(command: Known): Promise<PageText> {
  const headings: Heading[] = [];
  const parts: string[] = [];
  const add = async (each: Known, words: string[], depth: number) => {
    const text = `fwctl ${words.join(" ")}`;
    const id = depth === 1 ? "" : anchorOf(text);
    headings.push({ depth, text, id });
    parts.push(
      `<h${depth} id="${id || "top"}">${escapeHtml(text)}</h${depth}>`,
      `<p>${escapeHtml(sentence(each.description()))}</p>`,
      await help(words),
    );
    for (const inner of each.commands) {
      if (inner.name() === "help") continue;
      await add(inner, [...words, inner.name()], Math.min(depth + 1, 3));
    }
  };
  await add(command, [command.name()], 1);
  return {
    page: `cli/${command.name()}.html`,
    title: `fwctl ${command.name()}`,
    html: parts.join("\n"),
    headings,
  };
}

async function help(words: readonly string[]): Promise<string> {
  let kept = new Kept(false);
  const code = await main(
    [...words, "--help"],
    (json) => kept = new Kept(json),
  );
  if (code !== 0 || kept.kept === "") {
    throw new Error(`fwctl ${words.join(" ")} --help: exit ${code}`);
  }
  return `<pre tabindex="0"><code>${
    escapeHtml(kept.kept.trimEnd())
  }</code></pre>`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
