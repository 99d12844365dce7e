/**
 * `--parallel N`: devices side by side, where the machine can be opened by
 * several threads.
 *
 * @module
 */
import type { Host } from "../host/host.ts";
import type { LaneHost } from "../parallel/protocol.ts";
import type { Lanes } from "../parallel/lanes.ts";
import type { Context } from "./context.ts";
import { driverModules } from "./drivers.ts";
import { sealFolder } from "./policy.ts";
import type { Opened } from "./sessions.ts";

/** The option of commands that speak to many devices. */
export interface ParallelOptions {
  /** How many devices at a time; 1 when absent. */
  readonly parallel?: number | undefined;
}

/** The lanes of a command; undefined where it has one thread. `using` ends them. */
export async function openLanes(
  { globals, output }: Context,
  { parallel = 1 }: ParallelOptions,
): Promise<Lanes | undefined> {
  if (parallel <= 1) return undefined;
  if (globals.recorder ?? globals.replay) {
    output.warn("What is recorded or replayed has one lane, and one order");
    return undefined;
  }
  const host = laneHost(globals.model);
  if (!host) {
    output.warn(
      "A model in this process has one lane; serve it for more: fwctl serve, then --model unix:SOCKET",
    );
    return undefined;
  }
  const { Lanes } = await import("../parallel/lanes.ts");
  return new Lanes(parallel, { host, drivers: driverModules(globals) });
}

/** Gets lanes ready for what was opened; nothing is waited for. */
export function setUp(
  lanes: Lanes,
  context: Context,
  host: Host,
  { sessions, inventory }: Opened,
  devices: number,
): void {
  lanes.setup({
    inventory,
    policy: sessions.policy,
    definitions: sessions.definitions.map(({ driver, source, data }) => ({
      driver,
      source,
      data,
    })),
    seals: sealFolder(context, host),
  }, devices);
}

function laneHost(model: string | undefined): LaneHost | undefined {
  if (model === undefined) return { kind: "linux" };
  return model.startsWith("unix:")
    ? { kind: "served", socket: model.slice("unix:".length) }
    : undefined;
}
