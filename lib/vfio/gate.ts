/**
 * The gate before a virtual function: nothing is sent about one that somebody
 * uses.
 *
 * @module
 */
import { PlanError } from "../errors.ts";
import { heldBy, pciPath } from "./holders.ts";
import type { VfLook } from "./look.ts";

/** How many functions that do not pass a message lists. */
const LISTED = 50;

/** Why a function may not be touched now, and what to do; undefined when it may. */
export function obstacle(
  look: VfLook,
): { readonly why: string; readonly hint: string } | undefined {
  const who = `VF ${look.index} ${look.pci}`;
  if (look.leaving) {
    return {
      why:
        `the functions of ${look.pf} are being removed, those before ${who} are gone already`,
      hint:
        "The kernel waits for whoever holds one: fwctl vfio status; nothing was sent",
    };
  }
  switch (look.state) {
    case "free":
    case "vfio-idle":
      return undefined;
    case "host-driver":
      return {
        why:
          `${who} is bound to ${look.kernelDriver}, which read its capabilities when it started`,
        hint: `Unbind it first: echo ${look.pci} > ${
          pciPath(look.pci)
        }/driver/unbind; so that no driver takes it again: echo 0 > ${
          pciPath(look.pf)
        }/sriov_drivers_autoprobe`,
      };
    case "in-use":
      return {
        why: `${who} is in use: ${heldText(look)}`,
        hint: "Stop the VM that has it first; nothing was sent",
      };
    case "unknown":
      return {
        why: `${who} is bound to ${
          driverOf(look)
        }, and whether it is open cannot be told: ${
          look.blind < 0
            ? "/proc cannot be read"
            : `${look.blind} processes may not be looked into`
        }`,
        hint:
          "Run as root in the machine's own PID namespace; nothing was sent",
      };
  }
}

/** The driver, where the kernel has taken its link away already the one that it can only be. */
function driverOf({ kernelDriver }: VfLook): string {
  return kernelDriver ?? "VFIO";
}

/** Who holds a function, for people: `qemu-system-x86[4711] through /dev/vfio/42`. */
export function heldText(look: VfLook): string {
  if (look.holders.length === 0) {
    return `its device is open through ${
      driverOf(look)
    }, by a process that /proc does not show here`;
  }
  return heldBy(look.holders);
}

/** Lets functions pass that nobody uses. @throws {PlanError} `in-use` for all others together */
export function gate(looks: readonly VfLook[]): void {
  const found = looks.map(obstacle).filter((each) => each !== undefined);
  const [first] = found;
  if (!first) return;
  throw new PlanError(
    found.length === 1
      ? first.why
      : `${first.why} (and ${found.length - 1} more in the way)`,
    "in-use",
    found.length === 1 ? [] : found.slice(0, LISTED).map(({ why }) => why),
    { hint: first.hint },
  );
}
