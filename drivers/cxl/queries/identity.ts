/**
 * Query `identity`: who the device is.
 *
 * @module
 */
import type { QueryType } from "../../driver.ts";
import { identify } from "../identity.ts";

/** The query. It takes no arguments and sends nothing. */
export const identityQuery: QueryType = {
  name: "identity",
  summary: "What kind of memory device it is",
  scope: "configuration",
  arguments: {},
  run: ({ channel, entry }) => {
    const { model, firmware, facts } = identify(channel, entry);
    return { model, firmware, facts: { ...facts } };
  },
};
