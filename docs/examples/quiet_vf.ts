/**
 * A recipe: virtual functions without RoCE and with few queue pairs. It imports
 * types only, and runs without any right.
 *
 * @module
 */
import type { Declaration, Recipe } from "../../mod.ts";

export default {
  name: "quiet_vf",
  description: "A virtual function without RoCE and with few queue pairs",
  params: {
    vf: { type: "pci-list", required: true, help: "Virtual functions" },
  },
  desired: ({ params, resource }): Declaration[] =>
    (params.vf as string[]).map((vf) =>
      resource("mlx5.hca_cap", { vf, set: { roce: 0, log_max_qp: 12 } })
    ),
} satisfies Recipe;
