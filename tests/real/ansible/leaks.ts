/**
 * Whether something that must not be seen is seen: on command lines while a
 * play runs, and in files after it.
 *
 * @module
 */

/** Looks at the command line and the environment of every process, again and again. */
export class Watch {
  /** Command lines that have one of the secrets. */
  readonly leaks = new Set<string>();
  /** Command lines of fwctl that were seen at all. */
  readonly seen = new Set<string>();
  readonly #secrets: readonly string[];
  readonly #ended: Promise<void>;
  #going = true;

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
    this.#ended = this.#watch();
  }

  async #watch(): Promise<void> {
    while (this.#going) {
      for (const { name } of Deno.readDirSync("/proc")) {
        if (/^\d+$/.test(name)) this.#look(name);
      }
      await new Promise((done) => setTimeout(done, 5));
    }
  }

  #look(pid: string): void {
    for (const file of ["cmdline", "environ"]) {
      let text: string;
      try {
        text = Deno.readTextFileSync(`/proc/${pid}/${file}`);
      } catch {
        // It has ended.
        continue;
      }
      if (file === "cmdline" && text.includes("/lib/cli/main.js\0")) {
        this.seen.add(text.slice(text.indexOf("main.js\0") + 8));
      }
      if (this.#secrets.some((secret) => text.includes(secret))) {
        this.leaks.add(`${file} ${text.replaceAll("\0", " ")}`);
      }
    }
  }

  /** Ends it. */
  async end(): Promise<void> {
    this.#going = false;
    await this.#ended;
  }
}

/** The files of a list that hold one of the secrets. */
export function filesWith(
  secrets: readonly string[],
  paths: readonly string[],
): string[] {
  return paths.filter((path) => {
    const { isFile, size } = Deno.lstatSync(path);
    // The bundle's own files are large, and were there before.
    if (!isFile || size > 4 << 20) return false;
    const text = new TextDecoder("latin1").decode(Deno.readFileSync(path));
    return secrets.some((secret) => text.includes(secret));
  });
}
