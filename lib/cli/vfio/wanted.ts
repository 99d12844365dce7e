/**
 * What `fwctl vfio prepare` is asked to do: functions and values, from the
 * command line and from profiles.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import type { PlainData } from "../../plain.ts";
import {
  type CapValues,
  over,
  parseCapValues,
  parseProfiles,
  profileOf,
  type Profiles,
} from "../../vfio/profile.ts";
import { readJson } from "../files.ts";
import { checkedVfs, type VfioOptions } from "./room.ts";

/** Options of `prepare`. */
export interface PrepareOptions extends VfioOptions {
  /** `field=value`, `TYPE.field=value`, comma separated. */
  readonly set?: readonly string[] | undefined;
  /** A profile file. */
  readonly profile?: string | undefined;
  /** The VM: whose profile it is. */
  readonly vm?: string | undefined;
}

/** What is to be prepared. */
export interface Preparation {
  /** The functions. */
  readonly vfs: readonly string[];
  /** What they are to be. */
  readonly set: CapValues;
  /** The VM, or null. */
  readonly vm: string | null;
}

/** Reads a profile file. @throws `UsageError` */
export function readProfiles(path: string): Profiles {
  return parseProfiles(readJson(path, "the profiles") as PlainData, path);
}

/** What the command line asks for. @throws {UsageError} */
export function preparation(
  given: readonly string[],
  { set = [], profile: path, vm }: PrepareOptions,
): Preparation {
  let vfs = checkedVfs(given);
  let values: CapValues = {};
  if (path !== undefined) {
    if (vm === undefined) {
      throw new UsageError("--profile is given without --vm", {
        hint: "Say whose profile it is: --vm NAME",
      });
    }
    const profile = profileOf(readProfiles(path), vm);
    if (!profile) throw noProfile(path, vm);
    const { vfs: its } = profile;
    if (vfs.length === 0) vfs = [...its ?? []];
    refuseOthers(vfs, its, vm);
    values = profile.set;
  }
  if (set.length > 0) values = over(values, fromTexts(set));
  if (vfs.length === 0) {
    throw new UsageError("No virtual function is named", {
      hint: "Name them by PCI address, or in the profile of the VM (vfs)",
    });
  }
  if (Object.keys(values).length === 0) {
    throw new UsageError("Nothing is to be set", {
      hint: "Say what: --set log_max_qp=12,roce=0, or --profile FILE --vm NAME",
    });
  }
  return { vfs, set: values, vm: vm ?? null };
}

/** No profile for a VM. */
export function noProfile(path: string, vm: string): UsageError {
  return new UsageError(
    `${path} has no profile for the VM ${JSON.stringify(vm.slice(0, 80))}`,
    { hint: 'Add it below vms, or one for all others under "*"' },
  );
}

/** Functions that are not a VM's own. @throws {UsageError} */
export function refuseOthers(
  vfs: readonly string[],
  its: readonly string[] | null,
  vm: string,
): void {
  const other = its && vfs.find((vf) => !its.includes(vf));
  if (!other) return;
  throw new UsageError(
    `${other} is none of the functions in the profile of ${vm.slice(0, 80)}`,
    { hint: `It may have ${its.slice(0, 8).join(", ")}` },
  );
}

/** `a=1,GENERAL_2.b=2`. @throws {UsageError} */
function fromTexts(texts: readonly string[]): CapValues {
  const types = new Map<string, Map<string, number>>();
  for (const item of texts.flatMap((text) => text.split(","))) {
    const [, type = "GENERAL", field = "", value = ""] =
      /^(?:([A-Z][A-Z0-9_]*)\.)?([a-z_][\w.[\]-]*)=(0x[0-9a-fA-F]{1,13}|\d{1,15})$/
        .exec(item.trim()) ?? [];
    if (field === "") {
      throw new UsageError(
        `--set ${JSON.stringify(item.slice(0, 80))} is no field with a value`,
        { hint: "For instance log_max_qp=12,GENERAL_2.migratable=1" },
      );
    }
    const fields = types.get(type) ?? new Map<string, number>();
    types.set(type, fields.set(field, Number(value)));
  }
  return parseCapValues(
    Object.fromEntries(
      [...types].map(([type, fields]) => [type, Object.fromEntries(fields)]),
    ),
    "--set",
    "set",
  );
}
