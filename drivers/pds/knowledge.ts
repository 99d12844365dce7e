/**
 * What is known of a card: the endpoint maps that were given, merged.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/suggest.ts";
import type { Know } from "../driver.ts";
import { type Endpoint, hex, type Operation } from "./definition.ts";
import type { Setting } from "./definition_settings.ts";
import { opcodeCmd, opcodeVer } from "./tables/rpc.ts";

/** An operation and where it is. */
export interface Found {
  readonly endpoint: Endpoint;
  readonly operation: Operation;
}

/** The number that `in.op` takes. */
export function opcodeOf({ command, version }: Operation): number {
  return version << 16 | command;
}

/** All maps of a device. */
export class EndpointMap {
  /** In order of their first appearance. */
  readonly endpoints: readonly Endpoint[];
  readonly #byId: ReadonlyMap<number, Endpoint>;

  /** Takes endpoints of which no two share an id or a name. */
  constructor(endpoints: readonly Endpoint[]) {
    this.endpoints = endpoints;
    this.#byId = new Map(endpoints.map((each) => [each.id, each]));
  }

  /** The endpoint with this number. */
  endpoint(id: number): Endpoint | undefined {
    return this.#byId.get(id);
  }

  /**
   * The operation a request means, as the kernel matches it: the same command,
   * and of the versions named the lowest that is not older. A request with a
   * bit above 23 set is none: the kernel does not look there, the firmware may.
   */
  operation(endpoint: number, op: number): Found | undefined {
    const found = this.#byId.get(endpoint);
    if (!found || op > 0xffffff) return undefined;
    let best: Operation | undefined;
    for (const operation of found.operations) {
      if (operation.command !== opcodeCmd(op)) continue;
      if (operation.version < opcodeVer(op)) continue;
      if (!best || operation.version < best.version) best = operation;
    }
    return best && { endpoint: found, operation: best };
  }

  /** An endpoint by name or number. @throws `UsageError` with the name that was meant */
  findEndpoint(wanted: string | number): Endpoint {
    const number = asNumber(wanted);
    const found = number === undefined
      ? this.endpoints.find(({ name }) => name === wanted)
      : this.#byId.get(number);
    if (found) return found;
    const names = this.endpoints.map(({ name }) => name);
    throw new UsageError(
      `no endpoint map names endpoint ${shown(wanted)}`,
      { hint: didYouMean(String(wanted), names) ?? give(names) },
    );
  }

  /** A setting by the name of its endpoint and its own. @throws `UsageError` */
  findSetting(endpoint: Endpoint, wanted: string): Setting {
    const found = endpoint.settings.find(({ name }) => name === wanted);
    if (found) return found;
    const names = endpoint.settings.map(({ name }) => name);
    throw new UsageError(
      `no endpoint map names setting "${wanted}" of ${endpoint.name}`,
      {
        hint: didYouMean(wanted, names) ??
          (names.length > 0
            ? `It has ${names.join(", ")}`
            : `Name it in the map: "settings": [ { "name": …, "get": OPERATION, "set": OPERATION } ]`),
      },
    );
  }

  /**
   * An operation by name or number; of several versions the newest unless one
   * is wanted.
   *
   * @throws `UsageError` with the name that was meant
   */
  findOperation(
    endpoint: Endpoint,
    wanted: string | number,
    version: number | undefined,
  ): Operation {
    const number = asNumber(wanted);
    const all = endpoint.operations.filter(({ name, command }) =>
      number === undefined ? name === wanted : command === number
    );
    const fitting = all.filter((each) =>
      version === undefined || each.version === version
    ).sort((a, b) => b.version - a.version);
    if (fitting[0]) return fitting[0];
    const names = [
      ...new Set(endpoint.operations.map(({ name }) => name)),
    ];
    if (all.length > 0) {
      throw new UsageError(
        `${endpoint.name}.${all[0]?.name} has no version ${version}`,
        {
          hint: `The map names version ${
            all.map((each) => each.version).join(", ")
          }`,
        },
      );
    }
    throw new UsageError(
      `no endpoint map names operation ${shown(wanted)} of ${endpoint.name}`,
      { hint: didYouMean(String(wanted), names) ?? give(names) },
    );
  }
}

/** What a driver without maps knows. */
const NOTHING = new EndpointMap([]);

/** The maps of a device; empty where there are none. */
export function mapOf(know: Know | undefined): EndpointMap {
  const known = know?.();
  return known instanceof EndpointMap ? known : NOTHING;
}

/**
 * Merges what {@linkcode parseDefinition} gave: an endpoint may be spread over
 * several files, an operation may not.
 *
 * @throws `UsageError` when two files contradict each other
 */
export function mergeMaps(definitions: readonly unknown[]): EndpointMap {
  const merged = new Map<number, Endpoint>();
  for (const endpoint of definitions.flatMap((each) => each as Endpoint[])) {
    const { id, name, operations, settings } = endpoint;
    const before = merged.get(id);
    const namesake = [...merged.values()].find((each) => each.name === name);
    if ((before && before.name !== name) || (namesake && namesake.id !== id)) {
      throw contradiction(
        `call endpoint ${hex(before?.id ?? id)} "${
          before?.name ?? name
        }" and endpoint ${hex(id)} "${name}"`,
      );
    }
    for (const { command, version } of before?.operations ?? []) {
      const twice = operations.some((each) =>
        each.command === command && each.version === version
      );
      if (twice) {
        throw contradiction(
          `name operation ${hex(command)} version ${version} of ${name}`,
        );
      }
    }
    const twin = before?.settings.find((each) =>
      settings.some((other) => other.name === each.name)
    );
    if (twin) {
      throw contradiction(`name setting ${twin.name} of ${name}`);
    }
    merged.set(id, {
      ...endpoint,
      operations: [...before?.operations ?? [], ...operations],
      settings: [...before?.settings ?? [], ...settings],
    });
  }
  return new EndpointMap([...merged.values()]);
}

function contradiction(what: string): UsageError {
  return new UsageError(`Two endpoint maps ${what}`, {
    hint: "Give only one of them, or mend the other",
  });
}

/** A number, or text that is one; undefined for a name. */
export function asNumber(value: string | number): number | undefined {
  if (typeof value === "number") return value;
  return /^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(value)
    ? Number(value)
    : undefined;
}

function shown(wanted: string | number): string {
  const number = asNumber(wanted);
  return number === undefined ? JSON.stringify(wanted) : hex(number);
}

function give(names: readonly string[]): string {
  return names.length > 0
    ? `It has ${names.slice(0, 20).join(", ")}${names.length > 20 ? ", …" : ""}`
    : 'Give a map with --definitions: { "format": "fwctl-definition/1", "driver": "pds", "endpoints": [ { "id": …, "name": …, "operations": [ { "command": …, "name": …, "scope": …, "effect": … } ] } ] }';
}
