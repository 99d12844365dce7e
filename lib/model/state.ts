/**
 * The state of a modelled machine between two processes, as plain data in form
 * `fwctl-model-state/1`: what differs from the scenario.
 *
 * @module
 */
import { canonicalText } from "../canonical.ts";
import { ModelError } from "../errors.ts";
import { isPlainObject, type PlainData, type PlainObject } from "../plain.ts";
import { asInteger, ObjectReader, refuse } from "./reader.ts";
import type { Scenario } from "./scenario.ts";

/** The state form this library reads and writes. */
export const STATE_FORMAT = "fwctl-model-state/1";

/** What is kept. */
export interface ModelState {
  /** /proc/sys/kernel/tainted. */
  readonly tainted: number;
  /** The kernel's lines since boot. */
  readonly log: readonly string[];
  /** Number and key (PCI address, or memory device) of every fwctl device, when not the scenario's. */
  readonly fwctl: readonly (readonly [number, string])[] | undefined;
  /** What each device's firmware remembers, by the same key. */
  readonly devices: PlainObject;
}

/** Most lines of log and most fwctl numbers in a state. */
const MAX_ITEMS = 100_000;

/** sha256 of the scenario as JSON with sorted keys, in hex. */
export async function scenarioDigest(scenario: Scenario): Promise<string> {
  const text = new TextEncoder().encode(
    canonicalText(scenario.source, (why) => new ModelError(why)),
  );
  const hash = await crypto.subtle.digest("SHA-256", text);
  return Array.from(
    new Uint8Array(hash),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
}

/** Writes a state. */
export function writeState(state: ModelState, digest: string): PlainObject {
  return {
    format: STATE_FORMAT,
    scenario: digest,
    tainted: state.tainted,
    ...(state.log.length > 0 ? { log: state.log } : {}),
    ...(state.fwctl ? { fwctl: state.fwctl } : {}),
    ...(Object.keys(state.devices).length > 0
      ? { devices: state.devices }
      : {}),
  };
}

/**
 * Reads a state.
 *
 * @throws `ModelError` when it is none, or of another scenario
 */
export function readState(data: PlainData, digest: string): ModelState {
  const reader = new ObjectReader(data, "state");
  const format = reader.text("format");
  if (format !== STATE_FORMAT) {
    refuse(reader.path("format"), `must be "${STATE_FORMAT}"`);
  }
  if (reader.text("scenario") !== digest) {
    throw new ModelError("the model state belongs to another scenario", {
      hint: "Use the scenario it was made with, or delete the state file.",
    });
  }
  const fwctl = reader.list("fwctl", MAX_ITEMS)?.map((item, index) => {
    const at = `${reader.path("fwctl")}[${index}]`;
    if (!Array.isArray(item) || item.length !== 2) {
      refuse(at, "must be [number, PCI address or memory device]");
    }
    const [number, key] = item as readonly PlainData[];
    if (typeof key !== "string") {
      refuse(at, "must be [number, PCI address or memory device]");
    }
    return [asInteger(number, at, { max: MAX_ITEMS }), key] as const;
  });
  const devices = reader.raw("devices") ?? {};
  if (!isPlainObject(devices)) {
    refuse(reader.path("devices"), "must be an object");
  }
  const state: ModelState = {
    tainted: reader.integer("tainted") ?? 0,
    log: reader.texts("log", MAX_ITEMS) ?? [],
    fwctl,
    devices,
  };
  reader.end();
  return state;
}
