/** The offline bundle as a folder, with a link to the running Deno instead of a copy. */
import { contents, type Entry } from "../../deploy/offline/contents.ts";
import { stage } from "../../deploy/offline/write.ts";
import { Folder } from "../cli/fwctl.ts";

/** What a command came to. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A bundle in a temporary folder. */
export class Staged implements Disposable {
  /** What it is around the bundle. */
  readonly folder: Folder;
  /** The bundle's folder. */
  readonly path: string;
  /** Its files. */
  readonly entries: readonly Entry[];
  /** An environment whose caches are the test's own. */
  readonly env: Readonly<Record<string, string>>;

  private constructor(folder: Folder, entries: readonly Entry[]) {
    this.folder = folder;
    this.path = `${folder.path}/it is #1 100%41`;
    this.entries = entries;
    this.env = { DENO_DIR: `${folder.path}/cache` };
    stage(entries, this.path, true);
  }

  /** Makes it. */
  static async make(): Promise<Staged> {
    return new Staged(new Folder(), await contents(Deno.execPath()));
  }

  /** Runs its `fwctl`. */
  fwctl(...args: string[]): Promise<Said> {
    return run([`${this.path}/bin/fwctl`, ...args], this);
  }

  [Symbol.dispose](): void {
    this.folder[Symbol.dispose]();
  }
}

/** Runs a program with nothing in its environment but PATH, and what is given. */
export async function run(
  [program = "", ...args]: readonly string[],
  { env, cwd }: {
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd?: string;
  } = {},
): Promise<Said> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    clearEnv: true,
    ...(cwd === undefined ? {} : { cwd }),
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", ...env },
  }).output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}
