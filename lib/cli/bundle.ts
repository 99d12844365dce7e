/**
 * `fwctl bundle`: what helps to debug, of every device, in one archive.
 *
 * @module
 */
import { makeBundle } from "../bundle/make.ts";
import type { PackedBundle } from "../bundle/archive.ts";
import { findDevice } from "../device/discovery.ts";
import type { InventoryDevice } from "../device/inventory.ts";
import { UsageError } from "../errors.ts";
import { READ_POLICY } from "../plan/policy.ts";
import { bundleText } from "../view/bundle.ts";
import type { Context } from "./context.ts";
import { withHost } from "./with_host.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { fileExists } from "./files.ts";
import { Progress } from "./progress.ts";
import { openSessions } from "./sessions.ts";
import { momentOf, writeNew } from "./sign.ts";
import { VERSION } from "./version.ts";

/** The command's options. */
export interface BundleOptions {
  /** Where the archive goes. */
  readonly output?: string | undefined;
  /** Names of devices; all when absent. */
  readonly device?: readonly string[] | undefined;
  /** Pseudonyms instead of what identifies a customer. */
  readonly redact?: boolean | undefined;
  /** For PCI addresses, too. */
  readonly redactPci?: boolean | undefined;
  /** Where the page goes; none when absent. */
  readonly page?: string | undefined;
  /** When it was made, to be in it. */
  readonly created?: string | undefined;
  /** Replace what is there. */
  readonly force?: boolean | undefined;
}

/** The name of the archive unless `-o` says another. */
const DEFAULT_NAME = "fwctl-bundle.tar.gz";

/** Runs the command. */
export async function bundle(
  context: Context,
  options: BundleOptions,
): Promise<ExitCode> {
  const { output: file = DEFAULT_NAME, page, force = false } = options;
  if (file === page) {
    throw new UsageError(`${file} is to be the archive and the page`, {
      hint: "Give --page another name",
    });
  }
  const created = momentOf("--created", options.created, new Date());
  // Said before the devices are asked, which takes a while.
  for (const path of [file, page]) {
    if (path === undefined || force || !fileExists(path, "the file")) continue;
    throw new UsageError(`${path} is there already`, {
      hint: "Give another name, or --force to replace it",
    });
  }
  const made = await withHost(context, async (host) => {
    // Whatever the options say: a bundle reads, and never taints.
    using opened = await openSessions(context, host, READ_POLICY);
    const { inventory, sessions } = opened;
    using progress = new Progress(context.output, "collecting");
    return await makeBundle({
      host,
      sessions,
      devices: chosen(
        inventory.devices,
        options.device,
        (name) => findDevice(inventory, name),
      ),
      versions: {
        fwctl: VERSION,
        deno: Deno.version.deno,
        v8: Deno.version.v8,
        typescript: Deno.version.typescript,
        arch: Deno.build.arch,
      },
      tool: { fwctl: VERSION, deno: Deno.version.deno },
      created,
      redaction: options.redact || options.redactPci
        ? { pci: options.redactPci ?? false }
        : undefined,
      progress: (done, total) => progress.step(done, total),
    });
  });
  writeNew(file, made.bytes, "the archive", force);
  if (page !== undefined) await writePage(made, page, force);
  report(context, made, file, page);
  return EXIT.done;
}

/** Two names may be of one device. */
function chosen(
  all: readonly InventoryDevice[],
  names: readonly string[] | undefined,
  find: (name: string) => InventoryDevice,
): readonly InventoryDevice[] {
  if (!names) return all;
  const wanted = new Set(names.map(find));
  return all.filter((device) => wanted.has(device));
}

/** Writes the page of a bundle. */
export async function writePage(
  made: PackedBundle,
  page: string,
  force: boolean,
): Promise<void> {
  const { bundlePage } = await import("../view/page/bundle_page.ts");
  writeNew(page, await bundlePage(made), "the page", force);
}

/** Says what is in a bundle, and where it is. */
export function report(
  { output }: Context,
  { manifest, bytes, sha256 }: PackedBundle,
  file: string,
  page: string | undefined,
): void {
  const shown = { file, sha256, bytes: bytes.length, page: page ?? null };
  output.result(
    "bundle",
    () => ({ ...shown, manifest }),
    (style) => bundleText({ ...shown, manifest }, style),
  );
}
