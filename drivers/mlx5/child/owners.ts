/**
 * Fields of a virtual function that the kernel sets too, and keeps a copy of:
 * where its way is open it is the better one, because what is set behind its
 * back is not what it shows and goes when it sets its own copy again.
 *
 * Source: eswitch_offloads.c (devlink port function attributes) and
 * drivers/pci/iov.c with pci_irq.c of mlx5_core (sriov_vf_msix_count).
 *
 * @module
 */

/** The kernel's way to set a field. */
export type KernelOwner =
  | {
    readonly by: "devlink";
    /** Attribute of `devlink port function set`. */
    readonly attribute: string;
    /** Its values for 0 and 1; absent where it takes the number. */
    readonly words?: readonly [string, string];
  }
  | {
    readonly by: "sysfs";
    /** The file in the VF's folder; the kernel refuses it while any driver is bound. */
    readonly file: string;
  };

const SWITCH = ["disable", "enable"] as const;
const DEVLINK = (attribute: string, words?: readonly [string, string]) => ({
  by: "devlink" as const,
  attribute,
  ...(words ? { words } : {}),
});

const OWNERS: Readonly<Record<string, KernelOwner>> = {
  "GENERAL.roce": DEVLINK("roce", SWITCH),
  "GENERAL.ipsec_offload": DEVLINK("ipsec_crypto", SWITCH),
  "GENERAL.dynamic_msix_table_size": {
    by: "sysfs",
    file: "sriov_vf_msix_count",
  },
  "GENERAL_2.migratable": DEVLINK("migratable", SWITCH),
  // The kernel adds its own control queues to what it is given.
  "GENERAL_2.max_num_eqs_24b": DEVLINK("max_io_eqs"),
};

/** The kernel's way to set a field, or undefined where there is none. */
export function kernelOwner(
  capType: string,
  field: string,
): KernelOwner | undefined {
  const key = `${capType}.${field}`;
  return Object.hasOwn(OWNERS, key) ? OWNERS[key] : undefined;
}
