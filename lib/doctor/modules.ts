/**
 * Kernel modules: in the kernel, on the disk, or kept from being loaded.
 *
 * @module
 */
import type { Host } from "../host/host.ts";
import { entriesOf } from "../host/sysfs.ts";
import type { ModuleBlock, ModuleFact, ModulesFact } from "./facts.ts";
import { folderFact, textFact, withoutText } from "./read.ts";

/** Where modprobe looks for its configuration, in its order. */
const MODPROBE = [
  "/etc/modprobe.d",
  "/run/modprobe.d",
  "/usr/local/lib/modprobe.d",
  "/usr/lib/modprobe.d",
  "/lib/modprobe.d",
];
const MOST_FILES = 500;
const LIST = 8 << 20;

/** What is known of some modules. */
export function modulesFact(
  host: Host,
  release: string | undefined,
  names: readonly string[],
): ModulesFact {
  const loaded = textFact(host, "/proc/modules", LIST);
  const inSysfs = folderFact(host, "/sys/module");
  const below = `/lib/modules/${release ?? "?"}`;
  const builtin = textFact(host, `${below}/modules.builtin`, LIST);
  const files = textFact(host, `${below}/modules.dep`, LIST);
  const inKernel = new Set(
    `${listed(loaded.text, /^(\S+) /gm)}\n${inSysfs.text ?? ""}`.split("\n"),
  );
  const builtins = new Set(paths(builtin.text, /^(\S+)$/gm).map(moduleName));
  const onDisk = new Map(
    paths(files.text, /^(\S+):/gm).map((path) => [moduleName(path), path]),
  );
  const told = loaded.text !== undefined || inSysfs.text !== undefined;
  const blocks = blocksOf(host, new Set(names));
  const modules = names.map((name): ModuleFact => ({
    name,
    loaded: told ? inKernel.has(name) : null,
    builtin: builtin.text === undefined ? null : builtins.has(name),
    file: files.text === undefined ? null : onDisk.get(name) ?? "",
    blocks: blocks.get(name) ?? [],
  }));
  return {
    sources: [loaded, inSysfs, builtin, files].map(withoutText),
    modules,
    closed: textFact(host, "/proc/sys/kernel/modules_disabled", 8).text === "1",
  };
}

function listed(text: string | undefined, pattern: RegExp): string {
  return paths(text, pattern).join("\n");
}

function paths(text: string | undefined, pattern: RegExp): string[] {
  return [...(text ?? "").matchAll(pattern)].map((match) => match[1] ?? "");
}

/** `mlx5_fwctl` of `kernel/drivers/…/mlx5-fwctl.ko.zst`. */
function moduleName(path: string): string {
  const file = path.slice(path.lastIndexOf("/") + 1);
  return (file.split(".")[0] ?? "").replaceAll("-", "_");
}

/** The lines that keep modules from being loaded, by module. */
function blocksOf(
  host: Host,
  wanted: ReadonlySet<string>,
): Map<string, ModuleBlock[]> {
  const found = new Map<string, ModuleBlock[]>();
  const add = (name: string, block: ModuleBlock): void => {
    const module = name.replaceAll("-", "_");
    if (!wanted.has(module)) return;
    found.set(module, [...found.get(module) ?? [], block]);
  };
  const files = MODPROBE.flatMap((folder) =>
    entriesOf(host, folder).filter((name) => name.endsWith(".conf"))
      .map((name) => `${folder}/${name}`)
  );
  for (const path of files.slice(0, MOST_FILES)) {
    const { text = "" } = textFact(host, path, 64 << 10);
    for (const raw of text.split("\n")) {
      const line = raw.trim().slice(0, 200);
      const name = /^blacklist\s+([\w-]+)/.exec(line)?.[1] ??
        /^install\s+([\w-]+)\s+(?:\/usr)?\/bin\/(?:true|false)\b/.exec(line)
          ?.[1];
      if (name !== undefined) add(name, { path, line });
    }
  }
  const path = "/proc/cmdline";
  for (const word of (textFact(host, path, 8192).text ?? "").split(/\s+/)) {
    const list = /^(?:module_blacklist|modprobe\.blacklist)=(.*)$/.exec(word)
      ?.[1] ?? "";
    for (const name of list.split(",")) {
      add(name, { path, line: word.slice(0, 200) });
    }
  }
  return found;
}
