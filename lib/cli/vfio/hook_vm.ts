/**
 * What the hook does for one VM: prepares its functions, and gives them back.
 *
 * @module
 */
import { discover } from "../../device/discovery.ts";
import type { Inventory } from "../../device/inventory.ts";
import { isFwctlError, UsageError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { linkName } from "../../host/sysfs.ts";
import type { Domain } from "../../vfio/domain.ts";
import { obstacle } from "../../vfio/gate.ts";
import { pciPath } from "../../vfio/look.ts";
import { profileOf, type VmProfile } from "../../vfio/profile.ts";
import type { Context } from "../context.ts";
import { stateOf } from "../runs.ts";
import { failureOf } from "./vfio.ts";
import { prepareIn, releaseIn } from "./prepare.ts";
import { VfioRecords } from "./records.ts";
import { DRIVER, enter, looker, type VfioOptions } from "./room.ts";
import { readProfiles, refuseOthers } from "./wanted.ts";

/** Nobody can be asked; two VMs that start at once wait for each other. */
const OPTIONS: VfioOptions = { yes: true, lockTimeout: 30 };

/** What libvirt says. */
export interface HookCall {
  /** The VM. */
  readonly name: string;
  /** `prepare`, `start`, `started`, `stopped`, `release`, `migrate`, … */
  readonly operation: string;
  /** `begin`, `end`. */
  readonly suboperation: string;
  /** The profile file. */
  readonly profile: string;
  /** Whether `start begin` is called too, for functions that networks hand out. */
  readonly networks: boolean;
}

/** What is done at one of libvirt's calls. @throws `FwctlError` for which the VM does not start */
export type HookWork = (
  context: Context,
  host: Host,
  domain: Domain,
  call: HookCall,
) => Promise<void>;

/** By operation and suboperation. */
export const WORK: ReadonlyMap<string, HookWork> = new Map([
  ["prepare begin", prepareVm],
  ["start begin", startVm],
  ["release end", releaseVm],
]);

async function prepareVm(
  context: Context,
  host: Host,
  { devices, networks }: Domain,
  call: HookCall,
): Promise<void> {
  const { name, profile: path } = call;
  const profile = profileOf(readProfiles(path), name);
  if (!profile) return;
  const inventory = discover(host);
  const vfs = functionsOf(host, inventory, devices, profile);
  refuseOthers(vfs, profile.vfs, name);
  if (vfs.length > 0) {
    return await prepareAll(context, host, vfs, profile, name);
  }
  if (profile.fallback) return;
  // Which functions those are is not known before they are handed out.
  const [network] = networks;
  if (network !== undefined && call.networks) return;
  throw new UsageError(
    "It has a profile, but none of its devices is a virtual function of an fwctl device",
    {
      hint: network === undefined
        ? "Look at the <hostdev> devices of the VM, and at `fwctl list`"
        : `If it gets one from the network ${
          network.slice(0, 80)
        }: install the hook with --networks`,
    },
  );
}

/**
 * Functions that were not there yet at `prepare begin`.
 *
 * Assumption: libvirt shows a function that a network handed out as the
 * `<interface type='hostdev'>` that it is by then, and has nothing of it open.
 */
async function startVm(
  context: Context,
  host: Host,
  { devices, networks }: Domain,
  { name, profile: path }: HookCall,
): Promise<void> {
  const profile = profileOf(readProfiles(path), name);
  if (!profile) return;
  const inventory = discover(host);
  const state = stateOf(context.globals);
  const records = state && new VfioRecords(state);
  const all = functionsOf(host, inventory, devices, profile);
  refuseOthers(all, profile.vfs, name);
  if (all.length === 0 && !profile.fallback) {
    throw new UsageError(
      "It has a profile, and was given no virtual function of an fwctl device",
      { hint: `Its networks are ${networks.slice(0, 8).join(", ") || "none"}` },
    );
  }
  const vfs = all.filter((pci) => {
    const record = records?.read(pci);
    return record?.vm !== name || record.bootId !== inventory.bootId;
  });
  if (vfs.length > 0) await prepareAll(context, host, vfs, profile, name);
}

async function prepareAll(
  context: Context,
  host: Host,
  vfs: readonly string[],
  profile: VmProfile,
  name: string,
): Promise<void> {
  using room = await enter(context, host, vfs, "hook", OPTIONS);
  const done = await prepareIn(
    context,
    room,
    { vfs, set: profile.set, vm: name },
    OPTIONS,
  );
  const failure = failureOf(done);
  if (failure) throw failure;
}

/**
 * The functions among a VM's devices that its profile is for. Another device,
 * such as a GPU, is none of ours; a function whose PF lost its fwctl device is,
 * and would start without its profile. The room says what is wrong with it.
 */
function functionsOf(
  host: Host,
  inventory: Inventory,
  devices: Domain["devices"],
  { vfs }: VmProfile,
): string[] {
  const known = new Map(
    inventory.devices.flatMap(({ driver, virtfns }) =>
      virtfns.map(({ pci }) => [pci, driver] as const)
    ),
  );
  return devices.map(({ pci }) => pci).filter((pci) => {
    if (vfs?.includes(pci)) return true;
    const driver = known.get(pci);
    if (driver !== undefined) return driver === DRIVER;
    const physfn = linkName(host, `${pciPath(pci)}/physfn`);
    return physfn !== undefined &&
      linkName(host, `${pciPath(physfn)}/driver`) === "mlx5_core";
  });
}

async function releaseVm(
  context: Context,
  host: Host,
  { devices }: Domain,
  { name }: HookCall,
): Promise<void> {
  const state = stateOf(context.globals);
  if (!state) return;
  const records = new VfioRecords(state);
  const inventory = discover(host);
  const look = looker(host, inventory);
  const its = new Set(devices.map(({ pci }) => pci));
  // Functions that were prepared for this VM; another may have them by now.
  const vfs = records.list().filter((pci) => {
    const record = records.read(pci);
    if (record?.vm !== name) return false;
    if (its.has(pci)) return true;
    // One that a network handed out is not in the XML any more, and one that
    // was unplugged may be with whom nothing is on record for.
    return record.bootId === inventory.bootId &&
      stands(() => obstacle(look(pci)) === undefined);
  });
  if (vfs.length === 0) return;
  using room = await enter(context, host, vfs, "hook", OPTIONS);
  const failure = failureOf(await releaseIn(context, room, OPTIONS));
  if (failure) throw failure;
}

/** Whether a function is there, and as it is wanted. */
function stands(check: () => boolean): boolean {
  try {
    return check();
  } catch (error) {
    if (isFwctlError(error) && error.code === "PlanError") return false;
    throw error;
  }
}
