/**
 * `fwctl bundle show FILE`: checks an archive and shows what is in it. The file
 * may come from anybody; no device is opened.
 *
 * @module
 */
import { readBundle } from "../bundle/archive.ts";
import { UsageError } from "../errors.ts";
import { didYouMean } from "../suggest.ts";
import { report, writePage } from "./bundle.ts";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { readBytes } from "./files.ts";

/** The command's options. */
export interface BundleShowOptions {
  /** Print this part. */
  readonly part?: string | undefined;
  /** Where the page goes; none when absent. */
  readonly page?: string | undefined;
  /** Replace what is there. */
  readonly force?: boolean | undefined;
}

/** Runs the command. */
export async function show(
  context: Context,
  file: string,
  { part, page, force = false }: BundleShowOptions,
): Promise<ExitCode> {
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
