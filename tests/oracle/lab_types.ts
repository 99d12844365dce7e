/**
 * The kinds of devices that have a kernel side: one line each.
 *
 * @module
 */
import type { LabType } from "./lab.ts";
import { bnxtLab } from "./lab_bnxt.ts";
import { cxlLab } from "./lab_cxl.ts";
import { mlx5Lab } from "./lab_mlx5.ts";
import { pdsLab } from "./lab_pds.ts";

/** By name. */
export const LAB_TYPES: Readonly<Record<string, LabType>> = {
  mlx5: mlx5Lab,
  pds: pdsLab,
  bnxt: bnxtLab,
  cxl: cxlLab,
};
