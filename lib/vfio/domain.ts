/**
 * The PCI devices of the host that a libvirt domain is given.
 *
 * Only what says so plainly is read: `<hostdev type='pci'>` and `<interface
 * type='hostdev'>`. An interface on a network that hands out functions
 * (`<forward mode='hostdev'>`) has none yet when the hook is called with
 * `prepare begin`; with `start begin` it is shown as an `<interface
 * type='hostdev'>`, and in libvirt's own status files below `<actual>`.
 *
 * Source: docs/hooks.rst, docs/formatdomain.rst and domain_conf.c of libvirt.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { parseXml, type XmlElement } from "./xml.ts";

/** One device of the host. */
export interface DomainDevice {
  /** Its PCI address. */
  readonly pci: string;
  /** Whether libvirt binds it to VFIO and back by itself. */
  readonly managed: boolean;
}

/** A domain, as far as the hook needs it. */
export interface Domain {
  /** Its name. */
  readonly name: string;
  /** Devices of the host, each once, in the document's order. */
  readonly devices: readonly DomainDevice[];
  /** Networks whose interfaces have no device of the host, or none yet. */
  readonly networks: readonly string[];
}

/** Bytes of a domain's XML that are read at all; real ones have some 10,000. */
export const MOST_XML: number = 4 << 20;

/** Reads a domain's XML. @throws {UsageError} when it is none */
export function parseDomain(text: string): Domain {
  if (text.length > MOST_XML) {
    throw new UsageError(
      `The domain's XML is longer than ${MOST_XML} characters`,
      { hint: "Is it the XML of one domain?" },
    );
  }
  const root = parseXml(text);
  if (root.name !== "domain") {
    throw new UsageError(
      `The XML is <${root.name.slice(0, 60)}>, no <domain>`,
      {
        hint: "libvirt gives the hook the domain on standard input",
      },
    );
  }
  const devices = new Map<string, DomainDevice>();
  const networks = new Set<string>();
  for (
    const each of within(root, "devices").flatMap(({ children }) => children)
  ) {
    const found = sources(each);
    if (found.length === 0) {
      for (const name of networksOf(each)) networks.add(name);
    }
    for (const source of found) {
      for (const address of within(source, "address")) {
        const kind = address.attributes.get("type") ?? "pci";
        if (kind !== "pci") continue;
        const pci = pciOf(address);
        const managed = each.attributes.get("managed") === "yes";
        devices.set(pci, { pci, managed });
      }
    }
  }
  const name = within(root, "name")[0]?.text.trim() ?? "";
  return { name, devices: [...devices.values()], networks: [...networks] };
}

/** The networks that an interface is on. */
function networksOf(element: XmlElement): string[] {
  if (
    element.name !== "interface" ||
    element.attributes.get("type") !== "network"
  ) return [];
  return within(element, "source").flatMap(({ attributes }) =>
    attributes.get("network") ?? []
  );
}

/** The sources of an element that is a PCI device of the host. */
function sources(element: XmlElement): XmlElement[] {
  const { name, attributes } = element;
  const type = attributes.get("type");
  if (name === "hostdev") {
    // Mode capabilities is for containers; without a mode it is a subsystem.
    const subsystem = attributes.get("mode") ?? "subsystem";
    return type === "pci" && subsystem === "subsystem"
      ? within(element, "source")
      : [];
  }
  if (name !== "interface") return [];
  if (type === "hostdev") return within(element, "source");
  return within(element, "actual")
    .filter((actual) => actual.attributes.get("type") === "hostdev")
    .flatMap((actual) => within(actual, "source"));
}

function within({ children }: XmlElement, name: string): XmlElement[] {
  return children.filter((child) => child.name === name);
}

/** domain, bus, slot and function, hex with 0x or decimal; what is absent is 0. */
function pciOf({ attributes }: XmlElement): string {
  const part = (name: string, most: number, digits: number): string => {
    const text = attributes.get(name) ?? "0";
    const value = /^0x[0-9a-f]{1,8}$/i.test(text)
      ? Number(text)
      // As strtoul reads it: a leading 0 is octal.
      : /^0[0-7]{1,10}$/.test(text)
      ? Number.parseInt(text, 8)
      : /^\d{1,10}$/.test(text)
      ? Number(text)
      : Number.NaN;
    if (!(value <= most)) {
      throw new UsageError(
        `The domain has a PCI address whose ${name} is ${
          JSON.stringify(text.slice(0, 40))
        }`,
        { hint: `It goes from 0 to 0x${most.toString(16)}` },
      );
    }
    return value.toString(16).padStart(digits, "0");
  };
  return `${part("domain", 0xffffffff, 4)}:${part("bus", 0xff, 2)}:${
    part("slot", 0x1f, 2)
  }.${part("function", 7, 1)}`;
}
