/**
 * Words for devices and their functions, and for places that take a list.
 *
 * @module
 */
import type { InventoryDevice } from "../../device/inventory.ts";
import type { Asked, Candidate, Offer } from "./offer.ts";

/** The part of a list behind its last comma, and words that are not in it yet. */
export function list(
  { word }: Pick<Asked, "word">,
  words: readonly Candidate[],
): Offer {
  const at = word.lastIndexOf(",") + 1;
  const before = word.slice(0, at);
  const given = new Set(before.split(","));
  return {
    words: words.filter(([each]) => !given.has(each))
      .map(([each, help]) => [before + each, help]),
  };
}

/** Every name of every device. */
export function deviceWords(
  devices: readonly InventoryDevice[],
): Candidate[] {
  return devices.flatMap((device) => {
    const { name, driver, pci, net, infiniband, cxl, parent } = device;
    const of = `${name}, ${driver}`;
    return [
      [name, `${driver} ${[pci ?? parent, ...net].join(" ")}`],
      ...[...(pci === null ? [] : [pci]), ...net, ...infiniband, ...cxl]
        .map((alias): Candidate => [alias, of]),
    ] satisfies Candidate[];
  });
}

/** The virtual functions of devices. */
export function vfWords(devices: readonly InventoryDevice[]): Candidate[] {
  return devices.flatMap(({ name, virtfns }) =>
    virtfns.map(({ index, pci, kernelDriver }): Candidate => [
      pci,
      `VF ${index} of ${name}, ${kernelDriver ?? "no driver bound"}`,
    ])
  );
}
