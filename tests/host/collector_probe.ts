/**
 * Run by collector_test.ts with --v8-flags=--expose-gc and one form of
 * --allow-ffi: what the garbage collector must not break. Prints JSON.
 */
import { LinuxHost } from "../../lib/host/linux.ts";

declare const gc: () => void;

using host = new LinuxHost();
const ENOTTY = 25;

/** Descriptors of the device the probe opens: the runtime opens others meanwhile. */
function descriptors(): number {
  let count = 0;
  for (const fd of host.list("/proc/self/fd")) {
    try {
      if (host.readLink(`/proc/self/fd/${fd}`) === "/dev/null") count++;
    } catch {
      // Closed between the two looks.
    }
  }
  return count;
}

/** How many of `calls` failing calls had another errno, with garbage made all the time. */
function wrongErrnos(calls: number): number {
  using node = host.open("/dev/null");
  const arg = new Uint8Array(32);
  let wrong = 0;
  let kept: unknown[] = [];
  for (let i = 0; i < calls; i++) {
    const [request, response] = [new Uint8Array(64), new Uint8Array(256)];
    const result = node.ioctl(0x9a01, arg, [
      { holder: arg, at: 16, target: request },
      { holder: arg, at: 24, target: response },
    ]);
    if (result !== -ENOTTY) wrong++;
    kept.push({ request, list: [i, i + 1] });
    if (kept.length > 2000) kept = [];
  }
  return wrong;
}

function forget(count: number): void {
  for (let i = 0; i < count; i++) host.open("/dev/null");
}

const wrong = wrongErrnos(300_000);
const before = descriptors();
forget(50);
const open = descriptors() - before;
// The collector closes them when it likes; that it ever does is the promise.
for (let i = 0; i < 600 && descriptors() > before; i++) {
  gc();
  await new Promise((resolve) => setTimeout(resolve, 5));
}
// deno-lint-ignore no-console
console.log(JSON.stringify({ wrong, open, left: descriptors() - before }));
