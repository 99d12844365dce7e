/**
 * Devices for a command: the machine's inventory, the drivers, the definition
 * files, and sessions under a policy.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";
import { type Definition, parseDefinition } from "../device/definition.ts";
import { discover } from "../device/discovery.ts";
import type { Inventory } from "../device/inventory.ts";
import { Sessions } from "../device/sessions.ts";
import type { Host } from "../host/host.ts";
import type { PlainData } from "../plain.ts";
import type { Policy } from "../plan/policy.ts";
import { sealsOf, underFile } from "./policy.ts";
import type { Context, Globals } from "./context.ts";
import { driversOf } from "./drivers.ts";
import { readJson } from "./files.ts";

/** What a command works on. `using` closes the devices. */
export interface Opened extends Disposable {
  /** Every driver there is. */
  readonly drivers: readonly Driver[];
  /** The machine now. */
  readonly inventory: Inventory;
  /** Its devices, none open yet. */
  readonly sessions: Sessions;
}

/**
 * Looks at the machine and gets ready to open its devices. A policy file that
 * is named holds for every one of them, whatever the command's own policy is.
 *
 * @param given the definitions of a plan, instead of those of the options
 * @throws `UsageError` for a definition file that is wrong; nothing is opened
 */
export async function openSessions(
  context: Context,
  host: Host,
  policy: Policy,
  raw?: Policy,
  given?: readonly Definition[],
): Promise<Opened> {
  const { globals } = context;
  const drivers = await driversOf(globals);
  const definitions = given ?? readDefinitions(globals, drivers);
  const inventory = discover(host, drivers);
  const sessions = new Sessions({
    host,
    inventory,
    drivers,
    policy: await underFile(context, policy),
    raw: raw && await underFile(context, raw),
    seals: await sealsOf(context, host),
    definitions,
  });
  return {
    drivers,
    inventory,
    sessions,
    [Symbol.dispose]: () => sessions[Symbol.dispose](),
  };
}

/** The files of `--definitions`, read and checked. @throws `UsageError` */
export function readDefinitions(
  { definitions = [] }: Globals,
  drivers: readonly Driver[],
): Definition[] {
  return definitions.map((path) =>
    parseDefinition(
      readJson(path, "the definitions") as PlainData,
      path,
      drivers,
    )
  );
}
