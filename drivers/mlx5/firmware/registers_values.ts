/**
 * What registers with a public structure read that nobody wrote.
 *
 * Assumption: all values; DTOR's are those the vendor's mlx5ctl shows of a real
 * card.
 *
 * @module
 */
import {
  encode,
  encodeInto,
  type FieldInputs,
  fieldOf,
  readBigBits,
  readBits,
} from "../../../lib/bits/mod.ts";
import { type Bytes, fromHex } from "../../../lib/bytes.ts";
import { layout } from "../tables/ifc.ts";
import { registerLayouts } from "../tables/register_layouts.ts";

/** What decides them. */
export interface ValueContext {
  /** The index fields of the request. */
  index(name: string): number;
  /** Grows with every command. */
  readonly tick: number;
  /** The card's first MAC address, 48 bits. */
  readonly mac: number;
  /** Firmware version. */
  readonly version: readonly [number, number, number];
}

/** DTOR of a ConnectX-6 Dx, 60 bytes as published. */
const DTOR = "0000000020000002000000000000000000000000200000022000003c" +
  "2000003c20000002200000022000000a200000052000000520000078" +
  "00000000";

const second = (multiplier: number, value: number): FieldInputs => ({
  to_multiplier: multiplier,
  to_value: value,
});

const VALUES: Readonly<Record<number, (of: ValueContext) => FieldInputs>> = {
  0x4002: () => ({ trust_state: 1 }),
  0x4005: () => ({
    tc_configuration: Array.from({ length: 8 }, (_, group) => ({
      group,
      bw_allocation: 100,
    })),
  }),
  0x4013: () => ({
    dscp: Array.from({ length: 64 }, (_, dscp) => ({ prio: dscp >> 3 })),
  }),
  0x400a: (of) => ({ tclass: of.index("prio") }),
  0x4019: () => ({
    qos_access_reg_cap_mask: { reg_cap: { qpdpm: 1, qpts: 1, qcap: 1 } },
  }),
  0x4020: () => ({
    dcbx_cee_cap: 1,
    dcbx_ieee_cap: 1,
    max_application_table_size: 16,
    version_admin: 1,
    version_oper: 1,
    num_of_tc_admin: 8,
    num_of_tc_oper: 8,
  }),
  0x5002: () => ({
    width: 4,
    lane0_module_mapping: 0x0000_0000,
    lane1_module_mapping: 0x0101_0000,
    lane2_module_mapping: 0x0202_0000,
    lane3_module_mapping: 0x0303_0000,
  }),
  0x5003: () => ({ max_mtu: 10240, admin_mtu: 1522, oper_mtu: 1522 }),
  0x5005: (of) => ({
    single_mac: 1,
    mac_47_32: Math.floor(of.mac / 2 ** 32),
    mac_31_0: of.mac % 2 ** 32,
  }),
  0x5007: () => ({ pptx: 1, pprx: 1, prio_mask_tx: 0, prio_mask_rx: 0 }),
  0x5008: counters,
  0x5009: () => ({ admin_status: 1, oper_status: 1 }),
  0x500b: () => ({ prio_x_buff: 0x7654_3210, pm: 0xff }),
  0x500c: () => ({
    port_buffer_size: 4096,
    xoff_timer_value: 0xffff,
    buffer: Array.from({ length: 10 }, (_, i) => ({
      size: i === 0 ? 3072 : 0,
      lossy: i === 0 ? 1 : 0,
    })),
  }),
  0x500f: () => ({ vl_hw_cap: 4, vl_admin: 4, vl_operational: 4 }),
  0x5010: () => ({ module_status: 1 }),
  0x5018: () => ({ lb_cap: 3 }),
  0x5023: () => ({ fec_mode_active: 2, fec_override_cap_100g: 5 }),
  0x503e: () => ({ num_of_bins: 16 }),
  0x5041: () => ({ fcs_cap: 1, fcs_chk: 1, rx_ts_over_crc_cap: 1 }),
  0x507f: () => ({
    port_access_reg_cap_mask: {
      regs_5000_to_507f: {
        pphcr: 1,
        pplm: 1,
        pbmc: 1,
        pptb: 1,
        ppcnt: 1,
      },
    },
    feature_cap_mask: {
      enhanced_features: {
        ptys_extended_ethernet: 1,
        pfcc_mask: 1,
        ptys_connector_type: 1,
        ppcnt_statistical_group: 1,
      },
    },
  }),
  0x9009: () => ({ sensor_count: 2, sensor_map: 3 }),
  0x900a: (of) => ({
    // 52.5 °C and a little more with each sensor.
    temperature: 420 + (of.index("sensor_index") % 16) * 24 + of.tick % 4,
    max_temperature: 480,
    temp_threshold_hi: 840,
    temp_threshold_lo: 760,
    sensor_name_hi: 0x61736963,
  }),
  0x9014: () => ({ status: 0 }),
  0x902d: (of) => ({ time_synced: 1, time_h: 0x1234, time_l: of.tick * 1000 }),
  0x9040: () => ({
    trc_ver: 0,
    num_string_db: 2,
    first_string_trace: 0x20,
    num_string_trace: 0x60,
    log_max_trace_buffer_size: 20,
  }),
  0x9043: (of) => ({ current_timestamp31_0: of.tick * 1000 }),
  0x9050: () => ({
    link_width_enabled: 16,
    link_speed_enabled: 16,
    link_width_active: 16,
    link_speed_active: 16,
    num_of_pfs: 1,
    max_read_request_size: 2,
    max_payload_size: 2,
    pwr_status: 1,
    pci_power: 25,
  }),
  0x9051: (of) =>
    of.index("grp") === 0
      ? {
        counter_set: {
          pcie_perf_cntrs_grp_data_layout: {
            life_time_counter_low: of.tick * 1000,
            l0_to_recovery_eieos: 3,
            outbound_stalled_reads: 11 + of.tick,
          },
        },
      }
      : {},
  0x9055: () => ({ freq_adj_units: 1, log_max_freq_adjustment: 20 }),
  0x9059: () => ({ host_buses: 1 }),
  0x9060: () => ({ last_index_flag: 1, identifier: 1, component_status: 1 }),
  0x9061: component,
  0x9062: () => ({ component_size: 0, control_state: 0 }),
  0x9155: () => ({ network_option: 1 }),
  0x9180: () => ({ psta: 0 }),
  0xb001: () => ({ size: 0x2000, mode: 1 }),
  0xb01f: () => ({ cap_total_buffer_size: 0x40000, cap_cell_size: 96 }),
  0xc00d: () => ({ vhca_icm_ctrl: 1 }),
  0xc00e: () => ({ health_poll_to: second(1, 2) }),
  0xc010: () => ({ cur_alloc_icm: 4096 }),
};

/** PPCNT; groups that are not here are zero. */
function counters(of: ValueContext): FieldInputs {
  const sent = 118_000 + of.tick * 16;
  const received = 120_000 + of.tick * 16;
  const member = ({
    0: ["eth_802_3_cntrs_grp_data_layout", {
      a_frames_transmitted_ok_low: sent,
      a_frames_received_ok_low: received,
      a_octets_transmitted_ok_low: sent * 512,
      a_octets_received_ok_low: received * 512,
    }],
    1: ["eth_2863_cntrs_grp_data_layout", {
      if_in_octets_low: received * 512,
      if_out_octets_low: sent * 512,
      if_in_ucast_pkts_low: received,
      if_out_ucast_pkts_low: sent,
    }],
    0x12: ["phys_layer_cntrs", { time_since_last_clear_low: of.tick * 10 }],
  } as Readonly<Record<number, readonly [string, FieldInputs]>>)[
    of.index("grp")
  ];
  return member ? { counter_set: { [member[0]]: member[1] } } : {};
}

/** MCQI of component 1, the boot image. */
function component(of: ValueContext): FieldInputs {
  const [major, minor, sub] = of.version;
  const text = `${major}.${minor}.${sub}`;
  const data = new Uint8Array(124);
  switch (of.index("info_type")) {
    case 0:
      encodeInto(layout("mcqi_cap"), {
        supported_info_bitmask: 0x23,
        component_size: 0x100_0000,
        max_component_size: 0x100_0000,
        mcda_max_write_size: 128,
        rd_en: 1,
      }, data);
      return { info_size: 20, data_size: 20, data: [data] };
    case 1: {
      const name = new Uint8Array(92);
      name.set(Array.from(text, (char) => char.charCodeAt(0)));
      encodeInto(layout("mcqi_version"), {
        version_string_length: text.length,
        version: major * 0x1000000 + minor * 0x10000 + sub,
        version_string: name,
      }, data);
      return { info_size: 124, data_size: 124, data: [data] };
    }
    default:
      return { info_size: 0, data_size: 0 };
  }
}

/**
 * Fills in the data of a register as it reads; the index fields stay as asked.
 * Those without a structure are zero.
 */
export function registerValue(
  id: number,
  data: Bytes,
  context: Omit<ValueContext, "index">,
): void {
  const known = registerLayouts().get(id);
  if (!known) {
    data.fill(0);
    return;
  }
  const struct = layout(known.layout);
  const indexes: Record<string, number | bigint> = {};
  for (const name of Object.keys(known.indexes)) {
    const { offset, width } = fieldOf(struct, name);
    indexes[name] = width > 32
      ? readBigBits(data, offset, width)
      : readBits(data, offset, width);
  }
  const values = Object.hasOwn(VALUES, id)
    ? VALUES[id]?.({
      ...context,
      index: (name) => Number(indexes[name] ?? 0),
    }) ?? {}
    : {};
  const start = id === 0xc00e ? fromHex(DTOR) : new Uint8Array();
  data.fill(0);
  data.set(start.subarray(0, data.length));
  data.set(
    encode(struct, { ...indexes, ...values }, data).subarray(0, data.length),
  );
}
