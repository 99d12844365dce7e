/**
 * The PCI functions that should have a fwctl device, and the auxiliary devices
 * that fwctl drivers sit on.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";
import type { Inventory } from "../device/inventory.ts";
import type { Host } from "../host/host.ts";
import {
  attribute,
  baseName,
  entriesOf,
  linkName,
  linkTarget,
  parentPath,
} from "../host/sysfs.ts";
import type { AuxiliaryFact, FunctionFact } from "./facts.ts";

const PCI_DEVICES = "/sys/bus/pci/devices";
const AUXILIARY = "/sys/bus/auxiliary/devices";
const PCI = /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;
/** Most functions that are looked at. */
const MOST = 100_000;

/** Every PF that a driver claims by its id, or whose kernel driver is the driver's. */
export function functionFacts(
  host: Host,
  inventory: Inventory,
  drivers: readonly Driver[],
): FunctionFact[] {
  const functions: FunctionFact[] = [];
  for (const pci of entriesOf(host, PCI_DEVICES).slice(0, MOST)) {
    if (!PCI.test(pci)) continue;
    const path = `${PCI_DEVICES}/${pci}`;
    const id = idOf(host, path);
    const kernelDriver = linkName(host, `${path}/driver`) ?? null;
    const classCode = Number(attribute(host, `${path}/class`, 16) ?? NaN);
    const driver = drivers.find(({ doctor, kernelDrivers }) =>
      (kernelDriver !== null &&
        (doctor?.functionDrivers ?? kernelDrivers).includes(kernelDriver)) ||
      doctor?.claims(id, classCode)
    );
    // A virtual function is its physical one's matter.
    if (!driver || linkName(host, `${path}/physfn`) !== undefined) continue;
    const override = attribute(host, `${path}/driver_override`, 64) ?? "";
    functions.push({
      pci,
      id,
      driver: driver.name,
      kernelDriver,
      override: override === "(null)" ? "" : override,
      fwctl: inventory.devices.filter((device) => device.pci === pci)
        .map(({ name }) => name),
    });
  }
  return functions;
}

/** `15b3:101d`, or "". */
function idOf(host: Host, path: string): string {
  const [vendor, device] = ["vendor", "device"].map((name) =>
    /^0x([0-9a-f]{4})$/.exec(attribute(host, `${path}/${name}`, 16) ?? "")?.[1]
  );
  return vendor === undefined || device === undefined
    ? ""
    : `${vendor}:${device}`;
}

/** Every auxiliary device of fwctl whose maker is known. */
export function auxiliaryFacts(
  host: Host,
  drivers: readonly Driver[],
): AuxiliaryFact[] {
  const found: AuxiliaryFact[] = [];
  for (const name of entriesOf(host, AUXILIARY).slice(0, MOST)) {
    const maker = /^(\w+)\.fwctl\.\d{1,9}$/.exec(name)?.[1];
    const driver = maker === undefined
      ? undefined
      : drivers.find(({ kernelDrivers }) => kernelDrivers.includes(maker));
    if (!driver) continue;
    const at = linkTarget(host, `${AUXILIARY}/${name}`) ?? "";
    found.push({
      name,
      driver: driver.name,
      pci: baseName(parentPath(at)),
      bound: linkName(host, `${AUXILIARY}/${name}/driver`) ?? null,
    });
  }
  return found;
}
