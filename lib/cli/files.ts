/**
 * Files named on the command line, with errors that say what to do.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { UsageError } from "../errors.ts";

/** Most bytes of a file that is read whole: a scenario, a state, parameters, a request. */
const MOST = 64 << 20;

/**
 * The bytes of a file.
 *
 * @param what what the file is, for messages: `the scenario`
 * @throws {UsageError} when it cannot be read
 */
export function readBytes(path: string, what: string): Bytes {
  try {
    // A device or a pipe has no size to look at first; both are refused.
    const { isFile, size } = Deno.statSync(path);
    if (!isFile) {
      throw new UsageError(`${path} is not a file`, {
        hint: `Name the file with ${what}`,
      });
    }
    if (size > MOST) {
      throw new UsageError(`${path} has ${size} bytes, more than ${MOST}`, {
        hint: `Is it ${what}?`,
      });
    }
    return Deno.readFileSync(path);
  } catch (error) {
    throw fileError(error, `${what} cannot be read from ${path}`, "read", path);
  }
}

/** A file's text, which must be UTF-8. @throws {UsageError} */
export function readText(path: string, what: string): string {
  const bytes = readBytes(path, what);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UsageError(`${path} is not UTF-8 text`, {
      cause,
      hint: `Save ${what} as UTF-8`,
    });
  }
}

/** A file's JSON. @throws {UsageError} */
export function readJson(path: string, what: string): unknown {
  const text = readText(path, what);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${path} is not JSON: ${reasonOf(cause)}`, {
      cause,
      hint: `Check ${what}`,
    });
  }
}

/** Whether there is something at a path. @throws {UsageError} when that cannot be told */
export function fileExists(path: string, what: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw fileError(error, `${what} cannot be read from ${path}`, "read", path);
  }
}

/** Replaces a file as a whole: a reader sees the old or the new one. @throws {UsageError} */
export function writeAtomically(
  path: string,
  content: string | Uint8Array,
  what: string,
  mode = 0o600,
): void {
  const temporary = `${path}.${Deno.pid}.tmp`;
  try {
    using file = Deno.openSync(temporary, {
      write: true,
      create: true,
      truncate: true,
      mode,
    });
    let rest: Uint8Array = typeof content === "string"
      ? new TextEncoder().encode(content)
      : content;
    while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
    // What is to be read by others is, whatever the umask.
    if (mode !== 0o600) Deno.chmodSync(temporary, mode);
    file.syncSync();
    Deno.renameSync(temporary, path);
  } catch (error) {
    try {
      Deno.removeSync(temporary);
    } catch {
      // It may never have been there.
    }
    throw fileError(
      error,
      `${what} cannot be written to ${path}`,
      "write",
      path,
    );
  }
}

function fileError(
  error: unknown,
  message: string,
  access: "read" | "write",
  path: string,
): UsageError {
  if (error instanceof UsageError) return error;
  if (error instanceof Deno.errors.NotCapable) {
    const flags = access === "read"
      ? `--allow-read=${path}`
      : `--allow-read and --allow-write for its folder`;
    return new UsageError(`${message}: Deno was not given the permission`, {
      cause: error,
      hint: `Run deno with ${flags}`,
    });
  }
  return new UsageError(`${message}: ${reasonOf(error)}`, {
    cause: error,
    hint: "Check the path and who may use it",
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
