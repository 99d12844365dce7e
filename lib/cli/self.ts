/**
 * How this program is started again, by a script that it writes.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** A Deno and the program it runs. */
export interface Self {
  /** The Deno, as an absolute path. */
  readonly deno: string;
  /** The main module: an absolute path, or a URL that is no file's. */
  readonly main: string;
  /** The host that the program is imported from, with its port; absent for files. */
  readonly importFrom?: string;
}

/**
 * The program that runs now. The offline bundle is named by the way it was
 * called: a script written through `/opt/fwctl/current` runs what that leads to
 * later on, while the path of the running Deno has the version in it.
 */
export function self(): Self {
  const main = new URL("./main.ts", import.meta.url);
  if (main.protocol !== "file:") {
    return { deno: Deno.execPath(), main: main.href, importFrom: main.host };
  }
  const own = fileURLToPath(new URL("../../bin/deno", main));
  return {
    deno: isFile(own) ? own : Deno.execPath(),
    main: fileURLToPath(main),
  };
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
