/**
 * What this device has, for `fwctl describe`: its features, commands or
 * endpoints, each with the way it is used. FILL IN; reads only.
 *
 * @module
 */
import type { DescribedSection } from "../driver.ts";
import { SETTINGS } from "./tables/commands.ts";

/** The sections. Sends nothing here. */
export function describe(): readonly DescribedSection[] {
  return [{
    title: "Settings",
    items: SETTINGS.map(({ name, most }) => ({
      name,
      detail: `0 to ${most}`,
      use: "resource",
      scope: "configuration",
      effect: "runtime",
      reason: "read with GET_SETTING, set with SET_SETTING",
    })),
  }];
}
