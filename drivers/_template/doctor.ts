/**
 * Why a device of this driver may not work: drivers/fwctl/Kconfig and the PCI
 * id table of the vendor's own kernel driver tell most of it.
 *
 * @module
 */
import type { DriverDoctor } from "../driver.ts";

/** What `fwctl doctor` goes by. */
export const doctor: DriverDoctor = {
  module: "example_fwctl",
  config: "CONFIG_FWCTL_EXAMPLE",
  since: "6.15",
  claims: (id) => id === "1234:0001",
  absent: "its kernel driver makes a fwctl device of every function it has",
};
