/**
 * Bytes of real ConnectX devices that are public together with their values,
 * decoded here.
 *
 * Source of the bytes and numbers: README.md of github.com/saeedtx/mlx5ctl
 * (commit 01f6839c): capability type QOS, register DTOR and object CQ of a
 * ConnectX-6 Dx, shown as hex beside the output of the vendor's parser.
 */
import { assert, assertEquals } from "@std/assert";
import { hexText } from "../../../lib/cli/hextext.ts";
import { driver } from "../../../drivers/mlx5/mod.ts";
import type { Decoded } from "../../../drivers/driver.ts";
import type { PlainData } from "../../../lib/plain.ts";
import { hasLayout, layout } from "../../../drivers/mlx5/tables/ifc.ts";
import { isReserved } from "../../../lib/bits/layout.ts";

async function decoded(name: string, text: string): Promise<Decoded> {
  for (const kind of await driver.decoders?.() ?? []) {
    const decoder = kind.find(name);
    if (decoder) return decoder.decode(hexText(text).bytes);
  }
  throw new Error(`no decoder ${name}`);
}

function values({ fields }: Decoded): Map<string, PlainData> {
  return new Map(
    fields.map(({ field, value }) => [field, value ?? null]),
  );
}

function holds(
  found: ReadonlyMap<string, PlainData>,
  published: Readonly<Record<string, PlainData>>,
): void {
  assertEquals(
    Object.fromEntries(
      Object.keys(published).map((name) => [name, found.get(name)]),
    ),
    published,
  );
}

const QOS = `ff f1 0c 2a 42 a8 00 00 05 f5 e1 00 00 00 00 01
00 04 00 80 00 0f 00 07 00 00 00 08 00 00 00 64
00 11 00 01 06 06 17 00 0d 0d 00 00 00 00 00 00
...`;

Deno.test("the published QOS capability gives the published values", async () => {
  const found = values(await decoded("QOS", QOS));
  holds(found, {
    packet_pacing: 1,
    esw_scheduling: 1,
    esw_bw_share: 1,
    esw_rate_limit: 1,
    packet_pacing_burst_bound: 1,
    packet_pacing_typical_size: 1,
    nic_sq_scheduling: 1,
    nic_bw_share: 1,
    nic_rate_limit: 1,
    packet_pacing_uid: 1,
    log_esw_max_sched_depth: 1,
    log_max_qos_nic_queue_group: 8,
    packet_pacing_max_rate: 100000000,
    packet_pacing_min_rate: 1,
    log_esw_max_rate_limit: 4,
    packet_pacing_rate_table_size: 128,
    esw_element_type: 15,
    esw_tsar_type: 7,
    // The vendor's parser calls it max_qos_para_vport_old.
    max_qos_para_vport: 8,
    max_tsar_bw_share: 100,
    nic_element_type: 17,
    nic_tsar_type: 1,
    log_meter_aso_granularity: 6,
    log_meter_aso_max_alloc: 6,
    log_max_num_meter_aso: 23,
  });
  // Nothing more is set: what else the parser shows has no name in the header.
  assertEquals([...found.values()].filter((value) => value !== 0).length, 25);
});

Deno.test("the published DTOR register gives the published timeouts", async () => {
  const text = `00 00 00 00 20 00 00 02 00 00 00 00 00 00 00 00
00 00 00 00 20 00 00 02 20 00 00 3c 20 00 00 3c
20 00 00 02 20 00 00 02 20 00 00 0a 20 00 00 05
20 00 00 05 20 00 00 78 00 00 00 00 00 00 00 00
...
00 00 00 00 00 00 00 00 00 00 00 00

INFO :
`;
  const seconds: Readonly<Record<string, number>> = {
    pcie_toggle_to: 2,
    full_crdump_to: 60,
    fw_reset_to: 60,
    flush_on_err_to: 2,
    pci_sync_update_to: 2,
    tear_down_to: 10,
    fsm_reactivate_to: 5,
    reclaim_pages_to: 5,
    reclaim_vfs_pages_to: 120,
  };
  const published = Object.fromEntries(
    Object.entries(seconds).flatMap(([name, value]) => [
      [`${name}.to_value`, value],
      [`${name}.to_multiplier`, 1],
    ]),
  );
  holds(values(await decoded("DTOR", text)), published);
});

const CQ = `00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 09 00 00 00 00 00 00 00 00 00 0a 00 00 80
00 08 00 80 00 00 00 16 00 00 00 00 00 00 00 00
00 ff ff ff 00 ff ff ff 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 01 1b b1 e6 80
...`;

Deno.test("the published completion queue gives the published values", async () => {
  const found = await decoded("QUERY_CQ", CQ);
  holds(values(found), {
    status: 0,
    syndrome: 0,
    "cq_context.status": 0,
    "cq_context.cqe_sz": 0,
    "cq_context.cc": 0,
    "cq_context.scqe_break_moderation_en": 0,
    "cq_context.oi": 0,
    "cq_context.cq_period_mode": 0,
    "cq_context.cqe_comp_en": 0,
    "cq_context.mini_cqe_res_format": 0,
    "cq_context.st": 9,
    "cq_context.cqe_compression_layout": 0,
    "cq_context.page_offset": 0,
    "cq_context.log_cq_size": 10,
    "cq_context.uar_page": 128,
    "cq_context.cq_period": 8,
    "cq_context.cq_max_count": 128,
    // c_eqn_or_ext_element there.
    "cq_context.c_eqn_or_apu_element": 22,
    "cq_context.log_page_size": 0,
    "cq_context.last_notified_index": 16777215,
    "cq_context.last_solicit_index": 16777215,
    "cq_context.consumer_counter": 0,
    "cq_context.producer_counter": 0,
    // The parser shows the low 32 bits alone: 0x1bb1e680.
    "cq_context.dbr_addr": 0x1_1bb1_e680,
  });
  const st = found.fields.find(({ field }) => field === "cq_context.st");
  assertEquals(st?.name, "NOTIFICATION_REQUEST_ARMED");
});

/** Capability fields that the same page shows by value, without their bytes. */
const NAMED: Readonly<Record<string, string>> = {
  cmd_hca_cap:
    "shared_object_to_user_object_allowed vhca_resource_manager hca_cap_2 " +
    "create_lag_when_not_master_up dtor event_on_vhca_state_invalid vhca_id " +
    "log_max_srq_sz log_max_qp_sz event_cap isolate_vl_tc_new prio_tag_required " +
    "log_max_qp ece_support reg_c_preserve log_max_srq uplink_follow " +
    "ts_cqe_to_dest_cqn shampo log_max_cq_sz relaxed_ordering_write log_max_mkey " +
    "log_max_eq max_indirection log_max_mrw_sz log_max_klm_list_size max_qp_cnt " +
    "local_ca_ack_delay port_type num_ports log_max_msg uar_sz log_pg_sz " +
    "log_bf_reg_size num_lag_ports max_wqe_sz_sq " +
    "max_wqe_sz_rq max_wqe_sz_sq_dc max_qp_mcg flow_counter_bulk_alloc " +
    "log_max_mcg log_max_transport_domain log_max_pd log_max_xrcd " +
    "log_max_flow_counter_bulk max_flow_counter_15_0 log_max_rq log_max_sq " +
    "log_max_tir log_max_tis log_max_rmp log_max_rqt cqe_compression_timeout " +
    "cqe_compression_max_num match_definer_format_supported",
  per_protocol_networking_offload_caps:
    "csum_cap vlan_cap lro_cap max_lso_cap wqe_inline_mode rss_ind_tbl_cap " +
    "lro_min_mss_size lro_timer_supported_periods max_geneve_opt_len",
  roce_cap: "roce_apm l3_type roce_version r_roce_dest_udp_port " +
    "r_roce_max_src_udp_port r_roce_min_src_udp_port roce_address_table_size",
};

Deno.test("the capability fields published by name have that name here", () => {
  for (const [struct, names] of Object.entries(NAMED)) {
    const known = new Set(layout(struct).fields.map(({ name }) => name));
    assertEquals(names.split(" ").filter((name) => !known.has(name)), []);
  }
});

Deno.test("every layout with a name decodes all ones to the largest of each field", async () => {
  const kinds = await driver.decoders?.() ?? [];
  const structures = kinds.find(({ kind }) => kind === "structure");
  let fields = 0;
  for (const name of structures?.names() ?? []) {
    assert(hasLayout(name));
    const decoder = structures?.find(name);
    if (!decoder || decoder.bytes === 0) continue;
    const ones = new Uint8Array(decoder.bytes).fill(0xff);
    const { fields: rows, missing, rest } = decoder.decode(ones);
    assertEquals([missing, rest], [[], 0], name);
    for (const { field, width, value } of rows) {
      assert(!isReserved(field.split(".").at(-1) ?? ""), `${name}.${field}`);
      // A union is its bytes.
      if (width > 53 || value === "f".repeat(width / 4)) continue;
      assertEquals(value, 2 ** width - 1, `${name}.${field}`);
      fields++;
    }
  }
  assert(fields > 10_000, `${fields} fields`);
});
