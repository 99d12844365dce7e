/**
 * Access registers by id: name, and what writing one does.
 *
 * The kernel lets every register write through at scope configuration, so the
 * effect is ours to know. Ids: enum of MLX5_REG_* in include/linux/mlx5/driver.h;
 * PPAD, PLIB, PPLR, SLTP, SLRG, MGIR, MVTS, MROQ, MQIS, MGNLE, MRSI and the flash and
 * nvconfig registers from the vendor's open-source tools.
 *
 * Assumption: the effects are taken from what the registers are documented to
 * hold and from how mlx5_core uses them.
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

type Row = readonly [Effect, reason: string, Readonly<Record<number, string>>];

const UNKNOWN = "what writing this register does is not known here";

const rows = (): readonly Row[] => [
  ["runtime", "it changes how traffic is queued, at once", {
    0x4002: "QPTS",
    0x4005: "QETCR",
    0x400a: "QTCT",
    0x4013: "QPDPM",
    0x4020: "DCBX_PARAM",
    0x4021: "DCBX_APP",
    0x500b: "PPTB",
    0x500c: "PBMC",
    0xb001: "SBPR",
    0xb002: "SBCM",
  }],
  ["disruptive", "it can take the link down", {
    0x5001: "PCAP",
    0x5002: "PMLP",
    0x5003: "PMTU",
    0x5004: "PTYS",
    0x5006: "PAOS",
    0x5007: "PFCC",
    0x500a: "PLIB",
    0x500e: "PELC",
    0x500f: "PVLC",
    0x5012: "PMAOS",
    0x5018: "PPLR",
    0x5023: "PPLM",
    0x5027: "SLTP",
    0x5028: "SLRG",
  }],
  ["disruptive", "it changes the address the port is known by", {
    0x5005: "PPAD",
  }],
  ["runtime", "it can clear counters", {
    0x5008: "PPCNT",
    0x503e: "PPHCR",
    0x9051: "MPCNT",
  }],
  ["runtime", "it changes which received frames are checked, at once", {
    0x5041: "PCMR",
  }],
  ["runtime", "it reports; a write has no known use", {
    0x4019: "QCAM",
    0x4022: "FPGA_CAP",
    0x5009: "PUDE",
    0x5010: "PMPE",
    0x507f: "PCAM",
    0x9009: "MTCAP",
    0x902d: "MRTC",
    0x902f: "MROQ",
    0x9050: "MPEIN",
    0x9059: "MPIR",
    0x9060: "MCQS",
    0x912a: "MRSI",
    0x9180: "MTPTM",
    0x9182: "MRTCQ",
    0xb01f: "SBCAM",
    0xc00d: "NIC_CAP",
    0xc00e: "DTOR",
  }],
  ["runtime", "it only carries information for the firmware", {
    0x9020: "MGIR",
  }],
  ["runtime", "it only selects what is read", {
    0x5031: "PDDR",
    0x9030: "MNVQC",
    0x9034: "MNVGC",
    0x9035: "MNVGN",
    0x9061: "MCQI",
    0x9064: "MQIS",
  }],
  ["runtime", "it is a capability mask; writes have no known use", {
    0x907f: "MCAM",
  }],
  ["runtime", "it asks for a dump of the device's state", {
    0x402e: "CORE_DUMP",
    0xc000: "RES_DUMP",
  }],
  ["runtime", "it changes how the node describes itself, at once", {
    0x6001: "NODE_DESC",
  }],
  ["disruptive", "it changes the byte order of the host interface", {
    0x7004: "HOST_ENDIANNESS",
  }],
  ["disruptive", "it acts on the FPGA behind the device", {
    0x4023: "FPGA_CTRL",
    0x4024: "FPGA_ACCESS_REG",
  }],
  ["destructive", "it can write the memory of the cable or module", {
    0x9014: "MCIA",
  }],
  ["runtime", "it changes the warning thresholds of a sensor", {
    0x900a: "MTMP",
  }],
  ["runtime", "it turns the port's beacon light on or off", {
    0x902b: "MLCR",
  }],
  ["runtime", "it takes the firmware tracer away from the kernel", {
    0x9040: "MTRC_CAP",
    0x9041: "MTRC_CONF",
    0x9042: "MTRC_STDB",
    0x9043: "MTRC_CTRL",
  }],
  ["disruptive", "it sets or steers the device's clock, which PTP relies on", {
    0x9053: "MTPPS",
    0x9054: "MTPPSE",
    0x9055: "MTUTC",
    0x9181: "MTCTR",
  }],
  ["runtime", "it changes what happens when the PCI interface is full", {
    0x9056: "MPEGC",
  }],
  ["runtime", "it changes synchronous Ethernet on the port", {
    0x9155: "MSECQ",
    0x9156: "MSEES",
  }],
  ["disruptive", "it arms or triggers a firmware reset", { 0x9028: "MFRL" }],
  ["disruptive", "it puts another firmware image into force", {
    0x9162: "MIRC",
  }],
  ["disruptive", "it changes the host memory a function is given", {
    0xc010: "VHCA_ICM_CTRL",
  }],
  ["next-reset", "it stores an nvconfig value that the next reset loads", {
    0x9024: "MNVDA",
  }],
  ["next-reset", "it resets an nvconfig value, loaded by the next reset", {
    0x9025: "MNVDI",
  }],
  ["destructive", "it erases the whole nvconfig store", { 0x9033: "MNVIA" }],
  ["destructive", "it writes the firmware flash", {
    0x9010: "MFPA",
    0x9011: "MFBA",
    0x9012: "MFBE",
    0x9062: "MCC",
    0x9063: "MCDA",
  }],
  ["disruptive", UNKNOWN, { 0x902c: "MVTS", 0x9036: "MGNLE" }],
];

let table: ReadonlyMap<number, Register> | undefined;

/** Registers with a name by id, in rising order. */
export function registers(): ReadonlyMap<number, Register> {
  return table ??= new Map(
    rows().flatMap(([effect, reason, names]) =>
      Object.entries(names).map(([id, name]): [number, Register] => [
        Number(id),
        { name, effect, reason },
      ])
    ).sort(([a], [b]) => a - b),
  );
}

/** A register by id; one without a listed effect is taken as disruptive. */
export function registerOf(id: number): Register {
  return registers().get(id) ?? {
    name: `register 0x${id.toString(16).padStart(4, "0")}`,
    effect: "disruptive",
    reason: UNKNOWN,
  };
}
