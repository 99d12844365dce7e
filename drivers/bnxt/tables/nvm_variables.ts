/**
 * Options of the configuration in NVM whose numbers are public.
 *
 * `data_len` of NVM_GET_VARIABLE and NVM_SET_VARIABLE counts bits to the
 * firmware, and bytes to Linux 7.3's bnxt_fwctl, which takes it for the length of
 * the buffer: for an option of 10 bits the kernel wants a buffer of 10 bytes, of
 * which the firmware uses two. Source: NVM_OFF_* and nvm_params in
 * drivers/net/ethernet/broadcom/bnxt/bnxt_devlink.[ch], which sends the same
 * requests below the kernel (Linux 7.3); drivers/fwctl/bnxt/main.c.
 *
 * @module
 */

/** Bits that one of an option's `data_len` counts, to the firmware. */
export const OPTION_BITS = 1;

/** One option. */
export interface NvmVariable {
  /** The kernel's name without NVM_OFF_. */
  readonly name: string;
  /** `option_num`. */
  readonly option: number;
  /** Its bits. */
  readonly bits: number;
  /** Which of the card's parts has one of its own; by what `index_0` counts then. */
  readonly of: "card" | "function" | "version part";
  /** What it says. */
  readonly about: string;
}

/** In order of the number. */
export const NVM_VARIABLES: readonly NvmVariable[] = [
  {
    name: "MSIX_VEC_PER_PF_MAX",
    option: 108,
    bits: 10,
    of: "card",
    about: "MSI-X vectors a PF has at most",
  },
  {
    name: "MSIX_VEC_PER_PF_MIN",
    option: 114,
    bits: 7,
    of: "card",
    about: "MSI-X vectors a PF has at least",
  },
  {
    name: "RDMA_CAPABLE",
    option: 161,
    bits: 1,
    of: "card",
    about: "whether the card can do RoCE",
  },
  {
    name: "IGNORE_ARI",
    option: 164,
    bits: 1,
    of: "card",
    about: "whether ARI of PCIe is ignored",
  },
  {
    name: "DIS_GRE_VER_CHECK",
    option: 171,
    bits: 1,
    of: "card",
    about: "whether the version in GRE headers is not checked",
  },
  {
    name: "ENABLE_SRIOV",
    option: 401,
    bits: 1,
    of: "card",
    about: "whether SR-IOV is on",
  },
  {
    name: "SUPPORT_RDMA",
    option: 506,
    bits: 1,
    of: "function",
    about: "whether RoCE is on",
  },
  {
    name: "NVM_CFG_VER",
    option: 602,
    bits: 8,
    of: "version part",
    about: "version of the configuration's format",
  },
];
