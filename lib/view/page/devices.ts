/**
 * The devices of the tree: from an inventory, or from what a plan knows of a
 * machine that is not asked.
 *
 * @module
 */
import { functionState } from "../../device/functions.ts";
import type { Inventory, InventoryDevice } from "../../device/inventory.ts";
import type { Plan } from "../../plan/types.ts";
import { vfCount } from "../inventory.ts";
import type { Standing } from "./state.ts";
import type { TreeDevice, TreeFunction, TreeLink } from "./tree.ts";
import { count } from "../words.ts";

/** A resource of a plan on this page. */
export interface Placed {
  /** How it stands. */
  readonly standing: Standing;
  /** Its id; absent where the page has no room for it. */
  readonly id: string | undefined;
  /** Whose it is, where the page has several plans; else "". */
  readonly label: string;
}

/** What is known of a device beside its entry. */
export interface DeviceWords {
  /** `ConnectX-6 Dx`, `firmware 22.41.1000`. */
  readonly facts: readonly string[];
  /** Why it could not be asked; "" when it could. */
  readonly trouble: string;
}

/**
 * Every device of a machine.
 *
 * @param words what is known beside, by name
 * @param holders who holds a function, by PCI address
 */
export function treeOfInventory(
  { devices }: Inventory,
  placed: readonly Placed[],
  words: ReadonlyMap<string, DeviceWords>,
  holders: ReadonlyMap<string, string> = new Map(),
): TreeDevice[] {
  const links = linksBy(placed);
  return devices.map((device): TreeDevice => {
    const { facts = [], trouble = "" } = words.get(device.name) ?? {};
    return {
      name: device.name,
      driver: device.driver,
      address: device.pci ?? device.parent,
      facts: [...facts, ...inventoryFacts(device)],
      trouble,
      links: links.get(device.name) ?? [],
      functions: device.virtfns.map((vf): TreeFunction => ({
        index: vf.index,
        pci: vf.pci,
        state: functionState(vf),
        holder: holders.get(vf.pci) ?? "",
        fwctl: vf.fwctl ?? "",
        links: links.get(`${device.name} ${vf.pci}`) ?? [],
      })),
    };
  });
}

/** The devices and functions that a plan names, as they were when it was made. */
export function treeOfPlan(
  plan: Plan,
  placed: readonly Placed[],
): TreeDevice[] {
  const links = linksBy(placed);
  return plan.devices.map(({ name, driver, address, identity }) => {
    const functions = new Map<string, TreeFunction>();
    for (const { device, vf } of plan.resources) {
      if (device !== name || vf === null) continue;
      functions.set(vf.pci, {
        index: vf.index,
        pci: vf.pci,
        state: functionState(vf),
        holder: "",
        fwctl: vf.fwctl ?? "",
        links: links.get(`${name} ${vf.pci}`) ?? [],
      });
    }
    return {
      name,
      driver,
      address,
      facts: [
        ...identityFacts(identity),
        ...(functions.size > 0
          ? [`${count(functions.size, "function")} in the plan`]
          : []),
      ],
      trouble: "",
      links: links.get(name) ?? [],
      functions: [...functions.values()].sort((a, b) => a.index - b.index),
    };
  });
}

/** What the devices of a plan said of themselves, by name. */
export function wordsOfPlan(plan: Plan): Map<string, DeviceWords> {
  return new Map(
    plan.devices.map(({ name, identity }) => [
      name,
      { facts: identityFacts(identity), trouble: "" },
    ]),
  );
}

/** Model and firmware, as far as they are known. */
export function identityFacts(
  { model, firmware }: { readonly model: string; readonly firmware: string },
): string[] {
  return [model, firmware === "" ? "" : `firmware ${firmware}`]
    .filter((fact) => fact !== "");
}

function inventoryFacts(device: InventoryDevice): string[] {
  const { pciId, kernelDriver, net, infiniband, cxl, physfn } = device;
  return [
    pciId ?? "",
    kernelDriver ?? "no kernel driver",
    ...net,
    ...infiniband,
    ...cxl.filter((name) => name !== device.parent),
    physfn === null ? "" : `VF of ${physfn}`,
    device.numVfs === null ? "" : `VFs ${vfCount(device)}`,
  ].filter((fact) => fact !== "");
}

/** The links of each device and of each of its functions. */
function linksBy(placed: readonly Placed[]): Map<string, TreeLink[]> {
  const found = new Map<string, TreeLink[]>();
  for (const { standing, id, label } of placed) {
    const { resource, state, facets } = standing;
    const { device, vf, changes, title } = resource;
    const key = vf === null ? device : `${device} ${vf.pci}`;
    const link: TreeLink = {
      ...(id === undefined ? {} : { id }),
      title,
      state,
      text: [
        label === "" ? "" : `${label}:`,
        state === "to change" ? count(changes.length, "field") : "",
      ].filter((part) => part !== "").join(" "),
      facets,
    };
    const list = found.get(key);
    if (list) list.push(link);
    else found.set(key, [link]);
  }
  return found;
}
