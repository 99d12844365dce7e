/**
 * Access registers by id: name, and what writing one does.
 *
 * The kernel lets every register write through at scope configuration, so the
 * effect is ours to know. Ids and purposes: include/linux/mlx5/driver.h and the
 * register layouts published with the vendor's open-source tools.
 *
 * @module
 */
import type { Effect } from "../../driver.ts";

/** One register. */
export interface Register {
  /** The vendor's name. */
  readonly name: string;
  /** What a write does. */
  readonly effect: Effect;
  /** Why: a clause. */
  readonly reason: string;
}

const FLASH = "it writes the firmware flash";
const LINK = "it can take the link down";
const QUEUES = "it changes how traffic is queued, at once";

const REGISTERS: Readonly<Record<number, Register>> = {
  0x4002: { name: "QPTS", effect: "runtime", reason: QUEUES },
  0x4004: { name: "QETCR", effect: "runtime", reason: QUEUES },
  0x4013: { name: "QPDPM", effect: "runtime", reason: QUEUES },
  0x5002: { name: "PCAP", effect: "disruptive", reason: LINK },
  0x5003: { name: "PMTU", effect: "disruptive", reason: LINK },
  0x5004: { name: "PTYS", effect: "disruptive", reason: LINK },
  0x5006: { name: "PAOS", effect: "disruptive", reason: LINK },
  0x5007: { name: "PFCC", effect: "disruptive", reason: LINK },
  0x5008: {
    name: "PPCNT",
    effect: "runtime",
    reason: "it can clear port counters",
  },
  0x9010: { name: "MFPA", effect: "destructive", reason: FLASH },
  0x9011: { name: "MFBA", effect: "destructive", reason: FLASH },
  0x9012: { name: "MFBE", effect: "destructive", reason: FLASH },
  0x9020: {
    name: "MGIR",
    effect: "runtime",
    reason: "it only carries information for the firmware",
  },
  0x9024: {
    name: "MNVDA",
    effect: "next-reset",
    reason: "it stores an nvconfig value that the next reset loads",
  },
  0x9025: {
    name: "MNVDI",
    effect: "next-reset",
    reason: "it resets an nvconfig value, loaded by the next reset",
  },
  0x9028: {
    name: "MFRL",
    effect: "disruptive",
    reason: "it arms or triggers a firmware reset",
  },
  0x9033: {
    name: "MNVIA",
    effect: "destructive",
    reason: "it erases the whole nvconfig store",
  },
  0x9061: {
    name: "MCQI",
    effect: "runtime",
    reason: "it only selects what is read",
  },
  0x9062: { name: "MCC", effect: "destructive", reason: FLASH },
  0x9063: { name: "MCDA", effect: "destructive", reason: FLASH },
  0x907f: {
    name: "MCAM",
    effect: "runtime",
    reason: "it is a capability mask; writes have no known use",
  },
};

/** A register by id; one without a listed effect is taken as disruptive. */
export function registerOf(id: number): Register {
  return REGISTERS[id] ?? {
    name: `register 0x${id.toString(16).padStart(4, "0")}`,
    effect: "disruptive",
    reason: "what writing this register does is not known here",
  };
}
