/**
 * The file of a recording: for its owner alone, written line by line, so that a
 * command that is killed leaves what happened until then.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import type { RecordingSink } from "../../recording/line.ts";

/** A file that is written, or holds nothing and is taken away again. */
export class RecordingFile implements RecordingSink, Disposable {
  readonly path: string;
  readonly #file: Deno.FsFile;
  readonly #replaces: boolean;
  #written = false;

  /**
   * Makes the file; what is there stays until the first line comes.
   *
   * @throws {UsageError} when it is there already, or cannot be written
   */
  constructor(path: string, force: boolean) {
    this.path = path;
    this.#replaces = force && isThere(path);
    try {
      this.#file = Deno.openSync(path, {
        write: true,
        mode: 0o600,
        ...(this.#replaces ? {} : { createNew: true }),
      });
    } catch (error) {
      throw unusable(path, error);
    }
  }

  /** One write a line: a killed command cuts at most the line it is at. */
  write(line: string): void {
    if (!this.#written) {
      this.#written = true;
      if (this.#replaces) {
        this.#file.truncateSync(0);
        Deno.chmodSync(this.path, 0o600);
      }
    }
    let rest: Uint8Array = new TextEncoder().encode(line);
    while (rest.length > 0) rest = rest.subarray(this.#file.writeSync(rest));
  }

  /** Closes it; a new one without a line is taken away. */
  [Symbol.dispose](): void {
    this.#file.close();
    if (!this.#written && !this.#replaces) Deno.removeSync(this.path);
  }
}

/** @throws {UsageError} for what is no file, such as a pipe */
function isThere(path: string): boolean {
  try {
    if (Deno.statSync(path).isFile) return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw unusable(path, error);
  }
  throw new UsageError(`${path} is not a file`, {
    hint: "Give the recording another name",
  });
}

function unusable(path: string, cause: unknown): UsageError {
  if (cause instanceof Deno.errors.AlreadyExists) {
    return new UsageError(`${path} is there already`, {
      cause,
      hint: "Give another name, or --force to replace it",
    });
  }
  const permission = cause instanceof Deno.errors.NotCapable;
  return new UsageError(
    `the recording cannot be written to ${path}: ${
      permission
        ? "Deno was not given the permission"
        : cause instanceof Error
        ? cause.message
        : String(cause)
    }`,
    {
      cause,
      hint: permission
        ? "Run deno with --allow-read and --allow-write for its folder"
        : "Check the path and who may use it",
    },
  );
}
