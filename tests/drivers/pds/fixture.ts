/** A modelled machine with one pds card, and sessions to it as a command has them. */
import { assert } from "@std/assert";
import { driver } from "../../../drivers/pds/mod.ts";
import { sampleMap } from "../../../drivers/pds/firmware/sample.ts";
import {
  type Definition,
  parseDefinition,
} from "../../../lib/device/definition.ts";
import { discover } from "../../../lib/device/discovery.ts";
import type { InventoryDevice } from "../../../lib/device/inventory.ts";
import { Sessions } from "../../../lib/device/sessions.ts";
import { ModelHost } from "../../../lib/model/host.ts";
import { parseScenario } from "../../../lib/model/scenario.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import { DEFAULT_POLICY, type Policy } from "../../../lib/plan/policy.ts";

/** Everything may be sent. */
export const ANY: Policy = {
  scope: "debug-write-full",
  effect: "destructive",
  taint: true,
};

/** The card in an inventory. */
export const ENTRY: InventoryDevice = {
  name: "fwctl0",
  path: "/dev/fwctl/fwctl0",
  driver: "pds",
  kernelDriver: "pds_core",
  sysfs: "",
  parent: "0000:b5:00.0",
  pci: "0000:b5:00.0",
  pciId: "1dd8:100c",
  infiniband: [],
  net: [],
  cxl: [],
  physfn: null,
  virtfns: [],
  numVfs: null,
  totalVfs: null,
};

/** A definition file's content, checked. */
export function definition(data: PlainData): Definition {
  return parseDefinition(data, "map.json", [driver]);
}

/** The modelled card's true map. */
export const SAMPLE: Definition = definition(sampleMap());

/** A host with one card. */
export async function host(firmware: PlainObject = {}): Promise<ModelHost> {
  const scenario = parseScenario({
    format: "fwctl-scenario/1",
    name: "pds",
    devices: [{ driver: "pds", pci: "0000:b5:00.0", firmware }],
  });
  return await ModelHost.create(scenario, [driver]);
}

/** What can be asked of the card. */
export interface Bench extends Disposable {
  readonly host: ModelHost;
  readonly sessions: Sessions;
  readonly session: ReturnType<Sessions["get"]>;
  /** Names of the requests sent, in order. */
  readonly sent: string[];
}

/** The card under a policy, with maps. */
export async function bench(
  { firmware = {}, policy = DEFAULT_POLICY, maps = [SAMPLE] }: {
    firmware?: PlainObject;
    policy?: Policy;
    maps?: readonly Definition[];
  } = {},
): Promise<Bench> {
  const machine = await host(firmware);
  const sent: string[] = [];
  const inventory = discover(machine, [driver]);
  const sessions = new Sessions({
    host: machine,
    inventory,
    drivers: [driver],
    policy,
    definitions: maps,
    observer: ({ name, detail }) => sent.push(`${name} ${detail}`.trim()),
  });
  const session = sessions.get("fwctl0");
  assert(session.driver === driver);
  return {
    host: machine,
    sessions,
    session,
    sent,
    [Symbol.dispose]: () => {
      sessions[Symbol.dispose]();
      machine[Symbol.dispose]?.();
    },
  };
}
