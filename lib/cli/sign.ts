/**
 * `fwctl sign FILE --key KEY`: a signature on a recipe or a plan file, put
 * beside it.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { isPlainObject, type PlainData } from "../plain.ts";
import { PLAN_FILE_SCHEMA } from "../plan/file.ts";
import { recipeFromText } from "../recipe/load.ts";
import {
  type FileKind,
  SIGNATURE_SUFFIX,
  signFile,
} from "../trust/signed_file.ts";
import { sha256 } from "../trust/statement.ts";
import {
  MOMENT_HELP,
  momentText,
  parseExpiry,
  parseMoment,
} from "../trust/time.ts";
import { signText } from "../view/trust.ts";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { fileExists, readBytes, writeAtomically } from "./files.ts";
import { loadSigner } from "./trust.ts";

/** The command's options. */
export interface SignOptions {
  /** The private key. */
  readonly key: string;
  /** Where the signature goes; beside the file when absent. */
  readonly output?: string | undefined;
  /** Until when it counts. */
  readonly expires?: string | undefined;
  /** When it was made, to be in it. */
  readonly created?: string | undefined;
  /** Replace what is there. */
  readonly force?: boolean | undefined;
}

/** Runs the command. */
export async function sign(
  context: Context,
  file: string,
  options: SignOptions,
): Promise<ExitCode> {
  const now = new Date();
  const expires = momentOf("--expires", options.expires, now);
  if (expires && expires <= now) {
    throw new UsageError(`--expires ${options.expires} is past already`, {
      hint: "Give a moment to come, such as 90d",
    });
  }
  const created = momentOf("--created", options.created, now);
  const signer = await loadSigner(context, options.key);
  const bytes = readBytes(file, "the file to sign");
  const kind = await kindOf(bytes, file);
  const text = await signFile(bytes, {
    kind,
    name: file.replace(/^.*\//, ""),
    created,
    expires,
  }, signer);
  const at = options.output ?? `${file}${SIGNATURE_SUFFIX}`;
  writeNew(at, text, "the signature", options.force ?? false);
  // It says nothing secret, and others are to verify it.
  Deno.chmodSync(at, 0o644);
  const signed = {
    file,
    kind,
    sha256: await sha256(bytes),
    keyid: signer.key.keyid,
    created: created ? momentText(created) : null,
    expires: expires ? momentText(expires) : null,
    signature: at,
  };
  context.output.result(
    "sign",
    () => signed,
    (style) => signText(signed, style),
  );
  return EXIT.done;
}

/** A moment an option names: `now`, a date, or a span from now on. @throws {UsageError} */
export function momentOf(
  option: "--expires" | "--created",
  text: string | undefined,
  now: Date,
): Date | undefined {
  if (text === undefined) return undefined;
  const moment = option === "--expires"
    ? parseExpiry(text, now)
    : text === "now"
    ? now
    : parseMoment(text);
  if (moment) return moment;
  throw new UsageError(
    `${option}: ${JSON.stringify(text.slice(0, 40))} is not a moment`,
    {
      hint: option === "--expires"
        ? `Write ${MOMENT_HELP}, or a span such as 90d, 12h`
        : `Write now, ${MOMENT_HELP}`,
    },
  );
}

/** Writes a file for its owner alone; one that is there stays, without `force`. @throws {UsageError} */
export function writeNew(
  path: string,
  content: string | Uint8Array,
  what: string,
  force: boolean,
): void {
  if (!force && fileExists(path, what)) {
    throw new UsageError(`${path} is there already`, {
      hint: "Give another name with -o, or --force to replace it",
    });
  }
  writeAtomically(path, content, what);
}

/**
 * What a file is: a plan file says so itself, anything else is a recipe, and
 * must be one whose bytes are what will be held against the signature.
 */
async function kindOf(
  bytes: Uint8Array<ArrayBuffer>,
  file: string,
): Promise<FileKind> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      bytes,
    );
  } catch (cause) {
    throw new UsageError(`${file} is neither a recipe nor a plan file`, {
      cause,
      hint: "Only these two can be signed",
    });
  }
  if (isPlanFile(text, file)) return "plan";
  if (text.startsWith("\uFEFF")) {
    throw new UsageError(`${file} begins with a byte order mark`, {
      hint: "Save it as UTF-8 without one: it is dropped when a recipe is read",
    });
  }
  await recipeFromText(text, file);
  return "recipe";
}

/** @throws {UsageError} for a JSON file that is another: as a recipe it would never be read */
function isPlanFile(text: string, file: string): boolean {
  if (!/^\s*\{/.test(text)) return false;
  let data: PlainData;
  try {
    data = JSON.parse(text);
  } catch {
    return false;
  }
  if (isPlainObject(data) && data.schema === PLAN_FILE_SCHEMA) return true;
  throw new UsageError(`${file} is JSON, but no plan file`, {
    hint: "Sign a recipe, or what `fwctl plan -o` wrote",
  });
}
