/**
 * Which parameters are known: the built-in ones, and the vendor's database
 * when it is asked for, or when it is installed and a name needs it.
 *
 * @module
 */
import { UsageError } from "../../../lib/errors.ts";
import type { PlainData } from "../../../lib/plain.ts";
import { builtinKnowledge, knowledgeOf } from "./builtin.ts";
import { installedDatabase, loadDatabase } from "./database.ts";
import { findParameter, NV_CLASS, typeWord } from "./names.ts";
import type { NvKnowledge, NvTlv } from "./types.ts";

/**
 * The collection to take: the one `database` names; without, the built-in one
 * if it has all `names`, else an installed database that has them.
 *
 * @throws {UsageError} for a database that cannot be read, and for a name that
 *   is written wrongly
 */
export function knowledgeFor(
  names: readonly string[],
  database: PlainData | undefined,
): NvKnowledge {
  if (database !== undefined) {
    if (typeof database === "string" && database !== "") {
      return merged(loadDatabase(database));
    }
    throw new UsageError("database is not a path", {
      hint: 'Give the path of mlxconfig_host.db, or "installed"',
    });
  }
  const builtin = builtinKnowledge();
  // A name without its port is whole for a query; a resource refuses it later.
  const knows = (name: string): boolean =>
    builtin.parameters.has(name) || findParameter(builtin, name) !== undefined;
  if (names.every(knows)) return builtin;
  const installed = installedDatabase();
  return installed ? merged(installed) : builtin;
}

const together = new WeakMap<NvKnowledge, NvKnowledge>();

/** A database, with the built-in parameters that its version lacks. */
function merged(database: NvKnowledge): NvKnowledge {
  let all = together.get(database);
  if (all) return all;
  const tlvs = new Map(database.tlvs);
  for (const own of builtinKnowledge().tlvs.values()) {
    const tlv = tlvs.get(own.name);
    if (!tlv) tlvs.set(own.name, own);
    else if (tlv.class === own.class && tlv.index === own.index) {
      tlvs.set(own.name, {
        ...tlv,
        fields: new Map([...own.fields, ...tlv.fields]),
      });
    }
  }
  all = knowledgeOf(database.source, [...tlvs.values()]);
  together.set(database, all);
  return all;
}

/** A built-in item by its type word, with its port; undefined for others. */
export function itemOf(
  type: number,
): { readonly tlv: NvTlv; readonly port: number } | undefined {
  for (const tlv of builtinKnowledge().tlvs.values()) {
    const port = tlv.class === NV_CLASS.PORT ? type >>> 16 & 0xff : 0;
    if (typeWord(tlv, port) === type) return { tlv, port };
  }
  return undefined;
}

/** A built-in item's name by its type word, with its port; undefined for others. */
export function itemName(type: number): string | undefined {
  const found = itemOf(type);
  if (!found) return undefined;
  const { tlv: { name }, port } = found;
  return port === 0 ? name : `${name} port ${port}`;
}
