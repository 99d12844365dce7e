/**
 * What is on a host of ours, or would be, for people.
 *
 * @module
 */
import type { HostAction, HostEntry } from "../install/compare.ts";
import type { FileState } from "../install/mark.ts";
import type { Look, Style } from "./style.ts";
import { type Cell, table } from "./table.ts";
import { count } from "./words.ts";

/** What is told of a host. */
export interface HostTold {
  /** What was asked for. */
  readonly action: "install" | "uninstall" | "status";
  /** The folder that stands for `/`. */
  readonly root: string;
  /** Path by path. */
  readonly entries: readonly HostEntry[];
  /** Whether nothing was done. */
  readonly dryRun: boolean;
  /** What will not work as it is. */
  readonly warnings: readonly string[];
  /** What is left to do. */
  readonly commands: readonly string[];
  /** Of `status`: the recipes of the site. */
  readonly recipes?: readonly {
    readonly path: string;
    readonly params: string | null;
  }[];
  /** Of `status`: its policy file, or null. */
  readonly policy?: string | null;
}

const STATES: Readonly<
  Record<FileState, readonly [text: string, look: Look]>
> = {
  installed: ["installed", "green"],
  absent: ["absent", "dim"],
  changed: ["edited since", "yellow"],
  foreign: ["somebody else's", "red"],
};

/** Words for what is to be done, and for what is done. */
const ACTIONS: Readonly<
  Record<HostAction, readonly [will: string, is: string, look: Look]>
> = {
  create: ["new", "written", "green"],
  replace: ["changed", "replaced", "yellow"],
  remove: ["remove", "removed", "yellow"],
  keep: ["same", "same", "dim"],
  refuse: ["refused", "left alone", "red"],
};

/** The text; ends with a newline. */
export function hostText(told: HostTold, style: Style): string {
  return told.action === "status"
    ? statusText(told, style)
    : changesText(told, style);
}

function changesText(
  { action, entries, dryRun, commands, root }: HostTold,
  style: Style,
): string {
  const todo = entries.filter(({ action }) => action !== "keep");
  if (todo.length === 0) {
    const words = action === "install"
      ? "All is as it is to be; nothing to do"
      : "Nothing of ours is there";
    return `${style(words, "green")}\n`;
  }
  const top = root === "/" ? "" : root.replace(/\/+$/, "");
  const rows = entries.map(({ action, path, why }): Cell[] => {
    const [will, is, look] = ACTIONS[action];
    return [[dryRun ? will : is, look], `${top}${path}`, [why, "dim"]];
  });
  const lines = table(rows, { indent: "  " }, style);
  if (dryRun) {
    for (const { path, diff = [] } of entries) {
      if (diff.length === 0) continue;
      lines.push(
        "",
        style(`--- ${top}${path}`, "bold"),
        style(`+++ ${top}${path}`, "bold"),
        ...diff.map((line) => style(line, lookOf(line))),
      );
    }
  }
  const refused = entries.filter(({ action }) => action === "refuse").length;
  const changed = todo.length - refused;
  lines.push(
    "",
    dryRun
      ? `Would ${action === "install" ? "write" : "remove"} ${
        count(changed, "path")
      }${refused > 0 ? `; ${count(refused, "path")} refused` : ""}.`
      : `${count(changed, "path")} ${
        action === "install" ? "written" : "removed"
      }${refused > 0 ? `; ${count(refused, "path")} left alone` : ""}.`,
  );
  if (commands.length > 0) {
    lines.push(
      root === "/"
        ? "Then run, as root:"
        : "On a host that runs from it (one that boots from it needs no more than to have them enabled):",
      ...commands.map((command) => `  ${style(command)}`),
    );
  }
  return `${lines.join("\n")}\n`;
}

function statusText(
  { entries, root, recipes = [], policy }: HostTold,
  style: Style,
): string {
  const top = root === "/" ? "" : root.replace(/\/+$/, "");
  const rows = entries.map(({ path, kind, state }): Cell[] => {
    const [text, look] = STATES[state];
    return [
      [kind === "link" && state === "installed" ? "enabled" : text, look],
      `${top}${path}`,
    ];
  });
  const lines = rows.length === 0
    ? ["Not installed: fwctl host install --dry-run shows what it would do"]
    : table(rows, {}, style);
  lines.push(
    "",
    recipes.length === 0
      ? style(`no recipe in ${top}/etc/fwctl/recipes`, "dim")
      : "Recipes, in the order they are applied:",
    ...recipes.map(({ path, params }) =>
      style(`  ${path}${params === null ? "" : ` with ${params}`}`)
    ),
    policy == null
      ? style(
        "no policy file: nothing that taints, nothing stronger than runtime",
        "dim",
      )
      : style(`Policy: ${policy}`),
  );
  return `${lines.join("\n")}\n`;
}

function lookOf(line: string): Look | undefined {
  if (line.startsWith("+")) return "green";
  if (line.startsWith("-")) return "red";
  return line.startsWith("@@") ? "cyan" : undefined;
}
