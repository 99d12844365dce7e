/**
 * What a device has: capability types whose fields are public.
 *
 * @module
 */
import type { DescribedSection } from "../driver.ts";
import { capTypes } from "./tables/cap_types.ts";

/** The sections of `fwctl describe`. Sends nothing. */
export function describe(): readonly DescribedSection[] {
  return [{
    title: "Capability types",
    items: capTypes().map(({ name, number, layout, settable }) => ({
      name,
      detail: `type 0x${number.toString(16)}`,
      use: layout === undefined ? "raw" : settable ? "resource" : "query",
      scope: "configuration",
      effect: settable ? "runtime" : "read",
      reason: layout === undefined
        ? "its fields are not public"
        : settable
        ? "read with QUERY_HCA_CAP, set on other functions with SET_HCA_CAP"
        : "read with QUERY_HCA_CAP; the kernel names no way to set it",
    })),
  }];
}
