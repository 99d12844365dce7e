// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * `deno task soak [SECONDS]`: eight processes at once apply to one device.
 *
 * @module
 */
import { soak } from "./soak.ts";

const seconds = Number(Deno.args[0] ?? 60);
const { applied, stale, handedOver } = await soak(8, seconds);
console.log(
  `8 processes, ${seconds} s on one device: ${applied} applied, none lost; ${handedOver} began from another's image of a shared unit; ${stale} plans were stale by the time they had the lock and wrote nothing`,
);
