/**
 * Where built kernels are kept, and what is kept of each.
 *
 * A kernel is a folder of the cache: `bzImage`, `initrd.gz`, the `config` it was
 * built with, and `kernel.json`. The cache is FWCTL_KERNEL_CACHE, or the folder
 * fwctl-kernel in the user's cache.
 *
 * @module
 */
import { join } from "@std/path";
import { createHash } from "node:crypto";

/** What `kernel.json` says of a built kernel. */
export interface Kernel {
  /** Its folder. */
  readonly path: string;
  /** Linux's own version: `7.3.4`. */
  readonly version: string;
  /** The Debian package its source is from, with version. */
  readonly source: string;
  /** Digest of what the project gave to the build: config, stand-ins, init. */
  readonly recipe: string;
  /** When it was built, RFC 3339. */
  readonly built: string;
}

/** The folder of the cache. */
export function cacheFolder(): string {
  const named = Deno.env.get("FWCTL_KERNEL_CACHE");
  if (named) return named;
  const base = Deno.env.get("XDG_CACHE_HOME") ??
    join(Deno.env.get("HOME") ?? "/tmp", ".cache");
  return join(base, "fwctl-kernel");
}

/** This folder's files that make a kernel what it is, in order. */
export function recipeFiles(): string[] {
  const here = import.meta.dirname ?? ".";
  const stubs = [...Deno.readDirSync(join(here, "stubs"))].map((entry) =>
    join(here, "stubs", entry.name)
  ).sort();
  return [join(here, "config"), join(here, "init"), ...stubs];
}

/** The digest of those files, hex. */
export function recipeDigest(): string {
  const hash = createHash("sha256");
  for (const file of recipeFiles()) hash.update(Deno.readFileSync(file));
  return hash.digest("hex");
}

/** Every kernel of the cache, newest version first, and of one version the one built last. */
export function kernels(): Kernel[] {
  const found: Kernel[] = [];
  try {
    for (const entry of Deno.readDirSync(cacheFolder())) {
      const path = join(cacheFolder(), entry.name);
      try {
        const said = JSON.parse(
          Deno.readTextFileSync(join(path, "kernel.json")),
        );
        found.push({ ...said, path });
      } catch {
        // Not a kernel, or not finished.
      }
    }
  } catch {
    // No cache yet.
  }
  return found.sort((a, b) =>
    newer(b.version, a.version) || (a.built < b.built ? 1 : -1)
  );
}

/** How two versions `7.3.4` compare, number by number. */
export function newer(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => text.split(".").map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (x?.[i] ?? 0) - (y?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
