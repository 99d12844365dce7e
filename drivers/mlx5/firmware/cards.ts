/**
 * The cards the modelled firmware can be, with the values of their capabilities.
 *
 * Assumption: every number here is plausible for such a card with one Ethernet
 * port, put together from public output of tools and drivers; none was read
 * from hardware for this purpose.
 *
 * @module
 */
import type { FieldInputs } from "../../../lib/bits/mod.ts";

/** Kinds of cards. */
export const CARD_TYPES = ["connectx-6-dx", "connectx-7"] as const;

/** What a card is. */
export interface Card {
  /** The product's name. */
  readonly product: string;
  /** PCI device id of the PF and, in recovery mode, of the board. */
  readonly deviceId: number;
  /** Its id in recovery mode (MGIR hw_dev_id). */
  readonly recoveryId: number;
  /** Board id. */
  readonly psid: string;
  /** Serial number part of its VUIDs. */
  readonly serial: string;
  /** Firmware version when the scenario names none. */
  readonly firmwareVersion: string;
  /** Capabilities of the PF by type number, as MAX has them. */
  readonly caps: Readonly<Record<number, FieldInputs>>;
  /** What a VF has different from the PF. */
  readonly vfCaps: Readonly<Record<number, FieldInputs>>;
  /** What the PF's CUR has different from its MAX. */
  readonly currentCaps: Readonly<Record<number, FieldInputs>>;
}

/** Names of capability types used here: enum mlx5_cap_type. */
export const CAP = {
  GENERAL: 0x00,
  ETHERNET_OFFLOADS: 0x01,
  ODP: 0x02,
  ATOMIC: 0x03,
  ROCE: 0x04,
  FLOW_TABLE: 0x07,
  ESWITCH_FLOW_TABLE: 0x08,
  ESWITCH: 0x09,
  QOS: 0x0c,
  DEBUG: 0x0d,
  TLS: 0x11,
  DEV_EVENT: 0x14,
  IPSEC: 0x15,
  CRYPTO: 0x1a,
  GENERAL_2: 0x20,
  PORT_SELECTION: 0x25,
  ADV_VIRTUALIZATION: 0x26,
} as const;

/** The layout of each type this firmware has. */
export const CAP_LAYOUTS: Readonly<Record<number, string>> = {
  [CAP.GENERAL]: "cmd_hca_cap",
  [CAP.ETHERNET_OFFLOADS]: "per_protocol_networking_offload_caps",
  [CAP.ODP]: "odp_cap",
  [CAP.ATOMIC]: "atomic_caps",
  [CAP.ROCE]: "roce_cap",
  [CAP.FLOW_TABLE]: "flow_table_nic_cap",
  [CAP.ESWITCH_FLOW_TABLE]: "flow_table_eswitch_cap",
  [CAP.ESWITCH]: "e_switch_cap",
  [CAP.QOS]: "qos_cap",
  [CAP.DEBUG]: "debug_cap",
  [CAP.TLS]: "tls_cap",
  [CAP.DEV_EVENT]: "device_event_cap",
  [CAP.IPSEC]: "ipsec_cap",
  [CAP.CRYPTO]: "crypto_cap",
  [CAP.GENERAL_2]: "cmd_hca_cap_2",
  [CAP.PORT_SELECTION]: "port_selection_cap",
  [CAP.ADV_VIRTUALIZATION]: "adv_virtualization_cap",
};
