/**
 * Query `identity`: who the device is. Every driver has it, recipes ask for it.
 * Further queries stand beside it, one a file: what people want to see.
 *
 * @module
 */
import type { QueryType } from "../../driver.ts";
import { identify } from "../identity.ts";

/** The query. It takes no arguments. */
export const identityQuery: QueryType = {
  name: "identity",
  summary: "Product and what identifies the device",
  scope: "configuration",
  arguments: {},
  run: ({ channel, entry }) => {
    const { model, firmware, facts } = identify(channel, entry);
    return { model, firmware, facts: { ...facts } };
  },
};
