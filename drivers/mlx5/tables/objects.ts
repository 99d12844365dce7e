/**
 * The query commands the kernel's allow list has, with the structures of their
 * requests and answers.
 *
 * @module
 */
import {
  type Field,
  isPlain,
  isReserved,
  type Layout,
} from "../../../lib/bits/layout.ts";
import { UsageError } from "../../../lib/errors.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import { allowList } from "./allow_list.ts";
import { hasLayout, layout } from "./ifc.ts";
import { vhcaEventLayouts } from "./vhca_event.ts";

/** One query command. */
export interface ObjectQuery {
  /** The kernel's name without `QUERY_`, in lower case: `qp`, `vport_state`. */
  readonly name: string;
  /** The kernel's name without `MLX5_CMD_OP_`. */
  readonly command: string;
  /** Its opcode. */
  readonly opcode: number;
  /** The structure of the request; undefined when it is not public. */
  readonly request: Layout | undefined;
  /** The structure of the answer; undefined when it is not public. */
  readonly answer: Layout | undefined;
  /** Fields of the request that can be given, by name. */
  readonly arguments: ReadonlyMap<string, Field>;
  /** Those of them without which nothing is named. */
  readonly needed: readonly string[];
}

/** Commands whose structures have another name than the command. */
const STRUCTS: Readonly<Record<string, string>> = {
  QUERY_FLOW_TABLE_ENTRY: "query_fte",
  QUERY_SF_PARTITION: "query_sf_partitions",
};

/** What a request is about rather than how it is asked. */
const NEEDED =
  /^(qpn|cqn|sqn|rqn|rqtn|rmpn|tirn|tisn|srqn|xrqn|xrc_srqn|dctn|fpga_qpn|eq_number|mkey_index|table_id|group_id|flow_index|counter_set_id|packet_reformat_id|modify_header_id|flow_counter_id|scheduling_element_id)$/;

/** What the header of every command holds; op_mod is an argument of the query. */
const HEADER = ["opcode", "uid", "op_mod"];

const IS_QUERY = /^(FPGA_|USER_)?QUERY_/;

let table: ReadonlyMap<string, ObjectQuery> | undefined;

/** All of them by name, in order of their opcode. */
export function objectQueries(): ReadonlyMap<string, ObjectQuery> {
  return table ??= new Map(
    [...allowList()].filter(([, { name }]) => IS_QUERY.test(name))
      .map(([opcode, { name }]): [string, ObjectQuery] => {
        const short = name.replace("QUERY_", "").toLowerCase();
        const struct = STRUCTS[name] ?? name.toLowerCase();
        const request = structure(`${struct}_in`);
        const fields = request === undefined ? [] : request.fields.filter(
          (field) =>
            isPlain(field) && !field.flex && field.width <= 64 &&
            !isReserved(field.name) && !HEADER.includes(field.name) &&
            // What clears a counter is not reading it.
            field.name !== "clear",
        );
        return [short, {
          name: short,
          command: name,
          opcode,
          request,
          answer: structure(`${struct}_out`),
          arguments: new Map(fields.map((field) => [field.name, field])),
          needed: fields.map((field) => field.name)
            .filter((field) => NEEDED.test(field)),
        }];
      }),
  );
}

function structure(name: string): Layout | undefined {
  if (hasLayout(name)) return layout(name);
  const more = vhcaEventLayouts();
  return Object.hasOwn(more, name) ? more[name] : undefined;
}

/**
 * One by name: `qp`, `QUERY_QP` or `query_qp`.
 *
 * @throws `UsageError` with the nearest names when there is none
 */
export function objectQuery(name: string): ObjectQuery {
  const wanted = name.toLowerCase().replace("query_", "");
  const found = objectQueries().get(wanted);
  if (found) return found;
  throw new UsageError(
    `There is no query command "${
      name.slice(0, 64)
    }" that the kernel lets through`,
    {
      hint: didYouMean(wanted, objectQueries().keys()) ??
        "Leave the name out for a list",
    },
  );
}
