// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * The model behind the real CUSE: boots a machine without fwctl drivers, serves
 * the model there, and holds what other programs find to what the model and the
 * recordings of the real kernel say.
 *
 *     deno run -A tests/kernel/cuse/main.ts [--scenes | --recordings] [--all]
 *
 * --scenes leaves the recordings out, --recordings the scenes; --all performs
 * the long recordings too. Without a kernel it prints the reason and ends well.
 *
 * @module
 */
import { ROOT } from "../../paths.ts";
import { boot, chosenKernel } from "../boot.ts";
import type { Kernel } from "../cache.ts";
import { cacheForGuest } from "../guest_cache.ts";

const GUEST = "tests/kernel/cuse/guest.ts";

/** Runs the proof in a machine and prints it; whether all was as promised. */
export async function proveCuse(
  kernel: Kernel,
  args: readonly string[] = [],
): Promise<boolean> {
  await cacheForGuest([GUEST, "lib/cli/main.ts"]);
  const { code, output } = await boot(
    kernel,
    ROOT,
    ["deno run -A --no-check", GUEST, ...args].join(" "),
    { words: ["lab.bare"], timeout: 1800 },
  );
  console.log(
    `\n=== the model as device nodes, through CUSE\n${output.trimEnd()}`,
  );
  return code === 0;
}

if (import.meta.main) {
  const known = new Set(["--scenes", "--recordings", "--all"]);
  const strange = Deno.args.find((arg) => !known.has(arg));
  if (strange !== undefined) {
    console.error(`"${strange}" is unknown; there are ${[...known].join(" ")}`);
    Deno.exit(2);
  }
  const kernel = chosenKernel();
  if ("reason" in kernel) {
    console.log(`skipped: ${kernel.reason}`);
    Deno.exit(0);
  }
  console.log(`Linux ${kernel.version} (${kernel.source})`);
  Deno.exit(await proveCuse(kernel, Deno.args) ? 0 : 1);
}
