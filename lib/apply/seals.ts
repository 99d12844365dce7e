/**
 * Seals as files: one for each device and boot, in a folder of the state
 * directory. A file that cannot be understood is a seal all the same.
 *
 * @module
 */
import { isFwctlError, UsageError } from "../errors.ts";
import { isPlainObject, type PlainData } from "../plain.ts";
import type { Seal, Seals } from "../plan/policy.ts";

/** Most bytes of a seal. */
const MOST = 4096;

/** Seals in a folder, with Deno's permission to read and write it. */
export class FileSeals implements Seals {
  readonly #folder: string;

  /** Touches nothing yet. The folder is made with the first seal. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The seal of a device in this boot. @throws {UsageError} when it cannot be told */
  sealed(address: string, bootId: string): Seal | undefined {
    const path = this.#path(address, bootId);
    return attempt("read", path, () => {
      let text: string;
      try {
        using file = Deno.openSync(path);
        const bytes = new Uint8Array(MOST);
        text = new TextDecoder().decode(
          bytes.subarray(0, file.readSync(bytes) ?? 0),
        );
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      }
      return parse(text);
    });
  }

  /** Seals a device until the next boot. @throws {UsageError} when it cannot be kept */
  seal(address: string, bootId: string, seal: Seal): void {
    this.ready();
    const path = this.#path(address, bootId);
    const before = this.sealed(address, bootId);
    // A seal that gives way does not replace one that does not.
    const breakable = seal.breakable && (before?.breakable ?? true);
    const text = JSON.stringify({ ...seal, address, bootId, breakable });
    attempt("write", path, () => {
      const temporary = `${path}.${crypto.randomUUID()}.tmp`;
      {
        using file = Deno.openSync(temporary, {
          write: true,
          createNew: true,
          mode: 0o600,
        });
        let rest = new TextEncoder().encode(`${text}\n`);
        while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
        file.syncSync();
      }
      Deno.renameSync(temporary, path);
      using folder = Deno.openSync(this.#folder);
      folder.syncSync();
    });
  }

  /** Makes the folder. @throws {UsageError} when a seal could not be kept there */
  ready(): void {
    attempt("write", this.#folder, () => {
      Deno.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const probe = `${this.#folder}/${crypto.randomUUID()}.probe`;
      Deno.openSync(probe, { write: true, createNew: true, mode: 0o600 })
        .close();
      Deno.removeSync(probe);
    });
  }

  #path(address: string, bootId: string): string {
    return `${this.#folder}/${encodeURIComponent(address)}@${
      encodeURIComponent(bootId)
    }.json`;
  }
}

function parse(text: string): Seal {
  const unclear: Seal = {
    at: "a time that its seal does not tell",
    breakable: true,
    recipe: "",
  };
  let data: PlainData;
  try {
    data = JSON.parse(text) as PlainData;
  } catch {
    return unclear;
  }
  if (!isPlainObject(data)) return unclear;
  const { at, breakable, recipe } = data;
  return {
    at: typeof at === "string" && /^[\d:.TZ-]{10,30}$/.test(at)
      ? at
      : unclear.at,
    breakable: breakable !== false,
    recipe: typeof recipe === "string" && /^[\w.-]{1,64}$/.test(recipe)
      ? recipe
      : "",
  };
}

function attempt<T>(what: string, path: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (isFwctlError(error)) throw error;
    const missing = error instanceof Deno.errors.NotCapable;
    const folder = path.slice(0, path.lastIndexOf("/")) || "/";
    throw new UsageError(
      `A seal cannot be ${
        what === "read" ? "read from" : "written to"
      } ${path}: ${
        missing
          ? "Deno was not given the permission"
          : error instanceof Error
          ? error.message
          : String(error)
      }`,
      {
        cause: error,
        hint: missing
          ? `Run deno with --allow-read=${folder}${
            what === "read" ? "" : ` --allow-write=${folder}`
          }, or name another folder with --state-dir`
          : "Check the folder and who may use it, or name another one with --state-dir",
      },
    );
  }
}
