/**
 * What a scenario can say of a pds card.
 *
 * @module
 */
import { type Fault, readFaults } from "../../../lib/model/faults.ts";
import { type ObjectReader, refuse } from "../../../lib/model/reader.ts";
import type { PlainData } from "../../../lib/plain.ts";
import { nearest } from "../../../lib/suggest.ts";
import { operationNames } from "./operations.ts";

/** A card's options, checked. */
export interface FirmwareOptions {
  /** Firmware version of slot A. */
  readonly version: string;
  /** Serial number. */
  readonly serial: string;
  /** Ports, 1 to 8. */
  readonly ports: number;
  /** Longest request payload in bytes. */
  readonly maxRequest: number;
  /** Longest response payload in bytes. */
  readonly maxResponse: number;
  /** By the number of an operation, {@linkcode requestNumber}. */
  readonly faults: readonly Fault[];
}

/** Endpoint and command as one number. */
export function requestNumber(endpoint: number, command: number): number {
  return endpoint * 0x10000 + command;
}

/**
 * Reads `version`, `serial`, `ports`, `maxRequest`, `maxResponse` and `faults`.
 * A fault's `request` is `"*"`, a name such as `"port.flap"`, or endpoint and
 * command as `"0x20/0x4"`. Its `status` is the retval; `detail` means nothing.
 *
 * @throws `ModelError` naming the key path
 */
export function readOptions(reader: ObjectReader): FirmwareOptions {
  const options: FirmwareOptions = {
    version: readText(reader, "version", 31) ?? "1.104.0-S-5",
    serial: readText(reader, "serial", 15) ?? "FLM24110003",
    ports: reader.integer("ports", { min: 1, max: 8 }) ?? 2,
    maxRequest: reader.integer("maxRequest", { max: 0xffffffff }) ?? 4096,
    maxResponse: reader.integer("maxResponse", { max: 0xffffffff }) ?? 4096,
    faults: readFaults(reader, requestOf),
  };
  reader.end();
  return options;
}

function readText(
  reader: ObjectReader,
  key: string,
  most: number,
): string | undefined {
  const text = reader.text(key);
  if (text !== undefined && !/^[ -~]+$/.test(text)) {
    refuse(reader.path(key), "must be printable ASCII");
  }
  if (text !== undefined && text.length > most) {
    refuse(reader.path(key), `must have at most ${most} characters`);
  }
  return text;
}

function requestOf(value: PlainData, at: string): number {
  const names = operationNames();
  if (typeof value === "string") {
    const named = names.get(value);
    if (named) return requestNumber(named.endpoint, named.operation.command);
    const [, endpoint, command] =
      /^(0x[0-9a-f]{1,8}|\d{1,9})\/(0x[0-9a-f]{1,4}|\d{1,5})$/i.exec(value) ??
        [];
    if (endpoint !== undefined && command !== undefined) {
      return requestNumber(Number(endpoint), Number(command));
    }
    const near = nearest(value, names.keys(), 1)[0];
    refuse(
      at,
      `names no operation${
        near === undefined ? "" : `; did you mean "${near}"?`
      }`,
    );
  }
  refuse(at, "is not an operation", 'Write "port.flap", or "0x20/0x4".');
}
