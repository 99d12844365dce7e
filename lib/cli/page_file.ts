/**
 * Pages on the command line: what they say of the machine, the layouts behind
 * their pictures, and the files they become.
 *
 * @module
 */
import type { Driver, ImageField } from "../../drivers/driver.ts";
import { machineNames } from "../bundle/machine.ts";
import { type Definition, definitionsFor } from "../device/definition.ts";
import type { Inventory } from "../device/inventory.ts";
import type { Host } from "../host/host.ts";
import { sha256 } from "../plan/digest.ts";
import type { PlannedResource } from "../plan/types.ts";
import type { PageMachine, PageOrigin } from "../view/page/machine.ts";
import type { Globals } from "./context.ts";
import { writeAtomically } from "./files.ts";
import { VERSION } from "./version.ts";

/** A page that was written. */
export interface WrittenPage {
  /** Where. */
  readonly file: string;
  /** Its size. */
  readonly bytes: number;
  /** `sha256:` and 64 hex digits. */
  readonly sha256: string;
}

/** Writes a page for its owner alone: it names devices and addresses. @throws `UsageError` */
export function writePageFile(file: string, text: string): WrittenPage {
  const bytes = new TextEncoder().encode(text);
  writeAtomically(file, bytes, "the page");
  return { file, bytes: bytes.length, sha256: sha256(bytes) };
}

/** What a page says of the machine. */
export function pageMachine(
  { model, replay }: Globals,
  host: Host,
  inventory: Inventory,
): PageMachine {
  const { kernel, lockdown, tainted, rawio, bootId } = inventory;
  const [name = ""] = machineNames(host);
  const what = replay !== undefined
    ? `recording ${replay}`
    : model === undefined
    ? "Linux host"
    : `modelled host ${model}`;
  return { what, host: name, kernel, lockdown, tainted, rawio, bootId };
}

/** Now, and this program. */
export function pageOrigin(): PageOrigin {
  return { created: new Date().toISOString(), version: VERSION };
}

/** Finds the fields of a resource's image; none where no driver knows them. */
export function imageFields(
  drivers: readonly Driver[],
  definitions: readonly Definition[],
): (resource: PlannedResource) => readonly ImageField[] {
  const known = new Map<string, readonly ImageField[]>();
  return ({ kind, unit }) => {
    // A function's number does not change what is in its image.
    const key = `${kind} ${unit.replace(/^function \d+ /, "")}`;
    let fields = known.get(key);
    if (!fields) {
      const [name = ""] = kind.split(".");
      const type = drivers.flatMap(({ resources }) => Object.values(resources))
        .find((each) => each.kind === kind);
      fields = type?.imageFields?.(unit, definitionsFor(name, definitions)) ??
        [];
      known.set(key, fields);
    }
    return fields;
  };
}
