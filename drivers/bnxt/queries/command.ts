/**
 * Query `command`: any command of the kernel's list that only reads.
 *
 * @module
 */
import { type Bytes, fromHex } from "../../../lib/bytes.ts";
import { UsageError } from "../../../lib/errors.ts";
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../../lib/plain.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import type { QueryType } from "../../driver.ts";
import { decodeAnswer, withRoom } from "../contents.ts";
import { readFields } from "../fields.ts";
import { roomFor } from "../payload.ts";
import {
  INPUT_BYTES,
  MAX_REQUEST_BYTES,
  newRequest,
  SELF,
} from "../protocol.ts";
import { classify } from "../scope.ts";
import { allowList } from "../tables/allow_list.ts";
import { needBuffers } from "./new_kernel.ts";

const ARGS = ["name", "fields", "data", "target"];

const fail = (message: string, hint: string): UsageError =>
  new UsageError(message, { hint });

/** The query. Arguments: `name`, and `fields`, `data`, `target` as the command needs them. */
export const commandQuery: QueryType = {
  name: "command",
  summary: "Any command that only reads, by the header's names",
  scope: "debug-read-only",
  arguments: {
    name: {
      type: "text",
      help: "The command, such as FUNC_QCAPS; needed (see fwctl describe)",
    },
    fields: {
      type: "texts",
      help: "Fields of the request, such as fid=1; all others are 0",
    },
    data: {
      type: "hex",
      help:
        "What follows the 16-byte header, for commands without public layout",
    },
    target: {
      type: "integer",
      help: "target_id of the header; the function itself, 65535, unless given",
    },
  },
  run(context, args): PlainData {
    const { channel, know } = context;
    const request = withRoom(requestOf(args));
    const { name, detail, allowed } = classify(request, know);
    if (!allowed) needBuffers(context, name);
    const { fields, units, absent, raw, contents } = decodeAnswer(
      request,
      channel.send(request, roomFor(request)),
      channel.device,
    );
    return {
      command: name,
      request: detail,
      fields,
      ...(Object.keys(units).length === 0 ? {} : { units: { ...units } }),
      ...(absent.length === 0 ? {} : { absent: [...absent] }),
      ...(raw === "" ? {} : { raw }),
      ...(Object.keys(contents).length === 0 ? {} : { contents }),
    };
  },
};

function requestOf(args: PlainObject): Bytes {
  for (const key of Object.keys(args)) {
    if (ARGS.includes(key)) continue;
    throw fail(
      `The query command has no argument "${key}"`,
      didYouMean(key, ARGS) ?? `Its arguments are ${ARGS.join(", ")}`,
    );
  }
  const command = readCommand(args.name);
  const target = readTarget(args.target, fail);
  const body = readData(args.data, fail);
  const fields = readFields(command, pairs(args.fields), fail);
  const request = newRequest(command, fields, target, body);
  const { effect, effectReason } = classify(request);
  if (effect !== "read") {
    throw fail(
      `${command} does more than read: ${effectReason}`,
      "Ask for it in a recipe, with the action bnxt.command",
    );
  }
  return request;
}

function readCommand(name: PlainData | undefined): string {
  const names = [...allowList().values()].map((one) => one.name);
  if (typeof name !== "string") {
    throw fail(
      "The query command needs a name",
      "For instance name=FUNC_QCAPS",
    );
  }
  const wanted = name.toUpperCase().replace(/^HWRM_/, "");
  if (names.includes(wanted)) return wanted;
  throw fail(
    `The kernel lets no command "${name}" through`,
    didYouMean(wanted, names) ?? "Run `fwctl describe` for all it lets through",
  );
}

/** `target_id`. @throws what `fail` makes */
export function readTarget(
  value: PlainData | undefined,
  fail: (message: string, hint: string) => Error,
): number {
  if (value === undefined) return SELF;
  if (
    typeof value === "number" && Number.isInteger(value) && value >= 0 &&
    value <= SELF
  ) return value;
  throw fail(
    `target ${JSON.stringify(value)} is not a target_id`,
    "It is a number from 0 to 65535; 65535 is the function itself",
  );
}

/** What follows the header. @throws what `fail` makes */
export function readData(
  value: PlainData | undefined,
  fail: (message: string, hint: string) => Error,
): Bytes {
  const most = MAX_REQUEST_BYTES - INPUT_BYTES;
  const hint = `Give at most ${most} bytes as hex digits`;
  if (value === undefined) return new Uint8Array(0);
  if (typeof value !== "string") throw fail("data is not text", hint);
  let bytes: Bytes;
  try {
    bytes = fromHex(value);
  } catch (error) {
    throw fail(`data: ${error instanceof Error ? error.message : error}`, hint);
  }
  if (bytes.length > most) {
    throw fail(`data has ${bytes.length} bytes`, hint);
  }
  return bytes;
}

/** `["fid=1"]` as an object; an object as it is. */
function pairs(fields: PlainData | undefined): PlainObject {
  if (fields === undefined) return {};
  if (isPlainObject(fields)) return fields;
  const list = typeof fields === "string" ? [fields] : fields;
  if (!Array.isArray(list)) {
    throw fail("fields is not a list", "Give fields as fid=1");
  }
  return Object.fromEntries(list.map((text: PlainData) => {
    const [, name = "", value = ""] =
      /^(\w+)=(.+)$/.exec(typeof text === "string" ? text : "") ?? [];
    if (name === "") {
      throw fail(
        `${JSON.stringify(text)} is not a field with a value`,
        "Give fields as fid=1",
      );
    }
    return [name, value];
  }));
}
