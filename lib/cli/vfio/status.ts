/**
 * `fwctl vfio status [VF…]`: each virtual function, who drives and holds it,
 * and how it stands to the profile it was prepared with.
 *
 * Nothing is sent about a function that is in use or on record for nothing.
 *
 * @module
 */
import { discover } from "../../device/discovery.ts";
import { isFwctlError } from "../../errors.ts";
import { READ_POLICY } from "../../plan/policy.ts";
import { obstacle } from "../../vfio/gate.ts";
import { findHolders, type Holders } from "../../vfio/holders.ts";
import { leavingVfs } from "../../vfio/leaving.ts";
import type { VfLook } from "../../vfio/look.ts";
import { type CapValues, profileOf } from "../../vfio/profile.ts";
import { statusText, type VfStatus } from "../../view/vfio.ts";
import type { Context } from "../context.ts";
import { withHost } from "../with_host.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { stateOf } from "../runs.ts";
import type { Opened } from "../sessions.ts";
import { noProfile, readProfiles } from "./wanted.ts";
import { capTypeOf, planVfs } from "./plan.ts";
import { VfioRecords } from "./records.ts";
import { checkedVfs, DRIVER, looker, openOurs } from "./room.ts";

/** The command's options. */
export interface StatusOptions {
  /** A profile file. */
  readonly profile?: string | undefined;
  /** Whose profile it is held against, instead of the one on record. */
  readonly vm?: string | undefined;
}

/** Runs the command: 0, or 2 when a function differs from its profile. */
export async function status(
  context: Context,
  given: readonly string[],
  { profile: path, vm }: StatusOptions,
): Promise<ExitCode> {
  const { output, globals } = context;
  const asked = checkedVfs(given);
  const profile = path === undefined || vm === undefined
    ? undefined
    : profileOf(readProfiles(path), vm) ?? noneFor(path, vm);
  const state = stateOf(globals);
  const records = state && new VfioRecords(state);
  const found = await withHost(context, async (host) => {
    const inventory = discover(host);
    const vfs = asked.length > 0 ? asked : profile?.vfs ?? inventory.devices
      .filter(({ driver }) => driver === DRIVER)
      .flatMap(({ virtfns }) => virtfns.map(({ pci }) => pci));
    let seen: Holders | undefined;
    const holders = (): Holders => seen ??= findHolders(host);
    const look = looker(host, inventory, holders);
    using opened = await openOurs(context, host, READ_POLICY);
    const all: VfStatus[] = [];
    for (const each of vfs.map(look)) {
      const record = records?.read(each.pci);
      const kept = record?.bootId === inventory.bootId ? record : undefined;
      const wanted = profile?.set ?? kept?.set;
      const owner = profile ? vm ?? null : kept?.vm ?? null;
      all.push(await statusOf(opened, each, wanted, owner));
    }
    return {
      all,
      leaving: asked.length > 0 ? [] : leavingVfs(host, holders),
    };
  });
  const { all, leaving } = found;
  output.result(
    "vfio-status",
    () => ({ vfs: all, leaving }),
    (style) => statusText(all, leaving, style),
  );
  const off = all.some(({ profile }) => profile === "differs");
  return off ? EXIT.pending : EXIT.done;
}

function noneFor(path: string, vm: string): never {
  throw noProfile(path, vm);
}

async function statusOf(
  opened: Opened,
  look: VfLook,
  wanted: CapValues | undefined,
  vm: string | null,
): Promise<VfStatus> {
  const common = { look, vm, differences: [], why: "" };
  if (!wanted) return { ...common, profile: "none" };
  const found = obstacle(look);
  if (found && look.state !== "host-driver") {
    const why = look.leaving
      ? "not asked: the functions of its PF are being removed"
      : "not asked: it is in use";
    return { ...common, profile: "not-read", why };
  }
  try {
    const { resources } = await planVfs({ opened }, [look], {
      sets: new Map([[look.pci, wanted]]),
      vm: null,
    });
    const differences = resources.flatMap((resource) =>
      resource.changes.map(({ field, before, after }) => ({
        type: capTypeOf(resource),
        field,
        wanted: Number(after),
        now: Number(before),
      }))
    );
    const profile = differences.length > 0 ? "differs" : "as-declared";
    return { ...common, profile, differences };
  } catch (error) {
    // One function that does not answer must not hide the others.
    if (!isFwctlError(error)) throw error;
    return { ...common, profile: "not-read", why: error.message };
  }
}
