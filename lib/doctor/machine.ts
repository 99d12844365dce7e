/**
 * The machine and the process: kernel, configuration, lockdown, taint, rights.
 *
 * @module
 */
import { gunzipSync } from "node:zlib";
import type { Host } from "../host/host.ts";
import type { ConfigFact, ProcessFact, TextFact } from "./facts.ts";
import { attempt, textFact } from "./read.ts";

/** The GUID is EFI's own, for variables that its specification defines. */
const SECURE_BOOT =
  "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
/** Most bytes of a kernel's configuration. */
const CONFIG_MOST = 4 << 20;
const CONTAINER = [
  "/.dockerenv",
  "/run/.containerenv",
  "/run/systemd/container",
];

/** /proc/sys/kernel/osrelease; what is no release is not read. */
export function releaseFact(host: Host): TextFact {
  const fact = textFact(host, "/proc/sys/kernel/osrelease", 256);
  // It becomes a part of paths.
  if (fact.text === undefined || /^[\w.+~-]{1,64}$/.test(fact.text)) {
    return fact;
  }
  return { path: fact.path, error: "not a kernel release" };
}

/** Who this process is, from /proc/self/status. */
export function processFact(host: Host): ProcessFact | null {
  const { text = "" } = textFact(host, "/proc/self/status", 64 << 10);
  const uid = /^Uid:\s+\d+\s+(\d{1,10})\b/m.exec(text)?.[1];
  const gid = /^Gid:\s+\d+\s+(\d{1,10})\b/m.exec(text)?.[1];
  const groups = /^Groups:([\d \t]*)$/m.exec(text)?.[1] ?? "";
  const capabilities = /^CapEff:\s*([0-9a-f]{1,16})$/mi.exec(text)?.[1];
  if (uid === undefined || gid === undefined || capabilities === undefined) {
    return null;
  }
  const others = groups.split(/[ \t]+/).filter((each) => each !== "");
  return {
    uid: Number(uid),
    groups: [...new Set([gid, ...others].map(Number))],
    capabilities,
  };
}

/** EFI's SecureBoot: its data is one byte behind four of attributes. */
export function secureBootFact(host: Host): TextFact {
  const read = attempt(() => host.readFile(SECURE_BOOT, 64));
  if ("error" in read) {
    return { path: SECURE_BOOT, error: read.error.errno || read.error.message };
  }
  const byte = read.value[4];
  return read.value.length !== 5 || byte === undefined || byte > 1
    ? { path: SECURE_BOOT, error: "not five bytes with 0 or 1 at the end" }
    : { path: SECURE_BOOT, text: String(byte), error: "" };
}

/** The line with which fwctl tainted the kernel, where the log can be read and still has it. */
export function taintLine(host: Host): string {
  const read = attempt(() => host.kernelLog?.() ?? []);
  const lines = "value" in read ? read.value : [];
  const line = lines.find((each) =>
    each.includes("fwctl") &&
    /taint|has requested full access/i.test(each)
  );
  return line?.slice(0, 200) ?? "";
}

/** What tells that this is a container. */
export function containerFact(host: Host): string[] {
  return CONTAINER.filter((path) => host.exists(path));
}

/** The options that matter, from the first configuration that can be read. */
export function configFact(
  host: Host,
  release: string | undefined,
  options: readonly string[],
): ConfigFact {
  const paths = [
    ...(release === undefined ? [] : [
      `/boot/config-${release}`,
      `/lib/modules/${release}/config`,
    ]),
    "/proc/config.gz",
  ];
  for (const path of paths) {
    const read = attempt(() => host.readFile(path, CONFIG_MOST));
    if ("error" in read) continue;
    const text = configText(path, read.value);
    if (text === undefined || !/^(# )?CONFIG_\w+/m.test(text)) continue;
    return {
      path,
      values: Object.fromEntries(
        options.map((option) => [option, valueOf(text, option)]),
      ),
    };
  }
  return { path: "", values: {} };
}

function configText(
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
): string | undefined {
  try {
    const plain = path.endsWith(".gz")
      ? gunzipSync(bytes, { maxOutputLength: CONFIG_MOST })
      : bytes;
    return new TextDecoder().decode(plain);
  } catch {
    // Not gzip, or far too long: no configuration.
    return undefined;
  }
}

function valueOf(text: string, option: string): string {
  const at = `\n${text}`.indexOf(`\n${option}=`);
  const value = at < 0 ? "" : text[at + option.length + 1] ?? "";
  return value === "y" || value === "m" ? value : "n";
}
