/**
 * What `fwctl vfio` has around it while it works on functions: their PFs locked,
 * their holders looked for, their identities asked for.
 *
 * @module
 */
import {
  askParent,
  type Child,
  identifyChild,
  type Parent,
} from "../../../drivers/mlx5/child/identify.ts";
import { lockDevices, lockFolder } from "../../apply/locks.ts";
import { discover } from "../../device/discovery.ts";
import { pciAddress } from "../../device/find.ts";
import type { Inventory } from "../../device/inventory.ts";
import { Sessions } from "../../device/sessions.ts";
import { UsageError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import type { Policy } from "../../plan/policy.ts";
import { findHolders, type Holders } from "../../vfio/holders.ts";
import { lookAtVf, ownerOf, type VfLook } from "../../vfio/look.ts";
import type { Context } from "../context.ts";
import { loadDrivers } from "../../../drivers/load.ts";
import { policyOf, type PolicyOptions, sealsOf, underFile } from "../policy.ts";
import { type RunOptions, type State, stateOf } from "../runs.ts";
import type { Opened } from "../sessions.ts";
import { VfioRecords } from "./records.ts";

/** Functions of this driver have profiles. */
export const DRIVER = "mlx5";

/** Options of the commands that write. */
export interface VfioOptions extends PolicyOptions, RunOptions {
  /** Do not ask. */
  readonly yes?: boolean | undefined;
  /** Show everything, however long. */
  readonly all?: boolean | undefined;
  /** Show the plan and write nothing, on record neither. */
  readonly dryRun?: boolean | undefined;
}

/** A function, looked at and known. */
export interface KnownVf {
  /** As sysfs and procfs show it. */
  readonly look: VfLook;
  /** As the firmware knows it. */
  readonly child: Child;
}

/** Where the work is done. `using` lets go of devices and locks. */
export interface Room extends Disposable {
  /** The machine. */
  readonly host: Host;
  /** Its devices under the policy. */
  readonly opened: Opened;
  /** What may be sent. */
  readonly policy: Policy;
  /** The addresses of the PFs. */
  readonly parents: ReadonlySet<string>;
  /** Where runs are kept, if they are. */
  readonly state: State | undefined;
  /** What is kept of prepared functions, if it is. */
  readonly records: VfioRecords | undefined;
  /** Looks at the functions as they are now. @throws `PlanError` */
  look(): VfLook[];
  /** The machine as it is now. */
  now(): Inventory;
  /** Who a function is to the firmware. Sends reads. @throws `PlanError` when the ways disagree */
  identify(look: VfLook): Child;
}

/** Addresses as they were given, in full, each once. @throws {UsageError} */
export function checkedVfs(given: readonly string[]): string[] {
  const vfs = given.map((text) => {
    const pci = pciAddress(text);
    if (/^[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/.test(pci)) return pci;
    throw noPci(text.slice(0, 80));
  });
  return [...new Set(vfs)];
}

/** What is named instead of a PCI function. Subfunctions are none: no VM gets one through VFIO. */
function noPci(text: string): UsageError {
  const named = JSON.stringify(text);
  if (/^(pci|auxiliary)\/.+\/\d+$/.test(text)) {
    return new UsageError(`${named} is a devlink port, not a PCI address`, {
      hint:
        "Name the virtual function itself: 0000:3b:00.2; a port's own attributes are set with devlink port function set",
    });
  }
  if (/\.sf\.\d+$/.test(text)) {
    return new UsageError(`${named} is a subfunction, not a PCI address`, {
      hint:
        "Subfunctions have no VFIO device; their profile is set with devlink port function set before they are activated",
    });
  }
  return new UsageError(`${named} is not a PCI address`, {
    hint: "Write it whole: 0000:3b:00.2",
  });
}

/** Looks at functions, through /proc once at most. @throws `PlanError` */
export function looker(
  host: Host,
  inventory: Inventory,
  holders: () => Holders = onceOf(() => findHolders(host)),
): (pci: string) => VfLook {
  return (pci) => lookAtVf(host, inventory, pci, DRIVER, holders);
}

function onceOf<T extends object>(read: () => T): () => T {
  let known: T | undefined;
  return () => known ??= read();
}

/** Goes in: finds the PFs, locks them, gets ready to open them. @throws `PlanError` */
export async function enter(
  context: Context,
  host: Host,
  vfs: readonly string[],
  command: string,
  options: VfioOptions,
): Promise<Room> {
  const { output } = context;
  const policy = await policyOf(context, options);
  const first = discover(host);
  const parents = new Set(
    vfs.map((vf) => ownerOf(host, first, vf, DRIVER).device.pci ?? ""),
  );
  const state = stateOf(context.globals);
  const locks = state && await lockDevices(parents, {
    disk: state.disk,
    folder: lockFolder(state.dir),
    holder: { pid: Deno.pid, command: `vfio ${command}` },
    timeout: options.lockTimeout ?? 0,
    waiting: (message) => output.note(`${output.errorStyle(message)}\n`),
  });
  let opened: Opened;
  try {
    opened = await openOurs(context, host, policy);
  } catch (error) {
    locks?.[Symbol.dispose]();
    throw error;
  }
  const known = new Map<string, Parent>();
  const now = (): Inventory => discover(host);
  return {
    host,
    opened,
    policy,
    parents,
    state,
    records: state && new VfioRecords(state),
    now,
    look: () => vfs.map(looker(host, now())),
    identify: ({ device, index }) => {
      const { channel, entry } = opened.sessions.get(device);
      const vfs = entry.virtfns.length;
      const parent = known.get(device) ?? askParent(channel, vfs);
      known.set(device, parent);
      return identifyChild(channel, parent, index, vfs);
    },
    [Symbol.dispose]: () => {
      opened[Symbol.dispose]();
      locks?.[Symbol.dispose]();
    },
  };
}

/** As `openSessions`, with the one driver that functions have profiles of: the others need time to load. */
export async function openOurs(
  context: Context,
  host: Host,
  policy: Policy,
): Promise<Opened> {
  const drivers = await loadDrivers([DRIVER]);
  // Again: whoever had the lock may have changed something.
  const inventory = discover(host);
  const sessions = new Sessions({
    host,
    inventory,
    drivers,
    policy: await underFile(context, policy),
    seals: await sealsOf(context, host),
  });
  return {
    drivers,
    inventory,
    sessions,
    [Symbol.dispose]: () => sessions[Symbol.dispose](),
  };
}
