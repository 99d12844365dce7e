/**
 * Why a CXL memory device may have no fwctl device.
 *
 * Source: drivers/cxl/core/features.c; the class code of a CXL memory device
 * (05 02, interface 10) is the CXL specification's.
 *
 * @module
 */
import type { DriverDoctor } from "../driver.ts";

/** Class code of a CXL memory device. */
const CXL_MEMORY = 0x050210;

/** What `fwctl doctor` goes by. */
export const doctor: DriverDoctor = {
  module: "cxl_core",
  config: "CONFIG_CXL_FEATURES",
  since: "6.15",
  functionDrivers: ["cxl_pci"],
  claims: (_id, classCode) => classCode === CXL_MEMORY,
  absent:
    "cxl_core makes one only for a memory device with at least one feature that the kernel does not keep to itself",
};
