/**
 * PCI addresses and routing ids.
 *
 * @module
 */

/** A PCI function's address in parts. */
export interface PciAddress {
  /** 16 bits (QEMU and VMD use more digits; the model does not). */
  readonly domain: number;
  /** Bus, device and function: `bus << 8 | device << 3 | function`. */
  readonly rid: number;
}

/** Parses `dddd:bb:dd.f`; undefined when `text` is not of that form. */
export function parsePci(text: string): PciAddress | undefined {
  const parts = /^([0-9a-f]{4}):([0-9a-f]{2}):([01][0-9a-f])\.([0-7])$/.exec(
    text,
  );
  if (!parts) return undefined;
  const [domain = 0, bus = 0, device = 0, fn = 0] = parts.slice(1)
    .map((hex) => Number.parseInt(hex, 16));
  return { domain, rid: bus << 8 | device << 3 | fn };
}

/** The kernel's name of a PCI function: `dddd:bb:dd.f`. */
export function formatPci(address: PciAddress): string {
  const { domain, rid } = address;
  return `${hex(domain, 4)}:${hex(rid >> 8, 2)}:${hex(rid >> 3 & 31, 2)}.${
    rid & 7
  }`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
