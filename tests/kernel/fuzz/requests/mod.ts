/**
 * The requests of all kinds of devices.
 *
 * @module
 */
import type { Type } from "../case.ts";
import { bnxtRequests } from "./bnxt.ts";
import { cxlRequests } from "./cxl.ts";
import { mlx5Requests } from "./mlx5.ts";
import { pdsRequests } from "./pds.ts";
import type { RequestKind } from "./request.ts";

/** By kind. */
export const REQUESTS: Readonly<Record<Type, RequestKind>> = {
  mlx5: mlx5Requests,
  pds: pdsRequests,
  bnxt: bnxtRequests,
  cxl: cxlRequests,
};
