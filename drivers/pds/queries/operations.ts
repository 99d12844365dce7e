/**
 * Query `operations`: what the endpoint maps name, with scope, effect and
 * fields. Sends nothing.
 *
 * @module
 */
import type { PlainData } from "../../../lib/plain.ts";
import type { QueryType } from "../../driver.ts";
import { hex, type Operation } from "../definition.ts";
import { mapOf } from "../knowledge.ts";
import { describeField, type PayloadLayout } from "../payload.ts";
import { checkArguments, textOr } from "./arguments.ts";

const ARGS = ["endpoint"];

/** The query. Argument: `endpoint`, a name or number; all without. */
export const operationsQuery: QueryType = {
  name: "operations",
  summary: "Operations that the endpoint maps name, with scope and fields",
  scope: "configuration",
  arguments: {
    endpoint: { type: "text", help: "Of one endpoint, by name or number" },
  },
  run({ know }, args): PlainData {
    checkArguments("operations", args, ARGS);
    const map = mapOf(know);
    const wanted = textOr(args, "endpoint");
    const endpoints = wanted === undefined
      ? map.endpoints
      : [map.findEndpoint(wanted)];
    return {
      operations: endpoints.flatMap(({ id, name, operations }) =>
        operations.map((operation) => ({
          endpoint: hex(id),
          operation: hex(operation.command),
          version: operation.version,
          name: `${name}.${operation.name}`,
          scope: operation.scope,
          effect: operation.effect,
          takes: takes(operation),
          answers: names(operation.response),
          help: operation.help,
        }))
      ),
      ...(endpoints.length > 0
        ? {}
        : { note: "no endpoint map was given: see --definitions" }),
    };
  },
};

function takes({ request }: Operation): string {
  return request?.fields.map(describeField).join("; ") ?? "";
}

function names(layout: PayloadLayout | undefined): string {
  if (layout?.size === 0) return "nothing";
  return layout?.fields.map(({ name, unit }) =>
    unit === "" ? name : `${name} (${unit})`
  ).join(", ") ?? "not known";
}
