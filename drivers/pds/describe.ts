/**
 * What a card has: the endpoints and operations that maps name.
 *
 * @module
 */
import type { DescribedSection, DeviceContext } from "../driver.ts";
import { hex, type Operation } from "./definition.ts";
import { mapOf, opcodeOf } from "./knowledge.ts";

/** The sections of `fwctl describe`. Sends nothing. */
export function describe(
  { know }: Pick<DeviceContext, "know">,
): readonly DescribedSection[] {
  const { endpoints } = mapOf(know);
  if (endpoints.length === 0) {
    return [{
      title: "Operations",
      items: [{
        name: "not known",
        detail: "no endpoint map was given",
        use: "raw",
        scope: null,
        effect: null,
        reason:
          "the firmware lists its operations to the kernel only: give a map with --definitions, or ask with the query probe",
      }],
    }];
  }
  return endpoints.map(({ id, name, operations, settings }) => ({
    title: `Endpoint ${name} (${hex(id)})`,
    items: [
      ...settings.map(({ name: setting, get, set }) => ({
        name: `${name}.${setting}`,
        detail: `setting, ${sizeOf(set.request?.size ?? 0)}`,
        use: "resource" as const,
        scope: set.scope,
        effect: set.effect,
        reason: `read with ${get.name}, written with ${set.name}`,
      })),
      ...operations.map((operation) => ({
        name: `${name}.${operation.name}`,
        detail: detailOf(operation),
        use: "action" as const,
        scope: operation.scope,
        effect: operation.effect,
        reason: operation.help === ""
          ? "the endpoint map names it"
          : operation.help,
      })),
    ],
  }));
}

function detailOf(operation: Operation): string {
  const { request, response } = operation;
  return [
    `operation ${hex(opcodeOf(operation))}`,
    `takes ${sizeOf(request?.size ?? 0)}`,
    response ? `answers ${sizeOf(response.size)}` : "answer not known",
  ].join(", ");
}

function sizeOf(bytes: number): string {
  if (bytes === 0) return "nothing";
  return bytes === 1 ? "1 byte" : `${bytes} bytes`;
}
