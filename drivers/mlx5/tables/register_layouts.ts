/**
 * Which structure of mlx5_ifc an access register has, which of its fields say
 * what is read, and which member of its unions holds the answer.
 *
 * Source: the `*_reg_bits` structures of include/linux/mlx5/mlx5_ifc.h and how
 * mlx5_core fills them in.
 *
 * @module
 */

/** What a field says of a register. */
export type ReadField = (name: string) => number;

/** The layout of one register. */
export interface RegisterLayout {
  /** The structure, as `ifc.ts` names it. */
  readonly layout: string;
  /** Fields that select what is read, with the value they have unless given. */
  readonly indexes: Readonly<Record<string, number>>;
  /** Bytes to read behind the structure, for its flexible end. */
  readonly room: number;
  /** Members of its unions by path, from the fields that decide. */
  choose(read: ReadField): Readonly<Record<string, string>>;
}

/** Id, structure, and `field=default` of its indexes. */
type Row = readonly [
  id: number,
  layout: string,
  indexes?: string,
  more?: Partial<Pick<RegisterLayout, "room" | "choose">>,
];

/** enum of MLX5_*_COUNTERS_GROUP in include/linux/mlx5/device.h. */
const PPCNT_GROUPS: Readonly<Record<number, string>> = {
  0x00: "eth_802_3_cntrs_grp_data_layout",
  0x01: "eth_2863_cntrs_grp_data_layout",
  0x02: "eth_2819_cntrs_grp_data_layout",
  0x03: "eth_3635_cntrs_grp_data_layout",
  0x05: "eth_extended_cntrs_grp_data_layout",
  0x10: "eth_per_prio_grp_data_layout",
  0x11: "eth_per_tc_prio_grp_data_layout",
  0x12: "phys_layer_cntrs",
  0x13: "eth_per_tc_congest_prio_grp_data_layout",
  0x16: "phys_layer_statistical_cntrs",
  0x1a: "phys_layer_recovery_cntrs",
  0x20: "ib_port_cntrs_grp_data_layout",
  0x21: "ib_ext_port_cntrs_grp_data_layout",
  0x23: "rs_histogram_cntrs",
};

/** Bytes of the longest member of mcqi_reg_data. */
const MCQI_ROOM = 124;

const PORT = "local_port=1";

const MCAM_GROUPS = [
  "access_regs",
  "access_regs1",
  "access_regs2",
  "access_regs3",
];

const rows = (): readonly Row[] => [
  [0x4002, "qpts_reg", PORT],
  [0x4005, "qetc_reg", "port_number=1"],
  [0x400a, "qtct_reg", "port_number=1 prio=0"],
  [0x4013, "qpdpm_reg", PORT],
  [0x4019, "qcam_reg", "feature_group=0 access_reg_group=0", {
    choose: () => ({
      qos_access_reg_cap_mask: "reg_cap",
      qos_feature_cap_mask: "feature_cap",
    }),
  }],
  [0x4020, "dcbx_param", "port_number=1"],
  [0x4022, "fpga_cap"],
  [0x4023, "fpga_ctrl"],
  [0x4024, "fpga_access_reg", "size=0 address=0"],
  [0x402e, "core_dump_reg", "core_dump_type=0 vhca_id=0 qpn=0"],
  [0x5001, "pcap_reg", PORT],
  [0x5002, "pmlp_reg", PORT],
  [0x5003, "pmtu_reg", PORT],
  [0x5004, "ptys_reg", `${PORT} plane_ind=0 proto_mask=4`],
  [0x5005, "ppad_reg", PORT],
  [0x5006, "paos_reg", `${PORT} swid=0`],
  [0x5007, "pfcc_reg", PORT],
  [0x5008, "ppcnt_reg", `${PORT} swid=0 pnat=0 grp=0 plane_ind=0 prio_tc=0`, {
    choose: (read): Record<string, string> => {
      const member = PPCNT_GROUPS[read("grp")];
      return member === undefined ? {} : { counter_set: member };
    },
  }],
  [0x5009, "pude_reg", `${PORT} swid=0`],
  [0x500a, "plib_reg", PORT],
  [0x500b, "pptb_reg", PORT],
  [0x500c, "pbmc_reg", PORT],
  [0x500e, "pelc_reg", `${PORT} op=0`],
  [0x500f, "pvlc_reg", PORT],
  [0x5010, "pmpe_reg", "module=0"],
  [0x5012, "pmaos_reg", "module=0"],
  [0x5018, "pplr_reg", PORT],
  [0x5023, "pplm_reg", PORT],
  [0x5027, "sltp_reg", `${PORT} pnat=0 lane=0`],
  [0x5028, "slrg_reg", `${PORT} pnat=0 lane=0`],
  [0x5031, "pddr_reg", `${PORT} pnat=0 page_select=1`, {
    // Page 1 is the troubleshooting page; the kernel names no other.
    choose: (read): Record<string, string> =>
      read("page_select") === 1
        ? {
          page_data: "pddr_troubleshooting_page",
          "page_data.pddr_troubleshooting_page.status_opcode":
            "pddr_monitor_opcode",
        }
        : {},
  }],
  [0x503e, "pphcr_reg", `${PORT} active_hist_type=0`],
  [0x5041, "pcmr_reg", PORT],
  [0x507f, "pcam_reg", "feature_group=0 access_reg_group=0", {
    choose: () => ({
      port_access_reg_cap_mask: "regs_5000_to_507f",
      feature_cap_mask: "enhanced_features",
    }),
  }],
  [0x6001, "set_node_in"],
  [0x7004, "register_host_endianness"],
  [0x9009, "mtcap_reg"],
  [0x900a, "mtmp_reg", "sensor_index=0"],
  [
    0x9014,
    "mcia_reg",
    "module=0 i2c_device_address=80 page_number=0 device_address=0 size=48",
  ],
  [0x9028, "mfrl_reg"],
  [0x902b, "mlcr_reg", PORT],
  [0x902d, "mrtc_reg"],
  [0x9040, "mtrc_cap"],
  [0x9041, "mtrc_conf"],
  [0x9042, "mtrc_stdb", "string_db_index=0 read_size=64 start_offset=0", {
    room: 64,
  }],
  [0x9043, "mtrc_ctrl"],
  [0x9050, "mpein_reg", "depth=0 pcie_index=0 node=0"],
  [0x9051, "mpcnt_reg", "pcie_index=0 grp=0", {
    choose: (read): Record<string, string> =>
      read("grp") === 0
        ? { counter_set: "pcie_perf_cntrs_grp_data_layout" }
        : {},
  }],
  [0x9053, "mtpps_reg", "pin=0"],
  [0x9054, "mtppse_reg", "pin=0"],
  [0x9055, "mtutc_reg"],
  [0x9056, "mpegc_reg"],
  [0x9059, "mpir_reg", PORT],
  [0x9060, "mcqs_reg", "component_index=0"],
  [0x9061, "mcqi_reg", `component_index=0 info_type=1 data_size=${MCQI_ROOM}`, {
    room: MCQI_ROOM,
    choose: (read): Record<string, string> => {
      const member = ({
        0: "mcqi_caps",
        1: "mcqi_version",
        5: "mcqi_activation_mathod",
      } as Readonly<Record<number, string>>)[read("info_type")];
      return member === undefined ? {} : { data: member };
    },
  }],
  [0x9062, "mcc_reg"],
  [0x9063, "mcda_reg", "update_handle=0 offset=0 size=0"],
  [0x907f, "mcam_reg", "feature_group=0 access_reg_group=0", {
    choose: (read) => ({
      mng_access_reg_cap_mask: MCAM_GROUPS[read("access_reg_group")] ??
        "access_regs",
      mng_feature_cap_mask: "enhanced_features",
    }),
  }],
  [0x9155, "msecq_reg"],
  [0x9156, "msees_reg", `${PORT} pnat=0 lp_msb=0`],
  [0x9162, "mirc_reg"],
  [0x9180, "mtptm_reg"],
  [0x9181, "mtctr_reg", "first_clock_timestamp_request=0"],
  [0x9182, "mrtcq_reg"],
  [0xb001, "sbpr_reg", "desc=0 dir=0 pool=0"],
  [0xb002, "sbcm_reg", `${PORT} desc=0 pnat=0 pg_buff=0 dir=0`],
  [0xb01f, "sbcam_reg", "feature_group=0 access_reg_group=0"],
  [0xc000, "resource_dump"],
  [0xc00d, "nic_cap_reg"],
  [0xc00e, "dtor_reg"],
  [0xc010, "vhca_icm_ctrl_reg", "vhca_id_valid=0 vhca_id=0"],
];

let table: ReadonlyMap<number, RegisterLayout> | undefined;

/** Registers whose fields are known, by id, in rising order. */
export function registerLayouts(): ReadonlyMap<number, RegisterLayout> {
  return table ??= new Map(
    rows().map(([id, layout, indexes = "", more = {}]) => [id, {
      layout,
      indexes: Object.fromEntries(
        indexes.split(" ").filter((each) => each !== "").map((each) => {
          const [name = "", value = "0"] = each.split("=");
          return [name, Number(value)];
        }),
      ),
      room: more.room ?? 0,
      choose: more.choose ?? (() => ({})),
    }]),
  );
}
