/**
 * VER_GET: chip, versions and limits.
 *
 * Assumption: the firmware's parts all have one version, and what it says it
 * can do; the shape is that of hsi.h.
 *
 * @module
 */
import { type Answer, type Command, text } from "./command.ts";
import type { Card } from "./card.ts";
import { flags } from "./layouts.ts";

/** HWRM interface that the firmware speaks: 1.10.3.151. */
const INTERFACE = [1, 10, 3, 151] as const;
/** Milliseconds that the firmware asks for one command. */
const DEF_TIMEOUT = 500;
/** Longest that a command may take, in ms. */
const MAX_TIMEOUT = 60_000;

/** VER_GET. */
export function version(
  _command: Command,
  { options, functions }: Card,
): Answer {
  const [major, minor, build, patch] = options.version;
  const [rev, metal] = options.chip.revision;
  const [ifMajor, ifMinor, ifBuild, ifPatch] = INTERFACE;
  return {
    hwrm_intf_maj_8b: ifMajor,
    hwrm_intf_min_8b: ifMinor,
    hwrm_intf_upd_8b: ifBuild,
    hwrm_intf_rsvd_8b: ifPatch,
    ...versionOf8("hwrm", options.version),
    ...versionOf8("mgmt", options.version),
    ...versionOf8("roce", options.version),
    dev_caps_cfg: flags("VER_GET", "dev_caps_cfg", [
      "SECURE_FW_UPD_SUPPORTED",
      "SHORT_CMD_SUPPORTED",
      "SHORT_CMD_REQUIRED",
      "FLOW_HANDLE_64BIT_SUPPORTED",
      "TRUSTED_VF_SUPPORTED",
      "SECURE_BOOT_CAPABLE",
      ...(functions.length > 1 ? [] : ["FW_DCBX_AGENT_SUPPORTED"]),
    ]),
    hwrm_fw_name: text("HWRM", 16),
    mgmt_fw_name: text("MGMT", 16),
    active_pkg_name: text(options.packageVersion, 16),
    roce_fw_name: text("ROCE", 16),
    chip_num: options.chip.chipNum,
    chip_rev: rev,
    chip_metal: metal,
    chip_platform_type: 0, // ASIC
    max_req_win_len: 128,
    max_resp_len: 704,
    def_req_timeout: DEF_TIMEOUT,
    flags: flags("VER_GET", "flags", ["EXT_VER_AVAIL"]),
    always_1: 1,
    hwrm_intf_major: ifMajor,
    hwrm_intf_minor: ifMinor,
    hwrm_intf_build: ifBuild,
    hwrm_intf_patch: ifPatch,
    hwrm_fw_major: major,
    hwrm_fw_minor: minor,
    hwrm_fw_build: build,
    hwrm_fw_patch: patch,
    mgmt_fw_major: major,
    mgmt_fw_minor: minor,
    mgmt_fw_build: build,
    mgmt_fw_patch: patch,
    roce_fw_major: major,
    roce_fw_minor: minor,
    roce_fw_build: build,
    roce_fw_patch: patch,
    max_ext_req_len: 256,
    max_req_timeout: MAX_TIMEOUT,
  };
}

function versionOf8(
  part: string,
  [major, minor, build, patch]: readonly [number, number, number, number],
): Record<string, number> {
  return {
    [`${part}_fw_maj_8b`]: major,
    [`${part}_fw_min_8b`]: minor,
    [`${part}_fw_bld_8b`]: build,
    [`${part}_fw_rsvd_8b`]: patch,
  };
}
