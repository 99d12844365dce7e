/**
 * What is kept of a prepared function until it is released: what it held
 * before, and who it was.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { isPlainObject, type PlainData } from "../plain.ts";
import { type CapValues, parseCapValues } from "./profile.ts";

/** The form of a record. */
export const RECORD_FORMAT = "fwctl-vfio-record/1";

/** A prepared function. */
export interface VfRecord {
  /** Its PCI address. */
  readonly vf: string;
  /** Its PF's. */
  readonly pf: string;
  /** The boot it was prepared in: values last no longer. */
  readonly bootId: string;
  /** The firmware's number of it. */
  readonly vhcaId: number;
  /** Its VUID, or null where the device has none. */
  readonly vuid: string | null;
  /** The VM it was prepared for, or null. */
  readonly vm: string | null;
  /** What it was set to. */
  readonly set: CapValues;
  /** What the same fields held before the first prepare. */
  readonly before: CapValues;
}

/** The record as JSON text. */
export function recordText(record: VfRecord): string {
  return `${JSON.stringify({ format: RECORD_FORMAT, ...record })}\n`;
}

/** Reads a record. @throws {UsageError} when it is not one */
export function parseRecord(
  data: PlainData,
  vf: string,
  source: string,
): VfRecord {
  const wrong = (key: string): UsageError =>
    new UsageError(`${source}: ${key} is not as it was written`, {
      hint:
        `Look at what ${vf} holds with \`fwctl caps\`, then remove the file`,
    });
  if (!isPlainObject(data) || data.format !== RECORD_FORMAT) {
    throw wrong("format");
  }
  const { pf, bootId, vhcaId, vuid = null, vm = null } = data;
  if (data.vf !== vf) throw wrong("vf");
  if (typeof pf !== "string") throw wrong("pf");
  if (typeof bootId !== "string") throw wrong("bootId");
  if (
    typeof vhcaId !== "number" || !Number.isInteger(vhcaId) || vhcaId < 0 ||
    vhcaId > 0xffff
  ) throw wrong("vhcaId");
  if (vuid !== null && typeof vuid !== "string") throw wrong("vuid");
  if (vm !== null && typeof vm !== "string") throw wrong("vm");
  return {
    vf,
    pf,
    bootId,
    vhcaId,
    vuid,
    vm,
    set: parseCapValues(data.set, source, "set"),
    before: parseCapValues(data.before, source, "before"),
  };
}
