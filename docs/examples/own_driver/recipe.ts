/**
 * A recipe for Acme cards.
 *
 * @module
 */
import type { Declaration, Recipe } from "../../../mod.ts";

export default {
  name: "acme_fan",
  description: "Sets the fan of an Acme card",
  params: {
    device: { type: "device", required: true, help: "The card" },
    speed: { type: "integer", required: true, help: "Percent" },
  },
  desired: ({ params, resource }): Declaration[] => [
    resource("acme.setting", {
      device: params.device ?? "",
      setting: "fan_speed",
      value: params.speed ?? 0,
    }),
  ],
} satisfies Recipe;
