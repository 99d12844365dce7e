/**
 * Why a Pensando card may not work.
 *
 * Sources: drivers/fwctl/Kconfig; the id table of pds_core (1dd8:100c); the
 * fwctl pull request for Linux 6.15, which has mlx5, CXL and pds.
 *
 * @module
 */
import type { DriverDoctor } from "../driver.ts";

/** What `fwctl doctor` goes by. */
export const doctor: DriverDoctor = {
  module: "pds_fwctl",
  config: "CONFIG_FWCTL_PDS",
  since: "6.15",
  claims: (id) => id === "1dd8:100c",
  absent:
    "pds_core makes the auxiliary device that fwctl sits on only when the card's firmware says that it has the service",
};
