/**
 * Query `nvm_entries`: what the non-volatile memory holds, entry by entry.
 *
 * @module
 */
import { isPlainObject, type PlainData } from "../../../lib/plain.ts";
import type { QueryType } from "../../driver.ts";
import { ask } from "../ask.ts";
import { checkArguments, needBuffers } from "./new_kernel.ts";

/** Bytes of an entry whose layout is public. */
const ENTRY_BYTES = 24;

/** The query. It takes no arguments. */
export const nvmEntriesQuery: QueryType = {
  name: "nvm_entries",
  summary: "The directory of non-volatile memory, entry by entry (Linux 7.3)",
  scope: "debug-read-only",
  arguments: {},
  run(context, args): PlainData {
    checkArguments("nvm_entries", args, []);
    needBuffers(context, "the entries of NVM");
    const { channel } = context;
    const info = ask(channel, "NVM_GET_DIR_INFO").fields;
    const { contents } = ask(channel, "NVM_GET_DIR_ENTRIES");
    const count = Number(info.entries ?? 0);
    const length = Number(info.entry_length ?? 0);
    const entries = Array.isArray(contents.entries) ? contents.entries : [];
    return {
      entries: count,
      entry_length: `${length} bytes`,
      ...(length === ENTRY_BYTES
        ? { directory: entries.slice(0, count).map(named) }
        : {
          unreadable:
            `entries of ${length} bytes have no public layout; ${ENTRY_BYTES} have`,
        }),
    };
  },
};

/** An entry with its index, which NVM_READ goes by. */
function named(entry: PlainData, index: number): PlainData {
  return { index, ...(isPlainObject(entry) ? entry : {}) };
}
