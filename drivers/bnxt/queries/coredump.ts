/**
 * Query `coredump`: which segments the firmware has for a core dump. Their
 * contents are not read.
 *
 * @module
 */
import { DecodeError } from "../../../lib/errors.ts";
import type { PlainData } from "../../../lib/plain.ts";
import type { QueryType } from "../../driver.ts";
import { ask } from "../ask.ts";
import { checkArguments, needBuffers } from "./new_kernel.ts";

/** Bytes of a record. */
const RECORD_BYTES = 16;
/** No firmware goes on for longer: total_segments has 16 bits. */
const MOST_PARTS = 0x10000 / (4096 / RECORD_BYTES);

/** The query. Argument: `crashdump`. */
export const coredumpQuery: QueryType = {
  name: "coredump",
  summary: "The segments of a core dump that the firmware offers (Linux 7.3)",
  scope: "debug-read-only",
  arguments: {
    crashdump: {
      type: "flag",
      help: "Those of the last crash, in place of a live dump",
    },
  },
  run(context, args): PlainData {
    checkArguments("coredump", args, ["crashdump"]);
    needBuffers(context, "a list of core dump segments");
    const { channel } = context;
    const flags = args.crashdump === true ? 1 : 0;
    const segments: PlainData[] = [];
    for (let seq_no = 0; seq_no < MOST_PARTS; seq_no++) {
      const { fields, contents } = ask(channel, "DBG_COREDUMP_LIST", {
        seq_no,
        flags,
      });
      const part = Array.isArray(contents.segments) ? contents.segments : [];
      segments.push(...part);
      const more = Array.isArray(fields.flags) && fields.flags.includes("MORE");
      if (!more || part.length === 0) {
        return { total_segments: fields.total_segments ?? 0, segments };
      }
    }
    throw new DecodeError(
      `The list of core dump segments did not end after ${MOST_PARTS} parts`,
      {
        device: channel.device,
        hint: "Look at the kernel log for the device, then try again",
      },
    );
  },
};
