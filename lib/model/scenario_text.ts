/**
 * Names and addresses in a scenario's devices.
 *
 * @module
 */
import { formatPci, parsePci, type PciAddress } from "./pci.ts";
import { type ObjectReader, refuse } from "./reader.ts";

/** A device number and file name: the characters the kernel and udev use. */
const NAME = /^[A-Za-z0-9][\w.:-]{0,63}$/;

/** Names of interfaces and the like; none when absent. @throws `ModelError` */
export function readNames(reader: ObjectReader, key: string): string[] {
  const names = reader.texts(key, 64) ?? [];
  names.forEach((text, index) => asName(text, `${reader.path(key)}[${index}]`));
  return names;
}

/** Refuses what is no device name. @throws `ModelError` naming `at` */
export function asName(text: string, at: string): void {
  if (!NAME.test(text)) refuse(at, `is ${JSON.stringify(text)}, not a name`);
}

/** A PCI address in parts. @throws `ModelError` naming `at` */
export function asPci(text: string, at: string): PciAddress {
  return parsePci(text) ?? refuse(
    at,
    `is ${JSON.stringify(text)} but must be a PCI address`,
    "Write it as the kernel does, in lower case: 0000:3b:00.0.",
  );
}

/** Key `bridges`: those given, or a root port one bus above when the bus is not 0. */
export function readBridges(reader: ObjectReader, pci: PciAddress): string[] {
  const given = reader.texts("bridges", 8);
  given?.forEach((text, i) => asPci(text, `${reader.path("bridges")}[${i}]`));
  if (given) return given;
  const bus = pci.rid >> 8;
  return bus === 0 ? [] : [formatPci({ ...pci, rid: (bus - 1) << 8 })];
}
