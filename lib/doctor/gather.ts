/**
 * Gathers the facts, through Host alone but for the state directory, which is
 * on the disk of whoever runs the command.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";
import { discover } from "../device/discovery.ts";
import { findDevice, pciAddress } from "../device/find.ts";
import type { Inventory, InventoryDevice } from "../device/inventory.ts";
import type { Sessions } from "../device/sessions.ts";
import type { Host } from "../host/host.ts";
import { lockdown } from "../host/facts.ts";
import { libcCandidates } from "../host/libc.ts";
import { findHolders } from "../vfio/holders.ts";
import { lookAtVf } from "../vfio/look.ts";
import { deviceFact } from "./devices.ts";
import type {
  AskedName,
  DoctorFacts,
  DriverFact,
  PermissionsFact,
} from "./facts.ts";
import { auxiliaryFacts, functionFacts } from "./functions.ts";
import {
  configFact,
  containerFact,
  processFact,
  releaseFact,
  secureBootFact,
  taintLine,
} from "./machine.ts";
import { modulesFact } from "./modules.ts";
import { attempt, folderFact, textFact } from "./read.ts";
import { stateFact, type StatePlace } from "./state.ts";

/** What gathering needs. */
export interface GatherInput {
  /** The machine. */
  readonly host: Host;
  /** Every driver there is. */
  readonly drivers: readonly Driver[];
  /** Names that are asked about; none for everything. */
  readonly names: readonly string[];
  /** The state directory; undefined when there is none. */
  readonly state: StatePlace | undefined;
  /** Opens devices of an inventory under a policy that lets reads pass alone. */
  sessions(inventory: Inventory): Sessions;
}

/** Looks at everything. What cannot be looked at is a fact, never an error. */
export function gather(input: GatherInput): DoctorFacts {
  const { host, drivers, state } = input;
  // Without libc there is no machine to look at: one fact instead of forty.
  const reached = attempt(() => host.exists("/proc"));
  if ("error" in reached) {
    return { ...NOTHING, hostKind: host.kind, unreachable: reached.error };
  }
  const release = releaseFact(host);
  const found = attempt(() => discover(host, drivers));
  const inventory = "value" in found ? found.value : EMPTY;
  const known = drivers.flatMap((driver) => driverFact(driver) ?? []);
  const about = resolve(input, inventory);
  using sessions = input.sessions(inventory);
  return {
    hostKind: host.kind,
    unreachable: null,
    permissions: permissions(state?.dir),
    release,
    process: processFact(host),
    config: configFact(host, release.text, [
      "CONFIG_FWCTL",
      ...known.map(({ config }) => config),
    ]),
    modules: modulesFact(host, release.text, [
      ...new Set([
        "fwctl",
        ...known.flatMap(({ module, functionDrivers }) => [
          module,
          ...functionDrivers,
        ]),
      ]),
    ]),
    lockdown: {
      ...textFact(host, "/sys/kernel/security/lockdown", 128),
      ...levelOf(host),
    },
    secureBoot: secureBootFact(host),
    tainted: textFact(host, "/proc/sys/kernel/tainted", 64),
    taintLine: taintLine(host),
    classFolder: folderFact(host, "/sys/class/fwctl"),
    container: containerFact(host),
    drivers: known,
    functions: functionFacts(host, inventory, drivers),
    auxiliary: auxiliaryFacts(host, drivers),
    devices: about.devices.map((entry) => deviceFact(host, entry, sessions)),
    state: state ? stateFact(host, state, inventory) : null,
    asked: about.asked,
  };
}

/** The level alone, where the file is as it should be. */
function levelOf(host: Host): { text?: string } {
  const level = lockdown(host);
  return level === "unknown" ? {} : { text: level };
}

function driverFact(driver: Driver): DriverFact | undefined {
  const { name, kernelDrivers, doctor } = driver;
  return doctor && {
    name,
    kernelDrivers,
    functionDrivers: doctor.functionDrivers ?? kernelDrivers,
    module: doctor.module,
    config: doctor.config,
    since: doctor.since,
    sinceUnsure: doctor.sinceUnsure ?? false,
    absent: doctor.absent,
  };
}

/** The devices to ask, and what the names mean that are none. */
function resolve(
  { host, drivers, names }: GatherInput,
  inventory: Inventory,
): { devices: readonly InventoryDevice[]; asked: readonly AskedName[] } {
  if (names.length === 0) return { devices: inventory.devices, asked: [] };
  const devices = new Set<InventoryDevice>();
  const asked: AskedName[] = [];
  for (const name of names) {
    const device = attempt(() => findDevice(inventory, name));
    if ("value" in device) devices.add(device.value);
    const pci = pciAddress(name);
    const owner = inventory.devices.find(({ virtfns }) =>
      virtfns.some((vf) => vf.pci === pci)
    );
    if (owner) {
      devices.add(owner);
      const look = attempt(() =>
        lookAtVf(host, inventory, pci, owner.driver, () => findHolders(host))
      );
      if ("value" in look) {
        asked.push({ kind: "vf", name, look: look.value });
      } else asked.push({ kind: "unknown", name, ...look.error });
    } else if ("error" in device) {
      asked.push(
        functionFacts(host, inventory, drivers).some((each) => each.pci === pci)
          ? { kind: "function", name, pci }
          : { kind: "unknown", name, ...device.error },
      );
    }
  }
  return { devices: [...devices], asked };
}

/** What Deno lets this program do; asking makes it prompt nobody. */
function permissions(dir: string | undefined): PermissionsFact {
  const granted = (descriptor: Deno.PermissionDescriptor): boolean =>
    Deno.permissions.querySync(descriptor).state === "granted";
  return {
    ffi: granted({ name: "ffi" }) ||
      libcCandidates(Deno.build.arch).some((path) =>
        granted({ name: "ffi", path })
      ),
    stateRead: dir === undefined ? null : granted({ name: "read", path: dir }),
    stateWrite: dir === undefined
      ? null
      : granted({ name: "write", path: dir }),
  };
}

const EMPTY: Inventory = {
  bootId: "",
  kernel: "",
  lockdown: "unknown",
  tainted: false,
  rawio: false,
  devices: [],
};

const UNREAD = { path: "", error: "the machine cannot be looked at" };

const NOTHING: Omit<DoctorFacts, "hostKind" | "unreachable"> = {
  permissions: { ffi: false, stateRead: null, stateWrite: null },
  release: UNREAD,
  process: null,
  config: { path: "", values: {} },
  modules: { sources: [], modules: [], closed: false },
  lockdown: UNREAD,
  secureBoot: UNREAD,
  tainted: UNREAD,
  taintLine: "",
  classFolder: UNREAD,
  container: [],
  drivers: [],
  functions: [],
  auxiliary: [],
  devices: [],
  state: null,
  asked: [],
};
