/**
 * The diagnostic counters whose meaning is public, in the vendor's mlx5ctl.
 * Devices have many more, whose names nobody outside knows.
 *
 * @module
 */

/** What is public of a counter. */
export interface CounterName {
  /** What it counts. */
  readonly name: string;
  /** In what. */
  readonly unit: string;
}

const CLOCKS = "device clocks";
/** Name, unit, and what it tells. */
const COUNTERS: Readonly<
  Record<number, readonly [name: string, unit: string, about: string]>
> = {
  0x0401: [
    "Back pressure from datalink to transport unit",
    CLOCKS,
    "PCIe holds back the NIC; only of use while a PCIe stall counter grows",
  ],
  0x0402: [
    "Outbound stalled writes",
    CLOCKS,
    "no posted credits of PCIe to write data",
  ],
  0x0403: [
    "Outbound stalled reads",
    CLOCKS,
    "no non-posted credits of PCIe to read data",
  ],
  0x0406: ["RX 128B data", "128 bytes", "data that comes in over PCIe"],
  0x0409: [
    "PCI read stalled, no read engines",
    CLOCKS,
    "all read engines of PCIe are in use",
  ],
  0x040a: [
    "PCI read stalled, no completion buffer",
    CLOCKS,
    "the buffer of PCIe is full",
  ],
  0x040b: [
    "PCI read stalled, ordering",
    CLOCKS,
    "writes of PCIe stand in the way of its reads",
  ],
  0x1001: [
    "RX steering packets",
    "packets",
    "packets in the receive pipe, before they go to queue pairs",
  ],
  0x2001: [
    "Send queue stopped, limited VL",
    CLOCKS,
    "the transmit buffer is full",
  ],
  0x2006: ["TX packets", "packets", "packets in the transmit pipe"],
  0x2c02: ["Line transmitted, port 1", "", "data sent from port 1"],
  0x2c03: ["Line transmitted, port 2", "", "data sent from port 2"],
  0x2c04: [
    "Line transmitted, loop back",
    "",
    "data sent back to the receive pipe",
  ],
};

/** A counter's name; "" where it is not public. */
export function counterName(id: number): CounterName {
  const [name = "", unit = ""] = COUNTERS[id] ?? [];
  return { name, unit };
}

/** What a counter tells; "" where it is not public. */
export function counterAbout(id: number): string {
  return COUNTERS[id]?.[2] ?? "";
}

/** Ids with a public name, in rising order. */
export function namedCounters(): number[] {
  return Object.keys(COUNTERS).map(Number).sort((a, b) => a - b);
}

/** An id as people write it: `0x0401`. */
export function counterId(id: number): string {
  return `0x${id.toString(16).padStart(4, "0")}`;
}
