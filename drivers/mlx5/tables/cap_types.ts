/**
 * HCA capability types: what QUERY_HCA_CAP and SET_HCA_CAP carry in the upper
 * bits of op_mod (enum mlx5_cap_type in include/linux/mlx5/device.h), and which
 * structure of mlx5_ifc.h describes each.
 *
 * @module
 */
import { UsageError } from "../../../lib/errors.ts";
import { didYouMean } from "../../../lib/suggest.ts";

/** One capability type. */
export interface CapType {
  /** In op_mod, above bit 0. */
  readonly number: number;
  /** The kernel's name without `MLX5_CAP_`. */
  readonly name: string;
  /** The structure, as `layout()` takes it; undefined where the header has none. */
  readonly layout: string | undefined;
  /**
   * Whether mlx5_ifc.h names a SET_HCA_CAP operation for it
   * (`MLX5_SET_HCA_CAP_OP_MOD_*`). Firmware may still refuse fields of it.
   */
  readonly settable: boolean;
}

/** Number, name, structure, settable; by rising number. */
const ROWS: readonly (readonly [number, string, string?, boolean?])[] = [
  [0x0, "GENERAL", "cmd_hca_cap", true],
  [0x1, "ETHERNET_OFFLOADS", "per_protocol_networking_offload_caps", true],
  [0x2, "ODP", "odp_cap", true],
  [0x3, "ATOMIC", "atomic_caps", true],
  [0x4, "ROCE", "roce_cap", true],
  [0x5, "IPOIB_OFFLOADS", "per_protocol_networking_offload_caps"],
  [0x6, "IPOIB_ENHANCED_OFFLOADS", "per_protocol_networking_offload_caps"],
  [0x7, "FLOW_TABLE", "flow_table_nic_cap"],
  [0x8, "ESWITCH_FLOW_TABLE", "flow_table_eswitch_cap"],
  [0x9, "ESWITCH", "e_switch_cap"],
  [0xc, "QOS", "qos_cap"],
  [0xd, "DEBUG", "debug_cap"],
  [0xe, "RESERVED_14"],
  [0xf, "DEV_MEM", "device_mem_cap"],
  [0x10, "RESERVED_16"],
  [0x11, "TLS", "tls_cap"],
  [0x13, "VDPA_EMULATION", "virtio_emulation_cap"],
  [0x14, "DEV_EVENT", "device_event_cap"],
  [0x15, "IPSEC", "ipsec_cap", true],
  [0x1a, "CRYPTO", "crypto_cap"],
  [0x1d, "SHAMPO", "shampo_cap"],
  [0x1e, "PSP", "psp_cap"],
  [0x1f, "MACSEC", "macsec_cap"],
  [0x20, "GENERAL_2", "cmd_hca_cap_2", true],
  [0x25, "PORT_SELECTION", "port_selection_cap", true],
  [0x26, "ADV_VIRTUALIZATION", "adv_virtualization_cap"],
  [0x28, "ADV_RDMA", "adv_rdma_cap"],
  [0x2a, "TLP_EMULATION", "tlp_dev_emu_capabilities"],
];

let all: readonly CapType[] | undefined;
let byNumber: ReadonlyMap<number, CapType> | undefined;

/** All capability types by rising number. */
export function capTypes(): readonly CapType[] {
  return all ??= ROWS.map(([number, name, layout, settable = false]) => ({
    number,
    name,
    layout,
    settable,
  }));
}

/** The type with this number, or undefined. */
export function capTypeByNumber(number: number): CapType | undefined {
  byNumber ??= new Map(capTypes().map((type) => [type.number, type]));
  return byNumber.get(number);
}

/**
 * The type with this name, in any case, with or without `MLX5_CAP_`.
 *
 * @throws `UsageError` with the nearest names when there is none
 */
export function capTypeByName(name: string): CapType {
  const wanted = name.toUpperCase().replaceAll("-", "_")
    .replace(/^MLX5_CAP_/, "");
  const found = capTypes().find((type) => type.name === wanted);
  if (found !== undefined) return found;
  throw new UsageError(`There is no HCA capability type "${name}"`, {
    hint: didYouMean(wanted, capTypes().map((type) => type.name)) ??
      `The types are ${capTypes().map((type) => type.name).join(", ")}`,
  });
}
