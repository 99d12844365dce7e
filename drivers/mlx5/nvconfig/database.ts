/**
 * The vendor's parameter database, as mstflint installs it: every parameter it
 * knows, for those who have it. It is an SQLite file, opened for reading only
 * and only when somebody asks for it.
 *
 * Offsets and sizes are `0xB.b`: bytes and bits, bits counted from the least
 * significant end of a big-endian word.
 *
 * @module
 */
import process from "node:process";
import { UsageError } from "../../../lib/errors.ts";
import { knowledgeOf } from "./builtin.ts";
import type { NvField, NvFieldType, NvKnowledge, NvTlv } from "./types.ts";

/** Where mstflint installs it. */
export const INSTALLED = "/usr/share/mstflint/mlxconfig_dbs/mlxconfig_host.db";

type Row = Readonly<Record<string, unknown>>;

const TYPES: Readonly<Record<string, NvFieldType>> = {
  BOOL: "bool",
  UNSIGNED: "uint",
  INTEGER: "int",
  ENUM: "enum",
  BINARY: "binary",
  BYTES: "bytes",
  STRING: "string",
};

/** Types whose list is one value: a text, a key, an address. */
const WHOLE: ReadonlySet<NvFieldType> = new Set(["bytes", "string"]);

const loaded = new Map<string, NvKnowledge>();

/**
 * Loads a database. `installed` is the file mstflint installs. Deno needs
 * permission to read the file; nothing else.
 *
 * @throws {UsageError} when it cannot be read or is none
 */
export function loadDatabase(path: string): NvKnowledge {
  const file = path === "installed" ? INSTALLED : path;
  let known = loaded.get(file);
  if (!known) {
    known = knowledgeOf(file, read(file));
    loaded.set(file, known);
  }
  return known;
}

/** The installed database where there is one and it may be read without asking. */
export function installedDatabase(): NvKnowledge | undefined {
  try {
    const name = "read" as const;
    const { state } = Deno.permissions.querySync({ name, path: INSTALLED });
    return state === "granted" ? loadDatabase(INSTALLED) : undefined;
  } catch {
    // Absent or unreadable: nobody asked for it, so nobody is told.
    return undefined;
  }
}

function read(file: string): NvTlv[] {
  try {
    const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      return tlvsOf(
        database.prepare("SELECT name, id, size, class FROM tlvs").all(),
        database.prepare(
          "SELECT name, tlv_name, offset, size, type, textual_values, " +
            "mlxconfig_name, dependency, valid_bit, temp_vars, min_val, " +
            "max_val, rule, supported_from_version, array_length FROM params",
        ).all(),
      );
    } finally {
      database.close();
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(
      `The parameter database ${file} cannot be read: ${why.slice(0, 200)}`,
      {
        cause,
        hint:
          "Install mstflint, or give the path of its mlxconfig_host.db; Deno needs --allow-read for it",
      },
    );
  }
}

/** Items from the database's rows; what cannot be understood is left out. */
export function tlvsOf(tlvs: readonly Row[], params: readonly Row[]): NvTlv[] {
  const room = new Map<string, number>();
  const fields = new Map<string, Map<string, NvField>>();
  const found: NvTlv[] = [];
  for (const row of tlvs) {
    const name = text(row.name);
    const [class_, index, size] = [row.class, row.id, row.size].map(Number);
    if (class_ === undefined || index === undefined || size === undefined) {
      continue;
    }
    if (!inRange(class_, 0xff) || !inRange(index, 0xffffff) || !(size > 0)) {
      continue;
    }
    const own = new Map<string, NvField>();
    fields.set(name, own);
    room.set(name, 8 * size);
    found.push({ name, class: class_, index, size, fields: own });
  }
  for (const row of params) {
    const field = fieldOf(row);
    if (!field || field.bit < 0) continue;
    const end = field.bit + field.width * field.count;
    if (end <= (room.get(field.tlv) ?? 0)) {
      fields.get(field.tlv)?.set(field.name, field);
    }
  }
  return found;
}

function fieldOf(row: Row): NvField | undefined {
  const type = TYPES[text(row.type)];
  const at = bits(text(row.offset));
  const total = bits(text(row.size));
  if (!type || at === undefined || !total) return undefined;
  const length = Math.max(0, Number(row.array_length) || 0);
  const count = length > 0 && !WHOLE.has(type) ? length : 1;
  if (total % count !== 0) return undefined;
  const parameter = text(row.mlxconfig_name);
  return {
    name: text(row.name),
    tlv: text(row.tlv_name),
    // A list starts at its byte; its bit offset says nothing.
    bit: length > 0
      ? 8 * Number(text(row.offset).split(".")[0])
      : 32 - at % 32 - total + (at & ~31) + wideShift(at, total),
    width: total / count,
    count,
    type,
    parameter: parameter === "" ? null : parameter,
    values: type === "enum" ? valuesOf(text(row.textual_values)) : new Map(),
    valid: text(row.valid_bit),
    gate: text(row.dependency).replace(/^ignore_dependency$/, ""),
    min: text(row.min_val),
    max: text(row.max_val),
    rule: text(row.rule),
    variables: text(row.temp_vars),
    since: Number(row.supported_from_version) || 0,
    unit: "",
  };
}

/** A field of whole words starts where its offset says. */
function wideShift(at: number, total: number): number {
  return total > 32 && at % 32 === 0 ? total - 32 : 0;
}

function bits(offset: string): number | undefined {
  const match = /^(0x[0-9a-f]{1,4}|\d{1,5})\.(\d{1,2})$/i.exec(offset);
  return match ? 8 * Number(match[1]) + Number(match[2]) : undefined;
}

function valuesOf(list: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const pair of list.split(",")) {
    const [name = "", number = ""] = pair.split("=");
    if (name.trim() !== "" && /^\s*(0x[0-9a-f]+|\d+)\s*$/i.test(number)) {
      values.set(name.trim(), Number(number));
    }
  }
  return values;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function inRange(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= most;
}
