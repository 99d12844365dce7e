/**
 * `fwctl host install | uninstall | status`: the files with which this host
 * applies its recipes at boot and looks for drift.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import type { HostEntry } from "../../install/compare.ts";
import type { HostWish } from "../../install/types.ts";
import { hostText, type HostTold } from "../../view/host.ts";
import { count } from "../../view/words.ts";
import { confirm } from "../confirm.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { fileExists, writeAtomically } from "../files.ts";
import { commandsAfter } from "./commands.ts";
import { found, installing, removing } from "./entries.ts";
import { base, makeFolder, pathIn, removeEmpty } from "../placed.ts";
import { readSite } from "./site.ts";

/** What all of them take. */
export interface HostOptions {
  /** The folder that stands for `/`. */
  readonly root?: string | undefined;
}

/** What those take that write. */
export interface HostWriteOptions extends HostOptions {
  /** Say what would be done. */
  readonly dryRun?: boolean | undefined;
  /** Exit with 2 when something would be done. */
  readonly detailedExitcode?: boolean | undefined;
  /** Do not ask. */
  readonly yes?: boolean | undefined;
  /** Go over files that were edited. */
  readonly force?: boolean | undefined;
}

/** The options of `install`. */
export interface InstallOptions
  extends HostWriteOptions, Partial<Omit<HostWish, "command" | "modules">> {
  /** Also make the links that enable the units. */
  readonly enable?: boolean | undefined;
  /** Kernel modules. */
  readonly modules?: readonly string[] | undefined;
}

/** Writes the files. */
export function install(context: Context, options: InstallOptions): ExitCode {
  const { root = "", enable = false } = options;
  const wish: HostWish = {
    program: options.program ?? "/usr/local/bin/fwctl",
    wait: options.wait ?? 60,
    waitFor: options.waitFor ?? [],
    seal: options.seal ?? false,
    drift: options.drift ?? "hourly",
    prometheus: options.prometheus,
    keepDays: options.keepDays ?? 90,
    group: options.group,
    rawio: options.rawio ?? false,
    trust: options.trust,
    modules: options.modules ?? [],
    command: commandOf(options),
  };
  const entries = installing(root, wish, { force: options.force, enable });
  return carry(context, "install", entries, options, warnings(root, wish));
}

/** Removes what install wrote. */
export function uninstall(
  context: Context,
  options: HostWriteOptions,
): ExitCode {
  const entries = removing(options.root ?? "", options.force ?? false);
  return carry(context, "uninstall", entries, options, []);
}

/** Says what is there. */
export function status(context: Context, { root = "" }: HostOptions): ExitCode {
  const entries = found(root);
  const site = readSite(`${base(root)}/etc/fwctl`);
  return tell(context, {
    action: "status",
    root: root === "" ? "/" : root,
    entries,
    dryRun: false,
    warnings: [],
    commands: [],
    recipes: site.recipes.map(({ path, params = null }) => ({ path, params })),
    policy: site.policy ?? null,
  });
}

/** Shows, asks, does, and shows what came of it. */
function carry(
  context: Context,
  action: "install" | "uninstall",
  entries: readonly HostEntry[],
  options: HostWriteOptions,
  warnings: readonly string[],
): ExitCode {
  const { root = "", dryRun = false, yes = false } = options;
  const { output } = context;
  const todo = entries.filter(({ action }) =>
    action !== "keep" && action !== "refuse"
  );
  const told = {
    action,
    root: root === "" ? "/" : root,
    entries,
    dryRun,
    warnings,
    commands: todo.length === 0 ? [] : commandsAfter(entries, action),
  };
  const [refused] = entries.filter(({ action }) => action === "refuse");
  if (dryRun) {
    tell(context, told);
    // As it would end without.
    if (refused && action === "install") return EXIT.error;
    return options.detailedExitcode && todo.length > 0
      ? EXIT.pending
      : EXIT.done;
  }
  if (refused && action === "install") {
    throw new UsageError(
      `${base(root)}${refused.path} ${refused.why}; nothing was written`,
      { hint: "See all of it with --dry-run" },
    );
  }
  if (todo.length > 0) {
    if (!yes && !output.json) {
      output.note(hostText({ ...told, dryRun: true }, output.errorStyle));
    }
    confirm(
      output,
      `${action === "install" ? "Write" : "Remove"} ${
        count(todo.length, "path")
      }?`,
      yes,
      "nothing was written",
    );
    for (const entry of todo) perform(root, entry);
  }
  return tell(context, told);
}

function perform(root: string, entry: HostEntry): void {
  const path = pathIn(root, entry.path);
  const folder = path.slice(0, path.lastIndexOf("/"));
  if (entry.action === "remove") {
    if (entry.kind === "folder") removeEmpty(path);
    else attempt(path, () => Deno.removeSync(path));
  } else if (entry.kind === "folder") makeFolder(path);
  else if (entry.kind === "link") {
    makeFolder(folder);
    attempt(path, () => Deno.symlinkSync(entry.target ?? "", path));
  } else {
    makeFolder(folder);
    writeAtomically(path, entry.text ?? "", "the file", entry.mode);
  }
}

function attempt(path: string, body: () => void): void {
  try {
    body();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${path} cannot be changed: ${reason}`, {
      cause,
      hint:
        "Run as root; what was done before it is done, and the same command goes on",
    });
  }
}

function tell({ output }: Context, told: HostTold): ExitCode {
  for (const warning of told.warnings) output.warn(warning);
  output.result(
    "host",
    () => ({ ...told }),
    (style) => hostText(told, style),
  );
  return EXIT.done;
}

function warnings(root: string, { program, prometheus }: HostWish): string[] {
  const lacks = (path: string | undefined): path is string =>
    path !== undefined && !fileExists(`${base(root)}${path}`, "the program");
  return [
    ...(lacks(program)
      ? [
        `There is no ${
          base(root)
        }${program}: the units call it; --program names another`,
      ]
      : []),
    ...(lacks(prometheus)
      ? [
        `There is no ${
          base(root)
        }${prometheus}: no metrics are written until there is`,
      ]
      : []),
  ];
}

/** The command line again, for whoever reads what it made. */
function commandOf(options: InstallOptions): string {
  const words = ["fwctl host install"];
  const add = (name: string, value: unknown): void => {
    if (value === undefined || value === false) return;
    words.push(value === true ? name : `${name} ${value}`);
  };
  add("--program", options.program);
  add("--wait", options.wait);
  for (const device of options.waitFor ?? []) add("--wait-for", device);
  add("--seal", options.seal);
  add(
    "--drift",
    options.drift?.includes(" ") ? `"${options.drift}"` : options.drift,
  );
  add("--prometheus", options.prometheus);
  add("--keep-days", options.keepDays);
  add("--group", options.group);
  add("--rawio", options.rawio);
  add("--trust", options.trust);
  for (const module of options.modules ?? []) add("--modules", module);
  return words.join(" ");
}
