/**
 * What a device has: every command the kernel lets through. Whether this very
 * firmware knows it shows only when it is sent.
 *
 * @module
 */
import type { DescribedItem, DescribedSection } from "../driver.ts";
import { STRONGEST } from "./effects.ts";
import { fieldNames } from "./fields.ts";
import { newRequest } from "./protocol.ts";
import { classify } from "./scope.ts";
import { allowList } from "./tables/allow_list.ts";
import { outputOf } from "./tables/hwrm.ts";

/** The sections of `fwctl describe`. Sends nothing. */
export function describe(): readonly DescribedSection[] {
  const items = [...allowList().values()].map(({ name }) => item(name));
  return [
    {
      title: "Commands that read",
      items: items.filter(({ effect }) => effect === "read"),
    },
    {
      title: "Commands that change something",
      items: items.filter(({ effect }) => effect !== "read"),
    },
  ];
}

function item(name: string): DescribedItem {
  const { scope, scopeReason, effect, effectReason } = classify(
    newRequest(name, STRONGEST[name]),
  );
  const fields = fieldNames(name);
  const decoded = fields !== undefined && outputOf(name) !== undefined;
  return {
    name,
    detail: !decoded
      ? "no public layout: hex digits in and out"
      : fields.length === 0
      ? "no fields"
      : `fields ${fields.join(", ")}`,
    use: effect === "read" ? "query" : "action",
    scope,
    effect,
    reason: effect === "read" ? scopeReason : `${scopeReason}; ${effectReason}`,
  };
}
