/**
 * What the modelled card offers to the kernel: endpoints, operations, and the
 * attribute the firmware gives each.
 *
 * @module
 */
import {
  type Endpoint,
  type Operation,
  parseDefinition,
} from "../definition.ts";
import { opcodeOf } from "../knowledge.ts";
import { PDSFC_FW_CMD_ATTR } from "../tables/rpc.ts";
import { sampleMap } from "./sample.ts";

const { READ, DEBUG_READ, WRITE, DEBUG_WRITE, SYNC } = PDSFC_FW_CMD_ATTR;
/** An attribute Linux 7.2 has no name for: full access only. */
const SECURE = 0x20;

/** What the firmware says of an operation: PDSFC_FW_CMD_ATTR_*, by name. */
const ATTRIBUTES: Readonly<Record<string, number>> = {
  "system.get_info": READ,
  "system.get_slots": DEBUG_READ,
  "system.set_boot_slot": DEBUG_WRITE,
  "system.sync": SYNC,
  "system.factory_reset": SECURE,
  "log.get_level": READ,
  "log.set_level": WRITE,
  "port.get_status": READ,
  "port.get_counters": DEBUG_READ,
  "port.clear_counters": WRITE,
  "port.flap": DEBUG_WRITE,
  "debug.read_register": DEBUG_READ,
  "debug.write_register": SECURE,
};

/** One operation as the firmware has it. */
export interface CardOperation {
  readonly endpoint: number;
  /** Command and version. */
  readonly id: number;
  readonly operation: Operation;
  /** `endpoint.operation`. */
  readonly name: string;
  readonly attribute: number;
}

/** The card as it is to the kernel: made once, the same for every card. */
interface Offer {
  readonly endpoints: readonly Endpoint[];
  readonly operations: readonly CardOperation[];
  readonly names: ReadonlyMap<string, CardOperation>;
}

let made: Offer | undefined;

function offer(): Offer {
  if (made) return made;
  const { endpoints: list = [] } = sampleMap();
  const endpoints = parseDefinition({ endpoints: list });
  const operations = endpoints.flatMap(cardOperationsOf);
  const names = new Map(operations.map((each) => [each.name, each]));
  return made = { endpoints, operations, names };
}

function cardOperationsOf({ id, name, operations }: Endpoint): CardOperation[] {
  return operations.map((operation) => {
    const full = `${name}.${operation.name}`;
    return {
      endpoint: id,
      id: opcodeOf(operation),
      operation,
      name: full,
      attribute: ATTRIBUTES[full] ?? SECURE,
    };
  });
}

/** The card's endpoints. */
export function cardEndpoints(): readonly Endpoint[] {
  return offer().endpoints;
}

/** In the firmware's order; of a command the newest version comes first. */
export function cardOperations(): readonly CardOperation[] {
  return offer().operations;
}

/** Operations by name. */
export function operationNames(): ReadonlyMap<string, CardOperation> {
  return offer().names;
}
