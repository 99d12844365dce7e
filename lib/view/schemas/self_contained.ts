/**
 * A schema that stands by itself: what it uses of the shared ones is put into
 * its own `$defs`.
 *
 * @module
 */
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../plain.ts";

/** How a schema points into the shared ones. */
const SHARED = "common.schema.json#/$defs/";
/** How a shared one points to another. */
const OWN = "#/$defs/";

/**
 * @param name of the schema
 * @param schema as its file has it
 * @param common what the files share; no name of its `$defs` is one of `schema`'s
 */
export function selfContained(
  name: string,
  schema: PlainObject,
  common: PlainObject,
): PlainObject {
  const shared = objectOf(common.$defs);
  const used = new Map<string, PlainData>();
  const take = (def: string): void => {
    if (used.has(def)) return;
    // Its place is kept before what it uses itself is looked at: it may be itself.
    used.set(def, null);
    used.set(def, rewritten(shared[def] ?? null, OWN, take));
  };
  const { $id: _, $defs, ...rest } = schema;
  const body = objectOf(rewritten(rest, SHARED, take));
  const own = objectOf(rewritten(objectOf($defs), SHARED, take));
  const { $schema = null, title = null, description = null, ...more } = body;
  const defs = { ...own, ...Object.fromEntries(used) };
  return {
    $schema,
    $id: `urn:fwctl-deno:answer:${name}:1`,
    title,
    description,
    // The rules for readers, which stand in one place.
    $comment: common.description ?? "",
    ...more,
    ...(Object.keys(defs).length === 0 ? {} : { $defs: defs }),
  };
}

/** The same with every reference that begins so made one into the own `$defs`. */
function rewritten(
  data: PlainData,
  prefix: string,
  take: (def: string) => void,
): PlainData {
  if (Array.isArray(data)) {
    return data.map((each: PlainData) => rewritten(each, prefix, take));
  }
  if (!isPlainObject(data)) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => {
      if (
        key !== "$ref" || typeof value !== "string" || !value.startsWith(prefix)
      ) return [key, rewritten(value, prefix, take)];
      const def = value.slice(prefix.length);
      take(def);
      return [key, `${OWN}${def}`];
    }),
  );
}

function objectOf(data: PlainData | undefined): PlainObject {
  return isPlainObject(data) ? data : {};
}
