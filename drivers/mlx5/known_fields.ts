/**
 * Where named fields stand in a request and its answer.
 *
 * @module
 */
import { type Layout, layoutBytes } from "../../lib/bits/layout.ts";
import type { Bytes } from "../../lib/bytes.ts";
import { isFwctlError } from "../../lib/errors.ts";
import type { KnownField } from "../request.ts";
import { HEADER_BYTES, OPCODE } from "./protocol.ts";
import { fieldRows } from "./reading/fields.ts";
import { layout as ifc } from "./tables/ifc.ts";
import { objectQueries, type ObjectQuery } from "./tables/objects.ts";
import { registerLayouts } from "./tables/register_layouts.ts";

/** Answers that hold limits and flags, and nothing of anybody. */
const OF_NOBODY: ReadonlySet<number> = new Set([
  OPCODE.QUERY_HCA_CAP,
  OPCODE.SET_HCA_CAP,
]);

/** Words of one text: `vuid[0].array1024_auto[3]` is part of `vuid[0]`. */
const WORD_OF_TEXT = /^(vuid\[\d+\])\.array1024_auto\[\d+\]$/;

let byOpcode: ReadonlyMap<number, ObjectQuery> | undefined;

/** The fields of whole bytes; undefined where neither layout is public. */
export function knownFields(
  request: Bytes,
  response: Bytes,
): readonly KnownField[] | undefined {
  const opcode = (request[0] ?? 0) << 8 | (request[1] ?? 0);
  if (OF_NOBODY.has(opcode)) return [];
  if (opcode === OPCODE.ACCESS_REG) {
    const id = (request[10] ?? 0) << 8 | (request[11] ?? 0);
    const known = registerLayouts().get(id);
    if (!known) return undefined;
    const struct = ifc(known.layout);
    return [
      ...fieldsOf(struct, request, "request", HEADER_BYTES),
      ...fieldsOf(struct, response, "response", HEADER_BYTES),
    ];
  }
  byOpcode ??= new Map(
    [...objectQueries().values()].map((query) => [query.opcode, query]),
  );
  const query = byOpcode.get(opcode);
  if (!query?.answer) return undefined;
  return [
    ...(query.request ? fieldsOf(query.request, request, "request", 0) : []),
    ...fieldsOf(query.answer, response, "response", 0),
  ];
}

function fieldsOf(
  layout: Layout,
  bytes: Bytes,
  where: "request" | "response",
  at: number,
): KnownField[] {
  const own = bytes.subarray(at);
  if (own.length < layoutBytes(layout)) return [];
  let rows: ReturnType<typeof fieldRows>;
  try {
    rows = fieldRows(layout, own);
  } catch (error) {
    if (isFwctlError(error)) return [];
    throw error;
  }
  const fields: KnownField[] = [];
  for (const { field, bit, width, value } of rows) {
    if (typeof bit !== "number" || typeof width !== "number") continue;
    if (bit % 8 !== 0 || width % 8 !== 0) continue;
    const word = WORD_OF_TEXT.exec(String(field))?.[1];
    const name = word ?? String(field);
    const last = fields.at(-1);
    const offset = at + bit / 8;
    const length = width / 8;
    // An address in two words is one field.
    if (
      last?.name.endsWith("_47_32") && name.endsWith("_31_0") &&
      last.offset + last.length === offset
    ) {
      fields[fields.length - 1] = {
        ...last,
        name: last.name.replace(/_47_32$/, ""),
        length: last.length + length,
      };
      continue;
    }
    if (word !== undefined && last?.name === word) {
      fields[fields.length - 1] = { ...last, length: last.length + length };
      continue;
    }
    const text = word !== undefined ||
      (typeof value === "string" && !/^(0x)?[0-9a-f]+$/.test(value));
    fields.push({ name, in: where, offset, length, text });
  }
  return fields;
}
