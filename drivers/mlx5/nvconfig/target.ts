/**
 * Where nvconfig is: on the physical function's device, and which reset loads
 * it there.
 *
 * @module
 */
import { equalBytes } from "../../../lib/bytes.ts";
import { findDevice } from "../../../lib/device/find.ts";
import type { Inventory } from "../../../lib/device/inventory.ts";
import { PlanError } from "../../../lib/errors.ts";
import type { Located, ObserveContext } from "../../driver.ts";
import { locateDevice } from "../reading/target.ts";
import { builtinKnowledge } from "./builtin.ts";
import { NvReader } from "./reader.ts";
import { numberIn } from "./values.ts";

/**
 * The unit of a declaration.
 *
 * @throws {PlanError} when there is no such device, or it is a virtual function
 */
export function locateNv(
  inventory: Inventory,
  name: string,
  unit: string,
  title: string,
): Located {
  const located = locateDevice(inventory, name, unit, title);
  const device = findDevice(inventory, located.device);
  if (device.physfn !== null) {
    throw new PlanError(
      `${device.name} is a virtual function: nvconfig belongs to its card`,
      "unknown-target",
      [],
      {
        device: device.name,
        hint: `Name the physical function ${device.physfn}`,
      },
    );
  }
  return located;
}

/** The reader all declarations of one plan share. */
export function sharedReader(context: ObserveContext): NvReader {
  return context.memo("nvconfig", () => new NvReader(context.channel));
}

/**
 * Whether an item counts as stored before it is written: all do but those that
 * the device says it has at their default and does not list as stored.
 */
export function wasStored(
  reader: NvReader,
  type: number,
  image: Uint8Array,
  standard: Uint8Array | undefined,
): boolean {
  // Listing what is stored reads other items too: only where it decides.
  const atDefault = standard !== undefined && equalBytes(image, standard);
  return !atDefault || reader.isStored(type) !== false;
}

/** Which reset loads nvconfig. */
export interface NvReset {
  /** For people: `firmware reset or reboot`. */
  readonly name: string;
  /** Whether the card's own CPU runs the show: embedded CPU, offload engine on. */
  readonly dpu: boolean;
}

/**
 * Which reset loads what is written. A card in DPU mode keeps its own CPU
 * running when the host reboots, so that only a power cycle loads it. It is in
 * that mode when, in force, INTERNAL_CPU_MODEL is EMBEDDED_CPU and
 * INTERNAL_CPU_OFFLOAD_ENGINE is ENABLED (0).
 */
export function resetOf(reader: NvReader): NvReset {
  const tlv = builtinKnowledge().tlvs.get("nv_internal_cpu_conf");
  const item = tlv && reader.item(tlv, 0, "current");
  const read = (name: string): number | undefined => {
    const field = tlv?.fields.get(name);
    return item && field && numberIn(item.data, field);
  };
  const dpu = read("internal_cpu_model") === 1 && read("offload_engine") === 0;
  return { name: dpu ? "power cycle" : "firmware reset or reboot", dpu };
}

/** What a person must know of a card in DPU mode. */
export const DPU_NOTE =
  "The card is in DPU mode: a reboot of the host does not load nvconfig, only a power cycle of the card does";
