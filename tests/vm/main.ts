// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * `deno task test:vm`: the real command on a real kernel with the real
 * mlx5_fwctl driver, held against the model of the same machine.
 *
 * It needs a kernel (`deno task kernel:build`) and QEMU, or a script that boots
 * such a machine: FWCTL_VM, called as `SCRIPT DIR COMMAND WORDS…`. Without them
 * it prints the reason and ends well. Words after the task choose machines by
 * their names: `deno task test:vm "four drivers"`; --jobs N machines run at once.
 *
 * @module
 */
import { cacheForGuest } from "../kernel/guest_cache.ts";
import { sideBySide } from "../kernel/side_by_side.ts";
import { virtualMachine } from "./machine.ts";
import { IN_GUEST, MachineTally } from "./prove.ts";
import { MACHINES } from "./steps.ts";

async function run(args: readonly string[]): Promise<number> {
  const words = [...args];
  const at = words.indexOf("--jobs");
  const jobs = at < 0 ? 1 : Number(words.splice(at, 2)[1]);
  if (!(Number.isInteger(jobs) && jobs > 0)) {
    console.error("usage: deno task test:vm [--jobs N] [WORDS…]");
    return 2;
  }
  const boots = virtualMachine();
  if ("reason" in boots) {
    console.log(`skipped: ${boots.reason}`);
    return 0;
  }
  console.log(boots.name);
  await cacheForGuest(IN_GUEST);
  const tally = new MachineTally();
  await sideBySide(
    jobs,
    MACHINES
      .filter(({ name }) =>
        words.length === 0 || words.some((word) => name.includes(word))
      )
      .map((machine) => () => tally.prove(boots, machine)),
  );
  console.log(`\n${tally.passed} passed, ${tally.failed} failed`);
  return tally.failed > 0 ? 1 : 0;
}

if (import.meta.main) Deno.exit(await run(Deno.args));
