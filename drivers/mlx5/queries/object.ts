/**
 * Query `object`: one of the kernel's query commands by name, with the fields of
 * its answer, or the list of them.
 *
 * @module
 */
import { encode } from "../../../lib/bits/mod.ts";
import { type Layout, layoutBytes } from "../../../lib/bits/layout.ts";
import { bitPicture } from "../../../lib/bits/picture.ts";
import { type Bytes, fromHex, toHex } from "../../../lib/bytes.ts";
import { UsageError } from "../../../lib/errors.ts";
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../../lib/plain.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import type { QueryArgument, QueryType, Suggestion } from "../../driver.ts";
import { HEADER_BYTES, newRequest } from "../protocol.ts";
import { flagOf, integerOf, onlyList, textOf } from "../reading/arguments.ts";
import { fieldRows } from "../reading/fields.ts";
import { allowList } from "../tables/allow_list.ts";
import {
  objectQueries,
  type ObjectQuery,
  objectQuery,
} from "../tables/objects.ts";

const OWN: Readonly<Record<string, QueryArgument>> = {
  name: {
    type: "text",
    help:
      "The command without QUERY_, such as qp or vport_counter; a list of all without it",
    values: () =>
      [...objectQueries().values()].map(({ name, command, needed }) => [
        name,
        [command, ...needed].join(" "),
      ]),
  },
  op_mod: { type: "integer", help: "Which variant of the command" },
  size: { type: "integer", help: "Bytes of the answer" },
  raw: { type: "flag", help: "The bytes of the answer as well" },
  picture: { type: "flag", help: "Draw the bits of the answer" },
};

/** Room for an answer whose structure is not public. */
const RAW_BYTES = 512;
/** Room behind a structure with a flexible end. */
const FLEX_BYTES = 512;
/** Most bytes of an answer. */
const MAX_BYTES = 64 * 1024;
/** Capability images have their own query. */
const WIDE = /^QUERY_(OTHER_)?HCA_CAP$/;

/** For a debug bundle: of the function itself, without a number to name. */
const BUNDLED = [
  ..."adapter issi driver_version special_contexts vuid vport_state".split(" "),
  ..."vport_counter vnic_env nic_vport_context hca_vport_context".split(" "),
  ..."esw_functions lag cong_status vhca_state delegated_vhca".split(" "),
];

let all: Readonly<Record<string, QueryArgument>> | undefined;

/** The query. Arguments: `name`, and the fields of the command's request. */
export const objectQueryType: QueryType = {
  name: "object",
  summary: "A queue, table or counter by its number, with its fields",
  scope: "debug-read-only",
  target: "name",
  get arguments() {
    return all ??= { ...OWN, ...fieldArguments() };
  },
  argumentsOf(target): Suggestion[] {
    const query = objectQueries().get(
      target.toLowerCase().replace("query_", ""),
    );
    return [...query?.arguments ?? []].map(([name, { width }]) => [
      name,
      `${width} bits${query?.needed.includes(name) ? ", needed" : ""}`,
    ]);
  },
  samples: () => BUNDLED.map((name) => ({ name })),
  run({ channel }, args): PlainData {
    const name = textOf(args, "name");
    if (name === undefined) {
      onlyList("object", this.arguments, args);
      return { objects: list() };
    }
    const query = objectQuery(name);
    const request = requestOf(query, args);
    const capacity = capacityOf(query, integerOf(args, "size", MAX_BYTES));
    const answer = channel.send(request, capacity);
    return {
      command: query.command,
      opcode: `0x${query.opcode.toString(16)}`,
      layout: query.answer?.name ?? "not public",
      bytes: answer.length,
      ...decoded(query, answer, request),
      ...(query.answer === undefined || flagOf(args, "raw")
        ? { raw: toHex(answer) }
        : {}),
      ...(flagOf(args, "picture") && query.answer
        ? {
          picture: bitPicture(query.answer, { bytes: answer }).map((bits) => ({
            bits,
          })),
        }
        : {}),
    };
  },
  bytes: (answer) => {
    const { command = "", raw } = isPlainObject(answer) ? answer : {};
    if (typeof raw !== "string") return [];
    const title = `${String(command)}, the answer with its header`;
    return [{ title, bytes: fromHex(raw) }];
  },
};

/** Members of cong_control_roce_ecn_auto by cong_protocol (enum mlx5_ib_cong_node_type). */
const CONGESTION: Readonly<Record<number, string>> = {
  1: "cong_control_r_roce_ecn_rp",
  2: "cong_control_r_roce_ecn_np",
  3: "cong_control_r_roce_general",
};

/** The answer's fields without the header's. */
function decoded(
  { answer: struct, command }: ObjectQuery,
  bytes: Bytes,
  request: Bytes,
): PlainObject {
  if (struct === undefined) return {};
  const congestion = command === "QUERY_CONG_PARAMS"
    // cong_protocol: bits 92 to 95 of the request.
    ? CONGESTION[(request[11] ?? 0) & 15]
    : undefined;
  return {
    fields: fieldRows(struct, bytes, {
      skip: ["status", "syndrome", "opcode", "op_mod"],
      choose: congestion === undefined
        ? {}
        : { congestion_parameters: congestion },
    }),
  };
}

/** @throws `UsageError` naming the argument that is wrong or missing */
function requestOf(query: ObjectQuery, args: PlainObject): Bytes {
  const values: Record<string, number> = {};
  for (const key of Object.keys(args)) {
    if (Object.hasOwn(OWN, key)) continue;
    const field = query.arguments.get(key);
    if (!field) {
      const names = [...query.arguments.keys()];
      throw new UsageError(`${key}: ${query.command} has no such field`, {
        hint: didYouMean(key, names) ??
          (names.length === 0
            ? "It takes none"
            : `It takes ${names.join(", ")}`),
      });
    }
    const most = 2 ** Math.min(field.width, 53) - 1;
    values[key] = integerOf(args, key, most) ?? 0;
  }
  const missing = query.needed.filter((name) => values[name] === undefined);
  if (missing.length > 0) {
    throw new UsageError(`${query.command} needs ${missing.join(" and ")}`, {
      hint: `Give ${
        missing.map((name) => `${name}=NUMBER`).join(" ")
      } behind its name`,
    });
  }
  const length = query.request ? layoutBytes(query.request) : HEADER_BYTES;
  const header = newRequest(
    query.opcode,
    integerOf(args, "op_mod", 0xffff) ?? 0,
    Math.max(HEADER_BYTES, length),
  );
  return query.request ? encode(query.request, values, header) : header;
}

function capacityOf(query: ObjectQuery, size: number | undefined): number {
  const least = query.answer ? layoutBytes(query.answer) : HEADER_BYTES;
  if (size === undefined) {
    if (!query.answer) return WIDE.test(query.command) ? 4112 : RAW_BYTES;
    return least + (isOpen(query.answer) ? FLEX_BYTES : 0);
  }
  if (size >= Math.max(HEADER_BYTES, least)) return size;
  throw new UsageError(
    `size: the answer of ${query.command} has ${least} bytes`,
    {
      hint: "Leave the size out, or give more",
    },
  );
}

/** Whether the structure ends with as many elements as there are. */
function isOpen(struct: Layout): boolean {
  const last = struct.fields.at(-1);
  if (!last) return false;
  if (last.flex) return true;
  if (last.type === "u8" || last.count !== undefined) return false;
  return isOpen(struct.resolve?.(last.type) ?? { ...struct, fields: [] });
}

function list(): PlainObject[] {
  return [...objectQueries().values()].map((query) => ({
    object: query.name,
    command: query.command,
    opcode: `0x${query.opcode.toString(16).padStart(3, "0")}`,
    layout: query.answer?.name ?? "not public",
    scope: allowList().get(query.opcode)?.scope === 0
      ? "configuration"
      : "debug-read-only",
    needs: query.needed.join(" "),
    "may have": [...query.arguments.keys()]
      .filter((name) => !query.needed.includes(name)).join(" "),
  }));
}

/** Every field of any request. */
function fieldArguments(): Record<string, QueryArgument> {
  const users = new Map<string, string[]>();
  for (const query of objectQueries().values()) {
    for (const field of query.arguments.keys()) {
      if (Object.hasOwn(OWN, field)) continue;
      users.set(field, [...users.get(field) ?? [], query.name]);
    }
  }
  return Object.fromEntries(
    [...users].map(([field, names]): [string, QueryArgument] => [field, {
      type: "integer",
      help: `Field of ${names.slice(0, 3).join(", ")}${
        names.length > 3 ? ` and ${names.length - 3} more` : ""
      }`,
    }]),
  );
}
