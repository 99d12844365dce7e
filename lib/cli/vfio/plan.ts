/**
 * From wishes for functions to a plan: the recipe vfio_child, and the checks
 * that need more than one function or the kernel's own ways.
 *
 * The recipe is a part of this program, so it runs here and not in a worker,
 * which would take most of the time that a VM waits for its hook.
 *
 * @module
 */
import { kernelOwner } from "../../../drivers/mlx5/child/owners.ts";
import { askParent } from "../../../drivers/mlx5/child/identify.ts";
import { POOLED, poolExceeded } from "../../../drivers/mlx5/child/pool.ts";
import { isVfioDriver } from "../../device/functions.ts";
import { PlanError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { attribute, entriesOf } from "../../host/sysfs.ts";
import type { PlainObject } from "../../plain.ts";
import {
  assemblePlan,
  EntryMaker,
  type PlannedEntry,
} from "../../plan/entries.ts";
import { place } from "../../plan/place.ts";
import type { Plan, PlannedResource } from "../../plan/types.ts";
import { loadRecipe } from "../../recipe/load.ts";
import type { Declaration } from "../../recipe/types.ts";
import { pciPath, type VfLook } from "../../vfio/look.ts";
import type { CapValues } from "../../vfio/profile.ts";
import type { Room } from "./room.ts";

/** What functions are to be. */
export interface Wishes {
  /** Values by function. */
  readonly sets: ReadonlyMap<string, CapValues>;
  /** The VM, or null. */
  readonly vm: string | null;
  /** Those of the values that the function had before: they were right there, whatever the PF's limits say. */
  readonly restored?: ReadonlyMap<string, CapValues>;
}

/** The recipe's name, by which its runs are known again. */
export const RECIPE = "vfio-child";

/** Plans what is wished for. Sends reads only. @throws `PlanError` */
export async function planVfs(
  { opened }: Pick<Room, "opened">,
  looks: readonly VfLook[],
  { sets, vm, restored }: Wishes,
): Promise<Plan> {
  const { sessions, drivers, inventory } = opened;
  const { default: recipe } = await import("../../../recipes/vfio_child.ts");
  const source = await loadRecipe(
    import.meta.resolve("../../../recipes/vfio_child.ts"),
  );
  const declarations: Declaration[] = [];
  const all: Record<string, PlainObject> = {};
  for (const { pci } of looks) {
    const set = flat(sets.get(pci) ?? {});
    if (Object.keys(set).length === 0) continue;
    all[pci] = set;
    declarations.push(
      ...recipe.desired({
        params: { vf: [pci], set },
        inventory,
        observed: [],
        resource: (kind, body) => ({ kind, body }),
        action: (kind, body) => ({ kind, body, action: true }),
      }),
    );
  }
  const maker = new EntryMaker((name) => sessions.get(name));
  const entries = place({ declarations, inventory, drivers }).map((placed) => {
    const entry = maker.entry(placed);
    const had = restored?.get(placed.located.address) ?? {};
    return { ...entry, refused: refusedOf(entry, had) };
  });
  const params = {
    vf: Object.keys(all),
    set: all,
    ...(vm === null ? {} : { vm }),
  };
  const { url, digest } = source;
  return assemblePlan(
    {
      recipe: { name: recipe.name, url, digest, params },
      inventory,
      definitions: sessions.definitions,
    },
    entries,
    maker.devices,
  );
}

/** The refusals of an entry but those of values that go back to what they were. */
function refusedOf(
  { resource, refused }: PlannedEntry,
  had: CapValues,
): readonly string[] {
  const values = had[capTypeOf(resource)] ?? {};
  const excused = resource.changes
    .filter(({ field, after }) =>
      Object.hasOwn(values, field) && values[field] === after
    )
    .map(({ field, after }) =>
      `${resource.device} ${resource.title}: ${field} ${after} is refused`
    );
  return refused.filter((text) =>
    !excused.some((start) => text.startsWith(start))
  );
}

/** Values as the recipe takes them: `field`, or `TYPE.field`. */
function flat(set: CapValues): Record<string, number> {
  return Object.fromEntries(
    Object.entries(set).flatMap(([type, fields]) =>
      Object.entries(fields).map(([field, value]) =>
        [type === "GENERAL" ? field : `${type}.${field}`, value] as const
      )
    ),
  );
}

/** The capability type of a resource: the last word of its unit. */
export function capTypeOf({ unit }: PlannedResource): string {
  return unit.slice(unit.lastIndexOf(" ") + 1);
}

/** @throws {PlanError} for vectors that are not there, or cannot change now */
export function checkShared(
  { opened }: Pick<Room, "opened">,
  looks: readonly VfLook[],
  plan: Plan,
): void {
  const wanted = new Map<string, Map<number, number>>();
  for (const resource of plan.resources) {
    const change = resource.changes.find(({ field }) => field === POOLED);
    const look = looks.find(({ pci }) => pci === resource.address);
    if (!change || !look) continue;
    if (isVfioDriver(look.kernelDriver)) {
      throw new PlanError(
        `VF ${look.index} ${look.pci} is bound to ${look.kernelDriver}: ${POOLED} cannot change under a driver`,
        "in-use",
        [],
        {
          hint: `Unbind it first: echo ${look.pci} > ${
            pciPath(look.pci)
          }/driver/unbind; nothing was written`,
        },
      );
    }
    const of = wanted.get(look.device) ?? new Map<number, number>();
    wanted.set(look.device, of.set(look.index + 1, Number(change.after)));
  }
  for (const [device, wishes] of wanted) {
    const { channel, entry } = opened.sessions.get(device);
    const exceeded = poolExceeded(
      channel,
      askParent(channel, entry.virtfns.length),
      wishes,
      entry.virtfns.map(({ index }) => index + 1),
    );
    if (exceeded === undefined) continue;
    throw new PlanError(exceeded, "refused-value", [], {
      device,
      hint: "Lower it, or take vectors from another function first",
    });
  }
}

/** Where the kernel has a better way for a field that changes: a sentence each. */
export function kernelWays(
  host: Host,
  looks: readonly VfLook[],
  plan: Plan,
): string[] {
  const ways: string[] = [];
  for (const resource of plan.resources) {
    const look = looks.find(({ pci }) => pci === resource.address);
    for (const { field, after } of look ? resource.changes : []) {
      const owner = kernelOwner(capTypeOf(resource), field);
      if (!owner || !look) continue;
      if (owner.by === "sysfs") {
        const path = `${pciPath(look.pci)}/${owner.file}`;
        if (look.kernelDriver !== null || !host.exists(path)) continue;
        ways.push(
          `${field} of ${look.pci}: the kernel sets it too, and again whenever it makes the functions; better its own way: echo ${after} > ${path}`,
        );
        continue;
      }
      const port = representor(host, look);
      if (port === undefined) continue;
      const value = owner.words?.[Number(after) === 0 ? 0 : 1] ?? after;
      ways.push(
        `${field} of ${look.pci}: the kernel keeps a copy of it in switchdev mode; better its own way: devlink port function set ${port} ${owner.attribute} ${value}`,
      );
    }
  }
  return ways;
}

/** The network device that stands for a VF in switchdev mode; none in legacy mode. */
function representor(
  host: Host,
  { pf, index }: VfLook,
): string | undefined {
  return entriesOf(host, `${pciPath(pf)}/net`).find((name) => {
    const port = attribute(host, `${pciPath(pf)}/net/${name}/phys_port_name`);
    return /^(?:c\d+)?pf\d+vf(\d+)$/.exec(port ?? "")?.[1] === String(index);
  });
}
