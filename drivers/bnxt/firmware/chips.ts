/**
 * The chips the modelled firmware can be.
 *
 * Assumption: chip numbers and PCI ids are public (bnxt_en's device table);
 * every other number here is plausible for such a card and was not read from
 * hardware.
 *
 * @module
 */

/** Names of the chips. */
export const CHIPS = ["BCM57508", "BCM57608"] as const;

/** One of the chips' names. */
export type ChipName = typeof CHIPS[number];

/** Resources of the whole chip, and what the firmware keeps for one VF. */
export interface Pool {
  /** RSS contexts. */
  readonly rsscos: number;
  /** Completion rings. */
  readonly cmpl: number;
  /** Transmit rings. */
  readonly tx: number;
  /** Receive rings. */
  readonly rx: number;
  /** L2 contexts. */
  readonly l2: number;
  /** Virtual NICs. */
  readonly vnics: number;
  /** Statistics contexts. */
  readonly stat: number;
  /** MSI-X vectors. */
  readonly msix: number;
}

/** What a chip is. */
export interface Chip {
  /** Its name. */
  readonly name: ChipName;
  /** VER_GET's `chip_num`: also the PCI device id of the PF. */
  readonly chipNum: number;
  /** `chip_rev` and `chip_metal`. */
  readonly revision: readonly [number, number];
  /** Firmware and package version when the scenario names none. */
  readonly firmwareVersion: string;
  /** Speed of a port in Gb/s when the scenario names none. */
  readonly speed: number;
  /** Speeds in Gb/s that a port can have. */
  readonly speeds: readonly number[];
  /** What the PF has when no VF is there. */
  readonly pool: Pool;
  /** Most that one VF can have. */
  readonly vf: Pool;
  /** Bytes of non-volatile memory. */
  readonly nvmSize: number;
  /** Generation of its PCIe link, as FUNC_QCFG counts: 4 is 16 GT/s. */
  readonly pcieGeneration: number;
}

/** A chip by name. */
export function chip(name: ChipName): Chip {
  return name === "BCM57608" ? bcm57608() : bcm57508();
}

/** The chip that a PCI id `vendor:device` stands for. */
export function chipOfPci(pciId: string): ChipName {
  return pciId === "14e4:1760" ? "BCM57608" : "BCM57508";
}

function bcm57508(): Chip {
  return {
    name: "BCM57508",
    chipNum: 0x1750,
    revision: [1, 1],
    firmwareVersion: "230.0.162.0",
    speed: 100,
    speeds: [10, 25, 40, 50, 100, 200],
    pool: {
      rsscos: 512,
      cmpl: 2048,
      tx: 1024,
      rx: 1024,
      l2: 512,
      vnics: 512,
      stat: 1024,
      msix: 1024,
    },
    vf: {
      rsscos: 8,
      cmpl: 32,
      tx: 16,
      rx: 16,
      l2: 4,
      vnics: 4,
      stat: 16,
      msix: 32,
    },
    nvmSize: 8 << 20,
    pcieGeneration: 4,
  };
}

function bcm57608(): Chip {
  return {
    ...bcm57508(),
    name: "BCM57608",
    chipNum: 0x1760,
    revision: [0, 0],
    firmwareVersion: "232.0.164.3",
    speed: 400,
    speeds: [25, 50, 100, 200, 400],
    pool: {
      rsscos: 1024,
      cmpl: 4096,
      tx: 2048,
      rx: 2048,
      l2: 1024,
      vnics: 1024,
      stat: 2048,
      msix: 2048,
    },
    nvmSize: 16 << 20,
    pcieGeneration: 5,
  };
}
