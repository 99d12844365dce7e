/**
 * A throwaway root for `fwctl host`.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { Folder } from "../fwctl.ts";
import { fwctlHere } from "../in_process.ts";

/** The unit that applies. */
export const APPLY = "etc/systemd/system/fwctl-apply.service";

/** A folder that stands for `/`. */
export class Root extends Folder {
  /** `fwctl host VERB --root HERE …`. */
  run(verb: string, ...more: string[]) {
    return fwctlHere(["host", verb, "--root", this.path, ...more]);
  }

  /** The same that must go well. */
  async ok(verb: string, ...more: string[]): Promise<string> {
    const { code, out, err } = await this.run(verb, ...more);
    assertEquals(code, 0, err);
    return out;
  }

  async install(...more: string[]): Promise<string> {
    return await this.ok("install", "--yes", ...more);
  }

  /** Everything in it, sorted, with what it holds. */
  all(folder = this.path): string[] {
    const found: string[] = [];
    for (const entry of Deno.readDirSync(folder)) {
      const path = `${folder}/${entry.name}`;
      const name = path.slice(this.path.length);
      if (entry.isDirectory) found.push(name, ...this.all(path));
      else if (entry.isSymlink) {
        found.push(`${name} -> ${Deno.readLinkSync(path)}`);
      } else found.push(`${name}: ${Deno.readTextFileSync(path)}`);
    }
    return found.sort();
  }

  /** Only the names. */
  names(): string[] {
    return this.all().map((each) => each.replace(/(: | -> )[^]*/, ""));
  }
}
