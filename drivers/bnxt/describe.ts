/**
 * What a device has: every command the kernel lets through. Whether this very
 * firmware knows it shows only when it is sent.
 *
 * @module
 */
import type {
  DescribedItem,
  DescribedSection,
  DeviceContext,
  Know,
} from "../driver.ts";
import { STRONGEST } from "./effects.ts";
import { fieldNames } from "./fields.ts";
import { newRequest, reqTypeOf } from "./protocol.ts";
import { classify } from "./scope.ts";
import { allowList } from "./tables/allow_list.ts";
import { buffersOf } from "./tables/buffers.ts";
import { outputOf } from "./tables/hwrm.ts";

/** The sections of `fwctl describe`. Sends nothing. */
export function describe({ know }: DeviceContext): readonly DescribedSection[] {
  const items = [...allowList().values()].map(({ name }) => item(name, know));
  const old = items.filter(({ use }) => use === "none");
  return [
    {
      title: "Commands that read",
      items: items.filter(({ use }) => use === "query"),
    },
    {
      title: "Commands that change something",
      items: items.filter(({ use }) => use === "action"),
    },
    ...(old.length === 0
      ? []
      : [{ title: "Commands of Linux 7.3 and later", items: old }]),
  ];
}

function item(name: string, know: Know): DescribedItem {
  const request = newRequest(name, STRONGEST[name]);
  const { scope, scopeReason, effect, effectReason, allowed } = classify(
    request,
    know,
  );
  if (!allowed) {
    return {
      name,
      detail: "",
      use: "none",
      scope: null,
      effect: null,
      reason: scopeReason,
    };
  }
  return {
    name,
    detail: [...fieldsOf(name), ...buffersIn(request)].join("; "),
    use: effect === "read" ? "query" : "action",
    scope,
    effect,
    reason: effect === "read" ? scopeReason : `${scopeReason}; ${effectReason}`,
  };
}

function fieldsOf(name: string): string[] {
  const fields = fieldNames(name);
  return fields === undefined || outputOf(name) === undefined
    ? ["no public layout: hex digits in and out"]
    : fields.length === 0
    ? ["no fields"]
    : [`fields ${fields.join(", ")}`];
}

function buffersIn(request: Uint8Array): string[] {
  const { buffers = [] } = buffersOf(reqTypeOf(request)) ?? {};
  const reads = buffers.some((each) => each.reads);
  const fills = buffers.some((each) => !each.reads);
  return [
    ...(reads ? ["reads a payload"] : []),
    ...(fills ? ["fills a buffer"] : []),
  ];
}
