/** Messages as people read them: names, addresses, texts, and nothing that is not there. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { decodeResponse, textOf } from "../../../drivers/bnxt/decode.ts";
import {
  decodeInfo,
  describeInfo,
  newRequest,
  readResponse,
} from "../../../drivers/bnxt/protocol.ts";
import { allowList } from "../../../drivers/bnxt/tables/allow_list.ts";
import { inputOf, outputOf } from "../../../drivers/bnxt/tables/hwrm.ts";
import type { FieldInputs } from "../../../lib/bits/mod.ts";
import { DecodeError } from "../../../lib/errors.ts";
import type { PlainObject } from "../../../lib/plain.ts";
import { response } from "./fixture.ts";

function fieldsOf(command: string, fields: FieldInputs): PlainObject {
  const request = newRequest(command);
  const bytes = response(command, { ...fields, req_type: request[0] ?? 0 });
  new DataView(bytes.buffer).setUint16(
    2,
    new DataView(request.buffer).getUint16(0, true),
    true,
  );
  return decodeResponse(request, bytes, "fwctl0").fields;
}

function ascii(text: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(new TextEncoder().encode(text).subarray(0, length));
  return bytes;
}

Deno.test("a request is the header's struct with the kernel's part left to the kernel", () => {
  const request = newRequest("FUNC_QCAPS", { fid: 0x1234 });
  assertEquals([...request.subarray(0, 18)], [
    ...[0x15, 0, 0xff, 0xff, 0, 0, 0xff, 0xff],
    ...[0, 0, 0, 0, 0, 0, 0, 0],
    ...[0x34, 0x12],
  ]);
  assertEquals(request.length, 24);
  for (const { name } of allowList().values()) {
    const made = newRequest(name);
    assert(made.length >= 16 && made.length <= 128, name);
  }
});

Deno.test("a request about a function means the asking one unless told", () => {
  assertEquals(newRequest("FUNC_QCFG")[16], 0xff);
  assertEquals(newRequest("FUNC_QCFG", { fid: 0 })[16], 0);
});

Deno.test("flags are names, and a bit without a name is still seen", () => {
  assertEquals(fieldsOf("FUNC_QCAPS", { flags: 0x80000005 }).flags, [
    "PUSH_MODE_SUPPORTED",
    "PTP_SUPPORTED",
    "DBG_QCAPS_CMD_SUPPORTED",
  ]);
  assertEquals(fieldsOf("TEMP_MONITOR_QUERY", { flags: 0xc1 }).flags, [
    "TEMP_NOT_AVAILABLE",
    "unknown bit 6",
    "unknown bit 7",
  ]);
});

Deno.test("values are names, and a value without a name stays a number", () => {
  const shown = fieldsOf("PORT_PHY_QCFG", {
    link: 2,
    link_speed: 0x3e8,
    duplex_cfg: 7,
    active_fec_signal_mode: 0x42,
  });
  assertEquals(shown.link, "LINK");
  assertEquals(shown.link_speed, "100GB");
  assertEquals(shown.duplex_cfg, 7);
  assertEquals(shown.active_fec_signal_mode, {
    signal_mode: "PAM4_112",
    active_fec: "FEC_RS544_IEEE_ACTIVE",
  });
});

Deno.test("an address keeps its place, beside the space it is in", () => {
  assertEquals(
    fieldsOf("ERROR_RECOVERY_QCFG", { fw_health_status_reg: 0x31001 })
      .fw_health_status_reg,
    { addr_space: "GRC", addr: "0x31000" },
  );
});

Deno.test("addresses and texts are shown as such", () => {
  const mac = new Uint8Array([0, 0x0a, 0xf7, 1, 2, 3]);
  assertEquals(
    fieldsOf("FUNC_QCAPS", { mac_address: mac }).mac_address,
    "00:0a:f7:01:02:03",
  );
  assertEquals(
    fieldsOf("PORT_PHY_QCFG", { phy_vendor_name: ascii("Amphenol   ", 16) })
      .phy_vendor_name,
    "Amphenol",
  );
  assertEquals(textOf(new Uint8Array([0x41, 0x1b, 0x5b, 0, 0x42])), "A\\x1b[");
});

Deno.test("a list of texts and an array of structures keep their order", () => {
  const names = new Uint8Array(256);
  names.set(ascii("nvm_test", 32));
  names.set(ascii("link_test", 32), 32);
  const shown = fieldsOf("SELFTEST_QLIST", { test_name: names }).test_name;
  assert(Array.isArray(shown));
  assertEquals(shown.slice(0, 3), ["nvm_test", "link_test", ""]);
  const cfg = Array.from({ length: 7 }, (_, i) => ({ queue_id: i + 1 }));
  const queues = fieldsOf("QUEUE_COS2BW_QCFG", { cfg }).cfg;
  assert(Array.isArray(queues));
  assertEquals(
    queues.map((each: PlainObject) => each.queue_id),
    [1, 2, 3, 4, 5, 6, 7],
  );
});

Deno.test("a port in network order is the port", () => {
  // 4789 is 0x12b5; its bytes on the wire are 12 b5.
  assertEquals(
    fieldsOf("TUNNEL_DST_PORT_QUERY", { tunnel_dst_port_val: 0xb512 })
      .tunnel_dst_port_val,
    4789,
  );
});

Deno.test("what an older firmware does not tell is absent, not 0", () => {
  const request = newRequest("FUNC_QCAPS");
  const old = response("FUNC_QCAPS", {
    req_type: 0x15,
    resp_len: 81,
    max_vfs: 9,
  })
    .slice(0, 81);
  old[80] = 1;
  const { fields, absent } = decodeResponse(request, old, "fwctl0");
  assertEquals(fields.max_vfs, 9);
  assertEquals(fields.max_msix_vfs, 0);
  assert(!("flags_ext" in fields) && absent.includes("flags_ext"));
  assert(absent.includes("roce_vf_max_qp"));
});

Deno.test("what a newer firmware tells beyond the header is raw", () => {
  const request = newRequest("TEMP_MONITOR_QUERY");
  const long = new Uint8Array(28);
  long.set(response("TEMP_MONITOR_QUERY", { req_type: 0xe0, resp_len: 28 }));
  long.set([0xaa, 0xbb, 0xcc, 0xdd, 0], 23);
  const { raw, absent } = decodeResponse(request, long, "fwctl0");
  assertEquals([raw, absent.length], ["aabbccdd", 0]);
});

Deno.test("a response that does not belong to the request, or was cut, is refused", () => {
  const request = newRequest("TEMP_MONITOR_QUERY");
  const good = response("TEMP_MONITOR_QUERY", { req_type: 0xe0 });
  assertEquals(readResponse(request, good, "fwctl0").length, 24);
  const changed = (at: number, value: number) => {
    const bytes = good.slice();
    bytes[at] = value;
    return bytes;
  };
  const wrong = [
    [good.slice(0, 7), "header"],
    [good.slice(0, 23), "arrived"],
    [changed(2, 0xe1), "REG_POWER_QUERY"],
    [changed(6, 8), "nothing"],
    [changed(6, 0), "nothing"],
    [changed(23, 2), "valid"],
  ] as const;
  for (const [bytes, text] of wrong) {
    assertThrows(
      () => readResponse(request, bytes, "fwctl0"),
      DecodeError,
      text,
    );
  }
  // The kernel clears `valid` after it has seen it.
  assertEquals(readResponse(request, changed(23, 0), "fwctl0").length, 24);
});

Deno.test("FWCTL_INFO's data says which kinds of command there are", () => {
  assertEquals(decodeInfo(new Uint8Array([7, 0, 0, 0])), { uctx_caps: 7 });
  assertThrows(() => decodeInfo(new Uint8Array(3)), DecodeError, "3 bytes");
  assertEquals(describeInfo({ uctx_caps: 7 }), [
    "inline, query, send commands",
  ]);
  assertEquals(describeInfo({ uctx_caps: 0x80000000 }), [
    "no commands",
    "unknown capabilities 0x80000000",
  ]);
});

Deno.test("47 of Linux 7.2's 71 commands can be decoded, both ways, and all 33 that 7.3 has beside them", () => {
  const counts = (["7.2", "7.3"] as const).map((kernel) => {
    const all = [...allowList(kernel).values()];
    return [
      all.filter(({ name }) => inputOf(name) && outputOf(name)).length,
      all.length,
    ];
  });
  assertEquals(counts, [[47, 71], [80, 104]]);
});
