/**
 * The kernel modules of a modelled machine, and the configuration its kernel
 * was built with: those of Debian's kernel that have to do with fwctl.
 *
 * @module
 */
import type { Machine } from "./machine.ts";
import { dir, type DirNode, line } from "./sysfs_tree.ts";

/** A module: where its file is, what it needs. */
interface ModuleFile {
  readonly name: string;
  readonly file: string;
  readonly needs: readonly string[];
}

const FILES: readonly ModuleFile[] = [
  { name: "fwctl", file: "drivers/fwctl/fwctl", needs: [] },
  driver("mlx5", "mlx5_core", "drivers/net/ethernet/mellanox/mlx5/core"),
  driver("pds", "pds_core", "drivers/net/ethernet/amd/pds_core"),
  driver("bnxt", "bnxt_en", "drivers/net/ethernet/broadcom/bnxt"),
].flat().concat([
  { name: "cxl_core", file: "drivers/cxl/core/cxl_core", needs: ["fwctl"] },
  { name: "cxl_pci", file: "drivers/cxl/cxl_pci", needs: ["cxl_core"] },
  { name: "cxl_mem", file: "drivers/cxl/cxl_mem", needs: ["cxl_core"] },
]);

const CONFIG = [
  "CONFIG_FWCTL=m",
  "CONFIG_FWCTL_MLX5=m",
  "CONFIG_FWCTL_PDS=m",
  "CONFIG_FWCTL_BNXT=m",
  "CONFIG_CXL_BUS=m",
  "CONFIG_CXL_FEATURES=y",
];

/** A vendor's own module and the fwctl module above it. */
function driver(name: string, base: string, folder: string): ModuleFile[] {
  return [
    { name: base, file: `${folder}/${base}`, needs: [] },
    {
      name: `${name}_fwctl`,
      file: `drivers/fwctl/${name}/${name}_fwctl`,
      needs: ["fwctl", base],
    },
  ];
}

function path({ file }: ModuleFile): string {
  return `kernel/${file}.ko`;
}

/** /lib/modules: what modprobe goes by. */
export function modulesDir({ host }: Machine): DirNode {
  const file = (name: string): string => {
    const found = FILES.find((each) => each.name === name);
    return found ? path(found) : "";
  };
  const text = FILES.map((each) =>
    `${path(each)}:${each.needs.map((name) => ` ${file(name)}`).join("")}`
  );
  return dir({
    [host.kernel]: dir({
      "modules.dep": line(text.join("\n")),
      "modules.builtin": line("kernel/fs/exportfs/exportfs.ko"),
    }),
  });
}

/** /boot: the kernel's configuration. */
export function bootDir({ host }: Machine): DirNode {
  return dir({ [`config-${host.kernel}`]: line(CONFIG.join("\n")) });
}

/** /proc/modules: the modules that the machine's devices need. */
export function modulesText({ devices }: Machine): string {
  const loaded = new Set<string>();
  for (const { driver, kernelDriver } of devices) {
    if (kernelDriver !== "") loaded.add(kernelDriver);
    const own = driver === "cxl"
      ? ["cxl_core", "cxl_pci"]
      : [`${driver}_fwctl`];
    for (const name of own) loaded.add(name);
  }
  if (loaded.size > 0) loaded.add("fwctl");
  return [...loaded].map((name) => {
    const users = FILES.filter(({ name: user, needs }) =>
      loaded.has(user) && needs.includes(name)
    ).map(({ name }) => `${name},`);
    return `${name} 49152 ${users.length} ${
      users.join("") || "-"
    } Live 0x0000000000000000`;
  }).join("\n");
}
