/**
 * Profiles of virtual functions by the name of the VM that gets them.
 *
 * ```json
 * {
 *   "format": "fwctl-vfio-profile/1",
 *   "vms": {
 *     "web": {
 *       "vfs": ["0000:3b:00.2"],
 *       "set": { "log_max_qp": 12, "GENERAL_2": { "migratable": 1 } }
 *     },
 *     "*": { "set": { "roce": 0 } }
 *   }
 * }
 * ```
 *
 * `set` has fields of GENERAL, or of the capability type that stands over them.
 * With `vfs` the VM may have these functions and no others; without, whatever
 * it has. `*` is for VMs that have no profile of their own.
 *
 * @module
 */
import { pciAddress } from "../device/find.ts";
import { UsageError } from "../errors.ts";
import { isPlainObject, type PlainData, type PlainObject } from "../plain.ts";
import { didYouMean } from "../suggest.ts";

/** The form of a profile file. */
export const PROFILE_FORMAT = "fwctl-vfio-profile/1";

/** Values by capability type and field. */
export type CapValues = Readonly<
  Record<string, Readonly<Record<string, number>>>
>;

/** What one VM's functions are to be. */
export interface VmProfile {
  /** Its functions, or null for whatever it has. */
  readonly vfs: readonly string[] | null;
  /** What is set. */
  readonly set: CapValues;
  /** Whether it is the one for VMs without their own. */
  readonly fallback: boolean;
}

/** A profile file, checked. */
export interface Profiles {
  /** Where it was read. */
  readonly source: string;
  /** By VM name. */
  readonly vms: ReadonlyMap<string, VmProfile>;
}

const PCI = /^[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/;
const TYPE = /^[A-Z][A-Z0-9_]{0,63}$/;
const FIELD = /^[a-z_][\w.[\]-]{0,199}$/;
/** More VMs than one machine runs. */
const MOST_VMS = 65_536;
const MOST_VFS = 4096;
const LONGEST_NAME = 256;

/** The profile of a VM, its own or the one for all others. */
export function profileOf(
  { vms }: Profiles,
  name: string,
): VmProfile | undefined {
  return vms.get(name) ?? vms.get("*");
}

/** Checks a profile file. @throws {UsageError} naming the key path */
export function parseProfiles(data: PlainData, source: string): Profiles {
  const root = object(data, source, "");
  known(root, ["format", "vms"], source, "");
  if (root.format !== PROFILE_FORMAT) {
    throw wrong(
      source,
      "format",
      `is ${show(root.format)}, not ${JSON.stringify(PROFILE_FORMAT)}`,
    );
  }
  const given = object(root.vms, source, "vms");
  const names = Object.keys(given);
  if (names.length > MOST_VMS) {
    throw wrong(
      source,
      "vms",
      `has ${names.length} VMs, more than ${MOST_VMS}`,
    );
  }
  const vms = new Map<string, VmProfile>();
  for (const name of names) {
    const at = `vms.${name.slice(0, 80)}`;
    if (name === "" || name.length > LONGEST_NAME) {
      throw wrong(source, at, "is no name of a VM");
    }
    vms.set(name, parseVm(given[name], source, at, name === "*"));
  }
  return { source, vms };
}

function parseVm(
  data: PlainData | undefined,
  source: string,
  at: string,
  fallback: boolean,
): VmProfile {
  const vm = object(data, source, at);
  known(vm, ["vfs", "set"], source, at);
  const set = parseCapValues(vm.set, source, `${at}.set`);
  if (vm.vfs === undefined) return { vfs: null, set, fallback };
  if (fallback) {
    throw wrong(source, `${at}.vfs`, "is in the profile for all other VMs");
  }
  const list: PlainData = vm.vfs;
  if (!Array.isArray(list) || list.length === 0 || list.length > MOST_VFS) {
    throw wrong(source, `${at}.vfs`, "must be a list of PCI addresses");
  }
  const vfs = list.map((item: PlainData, index) => {
    const address = typeof item === "string" ? pciAddress(item) : "";
    if (PCI.test(address)) return address;
    throw wrong(
      source,
      `${at}.vfs[${index}]`,
      `is ${show(item)}, not a PCI address such as 0000:3b:00.2`,
    );
  });
  const twice = vfs.find((vf, index) => vfs.indexOf(vf) !== index);
  if (twice !== undefined) {
    throw wrong(source, `${at}.vfs`, `names ${twice} twice`);
  }
  return { vfs, set, fallback };
}

/** Checks values by type and field. @throws {UsageError} naming the key path */
export function parseCapValues(
  data: PlainData | undefined,
  source: string,
  at: string,
): CapValues {
  const given = object(data, source, at);
  const types = new Map<string, Record<string, number>>();
  const put = (type: string, name: string, value: PlainData, where: string) => {
    if (!FIELD.test(name)) throw wrong(source, where, "is no name of a field");
    const number = typeof value === "boolean" ? Number(value) : value;
    if (
      typeof number !== "number" || !Number.isSafeInteger(number) || number < 0
    ) {
      throw wrong(source, where, `is ${show(value)}, not a whole number`);
    }
    const fields = types.get(type) ?? {};
    if (Object.hasOwn(fields, name)) {
      throw wrong(source, where, "is given twice, also without its type");
    }
    // A field such as __proto__ must become a member of its own.
    Object.defineProperty(fields, name, {
      value: number,
      enumerable: true,
      writable: true,
      configurable: true,
    });
    types.set(type, fields);
  };
  for (const [key, value] of Object.entries(given)) {
    const where = `${at}.${key.slice(0, 80)}`;
    if (!TYPE.test(key)) put("GENERAL", key, value, where);
    else {
      for (
        const [field, number] of Object.entries(object(value, source, where))
      ) {
        put(key, field, number, `${where}.${field.slice(0, 80)}`);
      }
    }
  }
  if (types.size === 0) throw wrong(source, at, "sets nothing");
  return Object.fromEntries(types);
}

/** One set of values over another, field by field. */
export function over(base: CapValues, top: CapValues): CapValues {
  const types = new Set([...Object.keys(base), ...Object.keys(top)]);
  return Object.fromEntries(
    [...types].map((type) => [type, { ...base[type], ...top[type] }]),
  );
}

function object(
  data: PlainData | undefined,
  source: string,
  at: string,
): PlainObject {
  if (isPlainObject(data)) return data;
  throw wrong(source, at, "must be an object");
}

function known(
  object: PlainObject,
  keys: readonly string[],
  source: string,
  at: string,
): void {
  for (const key of Object.keys(object)) {
    if (keys.includes(key)) continue;
    throw wrong(
      source,
      at === "" ? key.slice(0, 80) : `${at}.${key.slice(0, 80)}`,
      "is not known",
      didYouMean(key, keys) ?? `Its keys are ${keys.join(", ")}`,
    );
  }
}

function wrong(
  source: string,
  at: string,
  what: string,
  hint = `The form is ${PROFILE_FORMAT}, see lib/vfio/profile.ts`,
): UsageError {
  return new UsageError(`${source}: ${at === "" ? "the file" : at} ${what}`, {
    hint,
  });
}

function show(value: PlainData | undefined): string {
  return JSON.stringify(value)?.slice(0, 80) ?? "missing";
}
