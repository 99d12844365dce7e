/**
 * A throwaway root with what `fwctl host install` writes, and the programs of a
 * host to look at it with.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { Folder } from "../../cli/fwctl.ts";
import { fwctlHere } from "../../cli/in_process.ts";

/** How a program ended. */
export interface Ran {
  readonly code: number;
  /** Standard output and standard error. */
  readonly said: string;
}

/** Runs a program. */
export async function run(...words: readonly string[]): Promise<Ran> {
  const [program = "", ...args] = words;
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    stdin: "null",
    env: { LC_ALL: "C", SYSTEMD_COLORS: "0", SYSTEMD_EMOJI: "0" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, said: text(stdout) + text(stderr) };
}

/** A root with fwctl installed. `using` removes it. */
export class Installed extends Folder {
  /** Installs with these options. */
  static async with(...options: readonly string[]): Promise<Installed> {
    const root = new Installed();
    const { code, err } = await fwctlHere(
      ["host", "install", "--yes", "--root", root.path, ...options],
    );
    assertEquals(code, 0, err);
    return root;
  }

  /** A file in it. */
  text(path: string): string {
    return Deno.readTextFileSync(`${this.path}${path}`);
  }

  /** Writes a file and the folders above it. */
  write(path: string, text: string, mode = 0o644): string {
    const file = `${this.path}${path}`;
    Deno.mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(file, text, { mode });
    return file;
  }

  /** The machine's own units, among which ours find theirs; and a program to call. */
  asHost(): void {
    const units = `${this.path}/usr/lib/systemd`;
    Deno.mkdirSync(units, { recursive: true });
    const { success } = new Deno.Command("cp", {
      args: ["-r", "/lib/systemd/system", units],
    }).outputSync();
    assertEquals(success, true);
    this.write("/usr/local/bin/fwctl", "#!/bin/sh\n", 0o755);
  }
}
