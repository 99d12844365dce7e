/**
 * Sends one operation to a Pensando card, once. An endpoint map (`--definitions`)
 * must name the operation, with its scope and its effect.
 *
 * @example Take a port's link down and up again
 * ```sh
 * deno task fwctl apply recipes/pds_operation.ts --definitions my_card.json -p device=fwctl0 -p endpoint=port -p operation=flap -p fields=port=0 --max-scope debug-write --max-effect disruptive --allow-taint
 * ```
 *
 * @module
 */
import type { Declaration, PlainData, Recipe } from "../mod.ts";

export default {
  name: "pds-operation",
  description: "Sends one operation that an endpoint map names to a pds card",
  params: {
    "device": {
      type: "device",
      required: true,
      help: "The card",
    },
    "endpoint": {
      type: "string",
      required: true,
      help: "Endpoint by name or number",
    },
    "operation": {
      type: "string",
      required: true,
      help: "Operation by name or number",
    },
    "version": {
      type: "integer",
      min: 0,
      max: 255,
      help: "Version of the operation; the newest the map names unless given",
    },
    "fields": {
      type: "fields",
      help: "Fields of the request and their values, such as port=0,down=50",
    },
    "data": {
      type: "string",
      pattern: "(0x)?[0-9a-fA-F]+",
      help: "The whole request payload as hex digits, instead of fields",
    },
    "response-bytes": {
      type: "integer",
      min: 0,
      max: 2097104,
      help: "Room for the response payload; as the map says unless given",
    },
  },
  desired({ params, action }): Declaration[] {
    if (params.fields !== undefined && params.data !== undefined) {
      throw new Error("fields and data cannot both be given");
    }
    const body: Record<string, PlainData> = {
      device: params.device ?? "",
      endpoint: params.endpoint ?? "",
      operation: params.operation ?? "",
    };
    for (const key of ["version", "fields", "data"]) {
      const value = params[key];
      if (value !== undefined) body[key] = value;
    }
    const room = params["response-bytes"];
    if (room !== undefined) body.response_bytes = room;
    return [action("pds.operation", body)];
  },
} satisfies Recipe;

// Not a literal: whoever only reads the recipe must not load the command.
// deno-fmt-ignore
if (import.meta.main) await (await import(new URL("../lib/cli/recipe_main.ts", import.meta.url).href)).recipeMain(import.meta.url);
