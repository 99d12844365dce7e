/**
 * Why a NetXtreme may not work.
 *
 * Linux 7.2 has bnxt_fwctl. Whether 7.0 or 7.1 had it first was not looked at.
 *
 * @module
 */
import type { DriverDoctor } from "../driver.ts";
import { isNetXtreme } from "./identity.ts";

/** What `fwctl doctor` goes by. */
export const doctor: DriverDoctor = {
  module: "bnxt_fwctl",
  config: "CONFIG_FWCTL_BNXT",
  since: "7.2",
  sinceUnsure: true,
  claims: isNetXtreme,
  absent:
    "bnxt_en makes the auxiliary device that fwctl sits on; a kernel driver that is older has none",
};
