/**
 * `fwctl bundle show FILE`: checks an archive and shows what is in it. The file
 * may come from anybody; no device is opened.
 *
 * @module
 */
import { readBundle } from "../bundle/archive.ts";
import { UsageError } from "../errors.ts";
import { didYouMean } from "../suggest.ts";
import { type BundleOptions, report, writePage } from "./bundle.ts";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { readBytes } from "./files.ts";

/** The command's options, and those of `bundle`, which it takes only some of. */
export interface BundleShowOptions extends BundleOptions {
  /** Print this part. */
  readonly part?: string | undefined;
}

/** Options of `bundle` that change what is collected. */
const COLLECTING = [
  ["output", "--output"],
  ["device", "--device"],
  ["redact", "--redact"],
  ["redactPci", "--redact-pci"],
  ["created", "--created"],
] as const;

/** Runs the command. */
export async function show(
  context: Context,
  file: string,
  options: BundleShowOptions,
): Promise<ExitCode> {
  const { part, page, force = false } = options;
  for (const [key, option] of COLLECTING) {
    if (options[key] === undefined) continue;
    throw new UsageError(`${option} is for making a bundle, not for showing`, {
      hint: "Leave it out, or make another with `fwctl bundle`",
    });
  }
  const found = await readBundle(readBytes(file, "the bundle"));
  if (page !== undefined) await writePage(found, page, force);
  if (part === undefined) {
    report(context, found, file, page);
    return EXIT.done;
  }
  const data = found.data.get(part);
  if (data === undefined) {
    throw new UsageError(`${file} has no part ${JSON.stringify(part)}`, {
      hint: didYouMean(part, found.data.keys()) ??
        `fwctl bundle show ${file} lists them`,
    });
  }
  // JSON either way; its strings cannot steer a terminal.
  context.output.text(`${asciiJson(JSON.stringify(data, null, 2))}\n`);
  return EXIT.done;
}

/** JSON with everything but ASCII as escapes: what is not to be seen does nothing. */
function asciiJson(json: string): string {
  return json.replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
