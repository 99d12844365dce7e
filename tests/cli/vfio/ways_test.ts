/** Where the kernel has a better way for a field, it is named, as a command that works. */
import { assertEquals } from "@std/assert";
import { kernelWays } from "../../../lib/cli/vfio/plan.ts";
import type { Plan } from "../../../lib/plan/types.ts";
import type { VfLook } from "../../../lib/vfio/look.ts";
import { made } from "../../vfio/made.ts";

const LOOK: VfLook = {
  pci: "0000:3b:00.3",
  pf: "0000:3b:00.0",
  index: 1,
  device: "fwctl0",
  kernelDriver: null,
  driverOverride: null,
  nodes: [],
  noIommu: false,
  leaving: false,
  opened: false,
  holders: [],
  blind: 0,
  state: "free",
};

/** A plan that changes one field of the function, as far as it matters here. */
function plan(type: string, field: string, after: number): Plan {
  return {
    resources: [{
      unit: `function 2 ${type}`,
      address: LOOK.pci,
      changes: [{ field, after }],
    }],
  } as unknown as Plan;
}

const NET = "/sys/bus/pci/devices/0000:3b:00.0/net";
const SWITCHDEV = made({
  [`${NET}/ens1f0np0/phys_port_name`]: "p0\n",
  [`${NET}/ens1f0npf0vf0/phys_port_name`]: "pf0vf0\n",
  [`${NET}/ens1f0npf0vf1/phys_port_name`]: "pf0vf1\n",
});
const LEGACY = made({ [`${NET}/ens1f0np0/phys_port_name`]: "p0\n" });
const MSIX = "/sys/bus/pci/devices/0000:3b:00.3/sriov_vf_msix_count";

Deno.test("in switchdev mode devlink is named with the port of just this function", () => {
  const ways = kernelWays(SWITCHDEV, [LOOK], plan("GENERAL", "roce", 0));
  assertEquals(ways.length, 1);
  assertEquals(
    ways[0]?.endsWith("devlink port function set ens1f0npf0vf1 roce disable"),
    true,
  );
  assertEquals(
    kernelWays(SWITCHDEV, [LOOK], plan("GENERAL_2", "max_num_eqs_24b", 9))[0]
      ?.endsWith("max_io_eqs 9"),
    true,
  );
});

Deno.test("in legacy mode there is no devlink port, and nothing is named", () => {
  assertEquals(kernelWays(LEGACY, [LOOK], plan("GENERAL", "roce", 0)), []);
});

Deno.test("sysfs is named for vectors, and only where the kernel would take it", () => {
  const host = made({ [MSIX]: "" });
  const wish = plan("GENERAL", "dynamic_msix_table_size", 12);
  assertEquals(
    kernelWays(host, [LOOK], wish)[0]?.endsWith(`echo 12 > ${MSIX}`),
    true,
  );
  assertEquals(kernelWays(LEGACY, [LOOK], wish), []);
  const bound = { ...LOOK, kernelDriver: "vfio-pci" };
  assertEquals(kernelWays(host, [bound], wish), []);
});

Deno.test("a field that only fwctl can set names no other way", () => {
  assertEquals(
    kernelWays(SWITCHDEV, [LOOK], plan("GENERAL", "log_max_qp", 9)),
    [],
  );
});
