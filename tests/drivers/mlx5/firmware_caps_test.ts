import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { ModelError } from "../../../lib/errors.ts";
import { readField } from "../../../lib/bits/mod.ts";
import { layout } from "../../../drivers/mlx5/tables/ifc.ts";
import { card, change, field, query, set } from "./firmware_fixture.ts";

const GENERAL = 0;
const GENERAL_2 = 0x20;
const BAD_PARAM = 3;
const EREMOTEIO = -121;

Deno.test("the field guide's test vectors are answered", () => {
  const fixture = card();
  const vf0 = fixture.send("01000000000000008000000100000000", 4112);
  assertEquals(vf0.status, 0);
  assertEquals(vf0.out.subarray(22, 24), Uint8Array.of(0x00, 0x12));
  // VF 0 again by its vhca_id, current values.
  const byVhca = fixture.send("01000000000000019000001200000000", 4112);
  assertEquals(byVhca.status, 0);
  assertEquals(byVhca.out.subarray(22, 24), Uint8Array.of(0x00, 0x12));
});

Deno.test("the PF says what a ConnectX-6 Dx says that profiles VFs", () => {
  const fixture = card();
  const pf = (name: string): number =>
    field(fixture, "cmd_hca_cap", name, GENERAL);
  assertEquals(pf("vport_group_manager"), 1);
  assertEquals(pf("hca_cap_2"), 1);
  assertEquals(pf("log_max_qp"), 17);
  assertEquals(pf("port_type"), 1);
  assertEquals(pf("uctx_cap") & 4, 4);
  assertEquals(
    field(fixture, "cmd_hca_cap_2", "function_id_type_vhca_id", GENERAL_2),
    1,
  );
  assertEquals(field(fixture, "cmd_hca_cap", "eswitch_manager", GENERAL, 1), 0);
});

Deno.test("MAX and CUR of the PF are two stores", () => {
  const fixture = card();
  const max = fixture.send(query(GENERAL, false), 4112).out;
  const cur = fixture.send(query(GENERAL, true), 4112).out;
  assertNotEquals(max, cur);
});

Deno.test("what the PF sets for VF n is what VF n reads as its own", () => {
  const fixture = card();
  const answer = change(fixture, "cmd_hca_cap", GENERAL, 1, {
    log_max_qp: 12,
    roce: 0,
  });
  assertEquals([answer.ret, answer.status], [0, 0]);
  for (const current of [false, true]) {
    const { out } = fixture.send(query(GENERAL, current), 4112, 1);
    const image = out.subarray(16);
    assertEquals(readField(layout("cmd_hca_cap"), image, "log_max_qp"), 12);
    assertEquals(readField(layout("cmd_hca_cap"), image, "roce"), 0);
    assertEquals(readField(layout("cmd_hca_cap"), image, "vhca_id"), 0x12);
  }
  assertEquals(field(fixture, "cmd_hca_cap", "log_max_qp", GENERAL, 2), 17);
});

Deno.test("a value above the PF's maximum is BAD_PARAM 0x537801 and changes nothing", () => {
  const fixture = card();
  const answer = change(fixture, "cmd_hca_cap", GENERAL, 1, {
    log_max_qp: 18,
    log_max_cq: 3,
  });
  assertEquals(
    [answer.ret, answer.status, answer.syndrome],
    [EREMOTEIO, BAD_PARAM, 0x537801],
  );
  assertEquals(field(fixture, "cmd_hca_cap", "log_max_cq", GENERAL, 1), 24);
});

Deno.test("identity, manager bits and reserved bits cannot be changed", () => {
  const fixture = card();
  const values = { vhca_id: 1, port_type: 0, num_ports: 0, reserved_at_0: 1 };
  for (const [name, value] of Object.entries(values)) {
    const answer = change(fixture, "cmd_hca_cap", GENERAL, 1, {
      [name]: value,
    });
    assertEquals(answer.status, BAD_PARAM, name);
    assertNotEquals(answer.syndrome, 0x537801);
  }
});

Deno.test("a VF in use is BAD_RES_STATE: driver up or held; idle at vfio-pci is not", () => {
  const fixture = card();
  const status = (of: number): number =>
    change(fixture, "cmd_hca_cap", GENERAL, of, { log_max_qp: 10 }).status;
  assertEquals([1, 2, 3, 4].map(status), [0, 0, 9, 9]);
});

Deno.test("functions that are not there, the own one, and wrong types are refused", () => {
  const fixture = card();
  const image = new Uint8Array(4096);
  const status = (request: Uint8Array<ArrayBuffer>, from = 0): number =>
    fixture.send(request, 4112, from).status;
  assertEquals(status(query(GENERAL, false, 5)), 5);
  assertEquals(status(set(GENERAL, 5, image)), 5);
  assertEquals(status(set(GENERAL, 0, image)), BAD_PARAM);
  assertEquals(status(query(0x7f, false)), BAD_PARAM);
  assertEquals(status(set(0x0c, 1, image)), BAD_PARAM);
  assertEquals(status(query(GENERAL, false, 0), 1), BAD_PARAM);
  const ecVf = query(GENERAL, false, 1);
  ecVf[8] = 0xc0;
  assertEquals(status(ecVf), BAD_PARAM);
  const byVhca = query(GENERAL, false, 0x7777);
  byVhca[8] = 0x90;
  assertEquals(status(byVhca), 0x0a);
});

Deno.test("short requests and short answers are BAD_INP_LEN and BAD_OUTP_LEN", () => {
  const fixture = card();
  assertEquals(fixture.send(query(GENERAL, false), 4111).status, 0x51);
  const short = set(GENERAL, 1, new Uint8Array(0)).slice(0, 272);
  assertEquals(fixture.send(short, 16).status, 0x50);
});

Deno.test("MSI-X sizes stay within the PF's range and pool", () => {
  const fixture = card({
    caps: { GENERAL: { num_total_dynamic_vf_msix: 60 } },
  });
  const msix = (of: number, size: number) =>
    change(fixture, "cmd_hca_cap", GENERAL, of, {
      dynamic_msix_table_size: size,
    });
  assertEquals(msix(1, 1).syndrome, 0x537801);
  assertEquals(msix(1, 257).syndrome, 0x537801);
  assertEquals(msix(1, 20).status, 0); // 20 + 3 * 12 = 56
  assertEquals(msix(2, 20).status, 8);
  assertEquals(msix(1, 2).status, 0);
  assertEquals(msix(2, 20).status, 0);
});

Deno.test("migratable can be granted although the PF itself is not", () => {
  const fixture = card();
  const answer = change(fixture, "cmd_hca_cap_2", GENERAL_2, 1, {
    migratable: 1,
  });
  assertEquals(answer.status, 0);
  assertEquals(
    field(fixture, "cmd_hca_cap_2", "migratable", GENERAL_2, 1),
    1,
  );
});

Deno.test("without TOOLS_RESOURCES a context may query and not set", () => {
  const fixture = card({ tools: false });
  assertEquals(fixture.firmware.core(0).uctx_cap, 3);
  const created = fixture.send(`0a040000${"00".repeat(60)}`, 16);
  const uid = created.out[11] ?? 0;
  const as = (request: Uint8Array<ArrayBuffer>) => {
    request[3] = uid;
    return fixture.send(request, 4112).status;
  };
  assertEquals(as(query(GENERAL, false, 1)), 0);
  assertEquals(as(set(GENERAL, 1, new Uint8Array(4096))), 2);
});

Deno.test("scenario overrides reach the PF, all VFs and one VF", () => {
  const fixture = card({
    caps: { GENERAL: { log_max_qp: 16 } },
    vfCaps: { GENERAL: { log_max_cq: 20 } },
    vfs: { "1": { general: { log_max_cq: 10 } } },
  });
  const of = (name: string, id?: number): number =>
    field(fixture, "cmd_hca_cap", name, GENERAL, id);
  assertEquals(of("log_max_qp"), 16);
  assertEquals(of("log_max_qp", 1), 16);
  assertEquals([of("log_max_cq"), of("log_max_cq", 1)], [24, 20]);
  assertEquals([of("log_max_cq", 2), of("log_max_cq", 3)], [10, 20]);
});

Deno.test("wrong firmware options are named by their path", () => {
  const wrong: [Parameters<typeof card>[0], string][] = [
    [{ type: "conectx-7" }, 'did you mean "connectx-7"?'],
    [
      { tool: true },
      'devices[0].firmware.tool is not known; did you mean "tools"?',
    ],
    [{ caps: { GENRAL: {} } }, "devices[0].firmware.caps.GENRAL names"],
    [{ caps: { GENERAL: { log_max_qq: 1 } } }, "log_max_qq is unknown"],
    [{ caps: { GENERAL: { log_max_qp: 32 } } }, "log_max_qp is 32"],
    [{ vfs: { "4": {} } }, "is 4 but must be"],
    [{ firmwareVersion: "22" }, "must be as 22.41.1000"],
    [{ faults: [{ request: "SET_HCA_CAPS", status: 3 }] }, "SET_HCA_CAP"],
    [{ faults: [{ request: "NOP", errno: "EREMOTEIO" }] }, "faults[0]"],
    [{ faults: [{ request: 1, status: 1, errno: "EIO" }] }, "cannot both"],
  ];
  for (const [firmware, says] of wrong) {
    assertThrows(() => card(firmware), ModelError, says);
  }
});
