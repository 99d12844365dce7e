/**
 * What a pds request needs and does: by the endpoint map, as the firmware tells
 * only the kernel which scope an operation has.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import { SCOPES } from "../../lib/uapi/fwctl.ts";
import type { Know, KnownRequest, RequestLabel } from "../driver.ts";
import { hex } from "./definition.ts";
import { type Found, mapOf } from "./knowledge.ts";
import {
  endpointOf,
  HEADER_BYTES,
  isProbe,
  operationOf,
  probeScope,
} from "./protocol.ts";

/** Labels a request by its bytes and the map; any bytes are fine. */
export function classify(request: Bytes, know?: Know): RequestLabel {
  if (request.length < HEADER_BYTES) {
    return {
      name: `request of ${request.length} bytes`,
      detail: "",
      allowed: false,
      scope: "debug-write-full",
      scopeReason: `it is shorter than the ${HEADER_BYTES}-byte header`,
      effect: "destructive",
      effectReason: "",
    };
  }
  const endpoint = endpointOf(request);
  const op = operationOf(request);
  const found = mapOf(know).operation(endpoint, op);
  const named = names(endpoint, op, found);
  if (isProbe(request)) return { ...named, ...probe(request, named.detail) };
  if (!found) {
    return {
      ...named,
      allowed: true,
      scope: "debug-write-full",
      scopeReason: "its scope is not known: give an endpoint map or probe it",
      effect: "destructive",
      effectReason: "what it does is not known",
      groups: ["vendor", "unknown"],
    };
  }
  const { operation } = found;
  return {
    ...named,
    allowed: true,
    scope: operation.scope,
    scopeReason: "the endpoint map says so",
    effect: operation.effect,
    effectReason: !operation.effectGiven
      ? `the endpoint map does not say what it does; taken from scope ${operation.scope}`
      : operation.help === ""
      ? "the endpoint map says so"
      : `the endpoint map: ${operation.help}`,
    groups: [...new Set(["vendor", ...operation.groups])],
  };
}

function names(
  endpoint: number,
  op: number,
  found: Found | undefined,
): { name: string; detail: string } {
  const where = `endpoint ${hex(endpoint)}`;
  // The operation with its version, as it stands in the message.
  const what = `operation ${hex(op)}`;
  return found
    ? {
      name: `${found.endpoint.name}.${found.operation.name}`,
      detail: `${where} ${what}`,
    }
    : { name: `${where} ${what}`, detail: "" };
}

/** A probe is sent at the scope it is to find out about. */
function probe(request: Bytes, detail: string): Omit<RequestLabel, "name"> {
  const scope = SCOPES[probeScope(request)];
  return {
    detail: detail === "" ? "probe" : `${detail}, probe`,
    allowed: scope !== undefined,
    scope: scope ?? "debug-write-full",
    scopeReason: scope === undefined
      ? "in.rsvd of a probe is the scope to ask at, 0 to 3"
      : "the probe asks at this scope",
    effect: "read",
    effectReason:
      "the kernel checks it and cannot read its payload, so that nothing reaches the firmware",
  };
}

/**
 * None: each firmware package has operations of its own, and the numbers of the
 * admin queue commands the kernel wraps them in cannot be sent.
 */
export function requests(): readonly KnownRequest[] {
  return [];
}
