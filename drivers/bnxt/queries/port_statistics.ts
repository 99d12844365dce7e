/**
 * Query `port_statistics`: counters of the port, those of the MAC and those of
 * the chip behind it.
 *
 * @module
 */
import type { PlainData } from "../../../lib/plain.ts";
import type { QueryType } from "../../driver.ts";
import { refusalData, tryAsk } from "../ask.ts";
import {
  checkArguments,
  needBuffers,
  ownPort,
  wholeNumber,
} from "./new_kernel.ts";

/** The query. Argument: `port`. */
export const portStatisticsQuery: QueryType = {
  name: "port_statistics",
  summary: "Counters of the port, all of them by name (Linux 7.3)",
  scope: "debug-read-only",
  arguments: {
    port: {
      type: "integer",
      help: "Number of the port; the function's own unless given",
    },
  },
  run(context, args): PlainData {
    checkArguments("port_statistics", args, ["port"]);
    needBuffers(context, "counters of the port");
    const { channel } = context;
    const port = args.port === undefined
      ? ownPort(channel)
      : wholeNumber("port", args.port, 0xffff);
    const [counters, more] = ["PORT_QSTATS", "PORT_QSTATS_EXT"].map((name) => {
      const asked = tryAsk(channel, name, { port_id: port });
      return "answer" in asked
        ? asked.answer.contents
        : refusalData(asked.refused);
    });
    return { port, counters: counters ?? {}, extended: more ?? {} };
  },
};
