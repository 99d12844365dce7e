/**
 * Queues, tables and counters of the modelled firmware: the objects a driver
 * that is up would have created.
 *
 * Assumption: which objects live, under which numbers, and all their values;
 * an object that does not live answers BAD_RES, a command of the kernel's list
 * that is not here BAD_OP.
 *
 * @module
 */
import { encode, type FieldInputs } from "../../../lib/bits/mod.ts";
import { type Field, layoutBytes } from "../../../lib/bits/layout.ts";
import { readBits } from "../../../lib/bits/mod.ts";
import { HEADER_BYTES } from "../protocol.ts";
import { objectQueries, type ObjectQuery } from "../tables/objects.ts";
import { type Command, fail, putBytes, STAT, SYNDROME } from "./command.ts";
import type { Query } from "./queries.ts";

/** The objects of one kind. */
interface Live {
  /** The request's field that numbers them; "" when there is one of a kind. */
  readonly by: string;
  /** The numbers that live. */
  readonly numbers: readonly number[];
  /** Values of the answer of one of them. */
  values(number: number, tick: number): FieldInputs;
}

const PD = 0x1a;
const UAR = 0x80;

const WQ: FieldInputs = {
  wq_type: 1,
  pd: PD,
  uar_page: UAR,
  log_wq_stride: 6,
  log_wq_sz: 10,
};

/** A counter of packets and octets that moves. */
function traffic(packets: number, tick: number): FieldInputs {
  const sum = packets + tick * 16;
  return { packets: sum, octets: sum * 512 };
}

const single = (values: Live["values"]): Live => ({
  by: "",
  numbers: [0],
  values,
});

/** By the names of `objectQueries()`. */
const rows = (): Readonly<Record<string, Live>> => ({
  mkey: {
    by: "mkey_index",
    numbers: [0x1000, 0x1001],
    values: (number) => ({
      memory_key_mkey_entry: {
        access_mode_1_0: number === 0x1000 ? 0 : 1,
        lr: 1,
        lw: 1,
        qpn: 0xffffff,
        pd: PD,
        length64: number === 0x1000 ? 1 : 0,
        len: 0x200000,
        log_page_size: 12,
      },
    }),
  },
  eq: {
    by: "eq_number",
    numbers: [4, 5, 6, 22],
    values: (number, tick) => ({
      eq_context_entry: {
        st: 9,
        log_eq_size: 11,
        uar_page: UAR,
        intr: number === 4 ? 0 : number - 4,
        consumer_counter: tick,
        producer_counter: tick,
      },
      event_bitmask: number === 4 ? 0x0000_8000_0008_0360n : 0n,
    }),
  },
  cq: {
    by: "cqn",
    numbers: [0x400, 0x401, 1135],
    values: () => ({
      cq_context: {
        st: 9,
        log_cq_size: 10,
        uar_page: UAR,
        cq_period: 8,
        cq_max_count: 128,
        c_eqn_or_apu_element: 22,
        last_notified_index: 0xffffff,
        last_solicit_index: 0xffffff,
        dbr_addr: 0x1bb1_e680,
      },
    }),
  },
  qp: {
    by: "qpn",
    numbers: [1, 0x43, 0x44],
    values: (number, tick) => ({
      qpc: {
        state: 3,
        st: number === 1 ? 8 : 0,
        pm_state: 3,
        pd: PD,
        mtu: 5,
        log_msg_max: 30,
        log_rq_size: 7,
        log_sq_size: 7,
        uar_page: UAR,
        remote_qpn: number === 1 ? 0 : number + 0x100,
        cqn_snd: 0x400,
        cqn_rcv: 0x401,
        next_send_psn: 0x100 + tick,
      },
    }),
  },
  rq: {
    by: "rqn",
    numbers: [0x90, 0x91],
    values: () => ({
      rq_context: { state: 1, vsd: 1, cqn: 0x400, counter_set_id: 1, wq: WQ },
    }),
  },
  sq: {
    by: "sqn",
    numbers: [0xa0, 0xa1],
    values: () => ({
      sq_context: {
        state: 1,
        flush_in_error_en: 1,
        cqn: 0x401,
        tis_lst_sz: 1,
        tis_num_0: 0x10,
        wq: WQ,
      },
    }),
  },
  rqt: {
    by: "rqtn",
    numbers: [0x20],
    values: () => ({ rqt_context: { rqt_max_size: 128, rqt_actual_size: 2 } }),
  },
  rmp: {
    by: "rmpn",
    numbers: [0x30],
    values: () => ({
      rmp_context: { state: 1, basic_cyclic_rcv_wqe: 1, wq: WQ },
    }),
  },
  tir: {
    by: "tirn",
    numbers: [0x40, 0x41],
    values: () => ({
      tir_context: {
        disp_type: 1,
        indirect_table: 0x20,
        rx_hash_fn: 2,
        transport_domain: 1,
      },
    }),
  },
  tis: {
    by: "tisn",
    numbers: [0x10],
    values: () => ({ tis_context: { transport_domain: 1, pd: PD } }),
  },
  srq: {
    by: "srqn",
    numbers: [0x50],
    values: () => ({
      srq_context_entry: { state: 1, log_srq_size: 8, pd: PD, wqe_cnt: 256 },
    }),
  },
  xrc_srq: {
    by: "xrc_srqn",
    numbers: [0x51],
    values: () => ({
      xrc_srq_context_entry: { state: 1, log_xrc_srq_size: 8, pd: PD },
    }),
  },
  xrq: {
    by: "xrqn",
    numbers: [0x52],
    values: () => ({ xrq_context: { state: 1, cqn: 0x400, wq: WQ } }),
  },
  dct: {
    by: "dctn",
    numbers: [0x60],
    values: () => ({
      dct_context_entry: {
        state: 0,
        cqn: 0x400,
        srqn_xrqn: 0x50,
        pd: PD,
        mtu: 5,
      },
    }),
  },
  flow_table: {
    by: "table_id",
    numbers: [1, 2],
    values: (number) => ({
      flow_table_context: { level: number, log_size: 10 },
    }),
  },
  flow_group: {
    by: "group_id",
    numbers: [0, 1],
    values: (number) => ({
      start_flow_index: number * 512,
      end_flow_index: number * 512 + 511,
      match_criteria_enable: 1,
    }),
  },
  flow_table_entry: {
    by: "flow_index",
    numbers: [0],
    values: () => ({ flow_context: { action: 4, group_id: 0 } }),
  },
  q_counter: {
    by: "counter_set_id",
    numbers: [0, 1],
    values: (_, tick) => ({
      rx_write_requests: 1000 + tick,
      rx_read_requests: 200 + tick,
      out_of_buffer: 3,
    }),
  },
  vport_counter: single((_, tick) => ({
    received_eth_unicast: traffic(120_000, tick),
    transmitted_eth_unicast: traffic(118_000, tick),
    received_eth_broadcast: traffic(420, 0),
    transmitted_eth_multicast: traffic(77, 0),
  })),
  vnic_env: single((_, tick) => ({
    vport_env: {
      nic_receive_steering_discard: 12,
      receive_discard_vport_down: 4,
      bar_uar_access: 64 + tick,
    },
  })),
  esw_vport_context: single(() => ({
    esw_vport_context: { svlan_id: 0, cvlan_id: 0 },
  })),
  roce_address: single(() => ({
    roce_address: { roce_l3_type: 1, roce_version: 2 },
  })),
  cong_status: single(() => ({ enable: 1, tag_enable: 0 })),
  cong_params: single(() => ({})),
  cong_statistics: single((_, tick) => ({
    sum_flows: 8,
    rp_cnp_handled_low: 40 + tick,
    np_cnp_sent_low: 21 + tick,
  })),
  wol_rol: single(() => ({})),
  lag: single(() => ({ ctx: { lag_state: 0, active_port: 0 } })),
  mad_demux: single(() => ({})),
});

/** Their commands by opcode; `tick` grows with every command. */
export function objectCommands(tick: () => number): Map<number, Query> {
  const commands = new Map<number, Query>();
  const queries = objectQueries();
  for (const [name, live] of Object.entries(rows())) {
    const query = queries.get(name);
    if (!query?.request || !query.answer) continue;
    const by = query.arguments.get(live.by);
    commands.set(query.opcode, {
      inLen: Math.max(HEADER_BYTES, layoutBytes(query.request)),
      // Assumption: an answer that does not fit is cut, as the kernel's own
      // queries of the first fields rely on.
      outLen: HEADER_BYTES,
      run: (command) => answer(command, query, live, by, tick()),
    });
  }
  return commands;
}

function answer(
  command: Command,
  { answer: struct }: ObjectQuery,
  { numbers, values }: Live,
  by: Field | undefined,
  tick: number,
): void {
  const number = by ? readBits(command.in_, by.offset, by.width) : 0;
  if (!struct || !numbers.includes(number)) {
    return fail(command, STAT.BAD_RES, SYNDROME.FUNCTION);
  }
  putBytes(command.out, 0, encode(struct, values(number, tick)));
}
