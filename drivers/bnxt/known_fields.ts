/**
 * Where named fields stand in an answer.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import type { KnownField } from "../request.ts";
import { commandName, reqTypeOf } from "./protocol.ts";
import { outputOf } from "./tables/hwrm.ts";

/** Names of limits: `roce_vf_max_gid` is no GID. */
const LIMIT = /(^|_)(max|min|num)(_|$)/;

/** The fields of whole bytes; undefined where the layout is not public. */
export function knownFields(
  request: Bytes,
  response: Bytes,
): readonly KnownField[] | undefined {
  const message = outputOf(commandName(reqTypeOf(request)));
  if (!message) return undefined;
  return message.layout.fields.flatMap(({ name, offset, width }) => {
    const [first, length] = [offset / 8, width / 8];
    if (!Number.isInteger(first) || !Number.isInteger(length)) return [];
    if (LIMIT.test(name) || length === 0 || first + length > response.length) {
      return [];
    }
    return [{
      name,
      in: "response" as const,
      offset: first,
      length,
      text: /_name$|_str$/.test(name),
    }];
  });
}
