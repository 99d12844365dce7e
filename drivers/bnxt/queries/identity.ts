/**
 * Query `identity`: who the device is.
 *
 * @module
 */
import type { QueryType } from "../../driver.ts";
import { identify } from "../identity.ts";

/** The query. It takes no arguments. */
export const identityQuery: QueryType = {
  name: "identity",
  summary: "Product, firmware version and what identifies the device",
  scope: "debug-read-only",
  arguments: {},
  run: ({ channel, entry }) => {
    const { model, firmware, facts } = identify(channel, entry);
    return { model, firmware, facts: { ...facts } };
  },
};
