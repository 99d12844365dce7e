import { assert, assertEquals, assertThrows } from "@std/assert";
import { ModelError } from "../../../lib/errors.ts";
import { ERRNO } from "../../../lib/uapi/errno.ts";
import { modelDriver } from "../../../drivers/bnxt/model.ts";
import { newRequest } from "../../../drivers/bnxt/protocol.ts";
import { exampleOf } from "./buffers_fixture.ts";
import { allowList } from "../../../drivers/bnxt/tables/allow_list.ts";
import { messageOf } from "../../../drivers/bnxt/tables/hwrm.ts";
import { ascii, card, device } from "./firmware_fixture.ts";

const SELF = 0xffff;
const DENIED = 3;
const INVALID = 2;
const NOT_PRESENT = 0x13;

/** Names of the flags that a field has. */
function names(command: string, field: string, value: unknown): string[] {
  const known = messageOf(`hwrm_${command.toLowerCase()}_output`)?.meanings
    .get(field)?.flags ?? [];
  return known.filter(({ mask }) =>
    Number(BigInt(mask) & BigInt(Number(value)))
  )
    .map(({ name }) => name);
}

Deno.test("VER_GET tells chip, version and package, in 8-bit and in 16-bit fields", () => {
  const { send } = card({
    chip: "BCM57608",
    firmwareVersion: "233.1.2.3",
    packageVersion: "233.1.2.3a",
  });
  const { fields, bytes } = send("VER_GET");
  assertEquals(bytes.length, 176);
  assertEquals(fields.chip_num, 0x1760);
  assertEquals(
    [fields.hwrm_fw_maj_8b, fields.hwrm_fw_min_8b, fields.hwrm_fw_bld_8b],
    [233, 1, 2],
  );
  assertEquals(
    [fields.hwrm_fw_major, fields.hwrm_fw_build, fields.hwrm_fw_patch],
    [233, 2, 3],
  );
  assertEquals(ascii(fields.active_pkg_name), "233.1.2.3a");
  assertEquals(fields.always_1, 1);
});

Deno.test("the chip follows the PCI id, and the scenario's word goes before it", () => {
  const of = (firmware: { chip?: string }, pciId: string) =>
    card(firmware, { pciId }).send("VER_GET").fields.chip_num;
  assertEquals(of({}, "14e4:1750"), 0x1750);
  assertEquals(of({}, "14e4:1760"), 0x1760);
  assertEquals(of({ chip: "BCM57508" }, "14e4:1760"), 0x1750);
});

Deno.test("a header has the request's type, the driver's sequence number, the whole length, and no valid byte left", () => {
  const { raw } = card();
  const sequence = (from: number) => {
    const request = newRequest("TEMP_MONITOR_QUERY");
    request.set([0xaa, 0xbb], 4);
    const out = raw(request, from);
    assert(typeof out !== "number");
    const view = new DataView(out.buffer);
    assertEquals(
      [view.getUint16(0, true), view.getUint16(2, true), out[6], out[23]],
      [0, 0xe0, 24, 0],
    );
    return view.getUint16(4, true);
  };
  assertEquals([0, 0, 3, 0].map(sequence), [0, 1, 0, 2]);
});

Deno.test("what does not fit into the room is dropped, with no word about it but resp_len", () => {
  const { raw } = card();
  const out = raw(newRequest("VER_GET"), 0, 32);
  assert(typeof out !== "number");
  assertEquals(out.length, 32);
  assertEquals(new DataView(out.buffer).getUint16(6, true), 176);
});

Deno.test("the PF asks about itself and its VFs, a VF only about itself", () => {
  const { send } = card();
  for (
    const command of [
      "FUNC_QCAPS",
      "FUNC_QCFG",
      "FUNC_QSTATS",
      "FUNC_RESOURCE_QCAPS",
      "DBG_QCAPS",
    ]
  ) {
    const error = (fid: number, from: number) =>
      send(command, { fid }, from).error;
    assertEquals(
      [error(SELF, 0), error(1, 0), error(128, 0), error(131, 0)],
      [0, 0, 0, 0],
    );
    assertEquals([error(0, 0), error(132, 0)], [INVALID, INVALID], command);
    assertEquals([error(SELF, 3), error(130, 3)], [0, 0]);
    assertEquals([error(1, 3), error(128, 3), error(0, 3)], [
      DENIED,
      DENIED,
      DENIED,
    ], command);
  }
  assertEquals(send("FUNC_QCAPS", { fid: 129 }).fields.fid, 129);
  assertEquals(send("FUNC_QCAPS", { fid: SELF }, 2).fields.fid, 129);
});

Deno.test("a VF is the same whoever asks, and the functions together never have more than the chip", () => {
  const { send } = card();
  for (const command of ["FUNC_QCAPS", "FUNC_QCFG", "FUNC_RESOURCE_QCAPS"]) {
    const { fields: own } = send(command, { fid: SELF }, 1);
    const { fields: other } = send(command, { fid: 128 });
    const strip = ({ seq_id: _, ...rest }: typeof own) => rest;
    assertEquals(strip(own), strip(other));
  }
  for (const enabled of [0, 1, 200]) {
    const some = card({}, { totalVfs: 255, vfs: { enabled } });
    let rings = 0;
    for (let id = 0; id <= enabled; id++) {
      const { fields } = some.send("FUNC_QCAPS", { fid: SELF }, id);
      assert(Number(fields.max_tx_rings) >= 1);
      rings += Number(fields.max_tx_rings);
    }
    assert(rings <= 1024, `${rings} rings with ${enabled} VFs`);
  }
});

Deno.test("the PF's capabilities name its VFs, and its configuration counts those in use", () => {
  const { send } = card({ mac: "bc:97:e1:12:34:56" });
  const caps = send("FUNC_QCAPS", { fid: SELF }).fields;
  assertEquals([caps.first_vf_id, caps.max_vfs], [128, 8]);
  assert(caps.mac_address instanceof Uint8Array);
  assertEquals(caps.mac_address.toHex(), "bc97e1123456");
  assert(caps.device_serial_number instanceof Uint8Array);
  assertEquals(caps.device_serial_number.toHex(), "bc97e1fffe123456");
  assert(
    names("FUNC_QCAPS", "flags", caps.flags).includes("ADMIN_PF_SUPPORTED"),
  );
  const config = send("FUNC_QCFG", { fid: SELF }).fields;
  assertEquals([config.alloc_vfs, config.registered_vfs], [4, 2]);
  assertEquals(config.pci_id, 0x5e00);
  const idle = send("FUNC_QCFG", { fid: 128 }).fields;
  assertEquals([idle.alloc_tx_rings, idle.pci_id], [0, 0x5e01]);
  assert(Number(send("FUNC_QCFG", { fid: 129 }).fields.alloc_tx_rings) > 0);
});

Deno.test("a VF may read its port and health, and none of what belongs to the whole card", () => {
  const { send } = card();
  const error = (command: string) => send(command, {}, 1).error;
  for (const command of ["VER_GET", "PORT_PHY_QCFG", "TEMP_MONITOR_QUERY"]) {
    assertEquals(error(command), 0);
  }
  for (
    const command of [
      "FW_RESET",
      "FW_SET_TIME",
      "PORT_CLR_STATS",
      "NVM_GET_DEV_INFO",
      "NVM_ERASE_DIR_ENTRY",
      "NVM_FACTORY_DEFAULTS",
      "SELFTEST_QLIST",
    ]
  ) assertEquals(error(command), DENIED, command);
});

Deno.test("the port tells speed, medium and cable of each chip in the fields that the chip has", () => {
  const first = card({ port: { speed: 25, media: "fibre", vendor: "ACME" } })
    .send("PORT_PHY_QCFG").fields;
  assertEquals([first.link, first.link_speed, first.media_type], [2, 250, 3]);
  assertEquals(first.phy_type, 0x0e);
  assertEquals(ascii(first.phy_vendor_name), "ACME");
  assertEquals(
    names("PORT_PHY_QCFG", "support_speeds", first.support_speeds),
    ["10GB", "25GB", "40GB", "50GB", "100GB"],
  );
  const second = card({ chip: "BCM57608" }).send("PORT_PHY_QCFG").fields;
  assertEquals([second.link_speed, second.active_lanes], [4000, 4]);
  assertEquals([second.support_speeds, second.active_fec_signal_mode], [
    0,
    0x42,
  ]);
  assertEquals(
    names("PORT_PHY_QCFG", "support_speeds2", second.support_speeds2),
    ["25GB", "50GB", "100GB_PAM4_112", "200GB_PAM4_112", "400GB_PAM4_112"],
  );
  const none = card({ port: { link: "no-cable" } }).send("PORT_PHY_QCFG");
  assertEquals([none.fields.link, none.fields.link_speed], [0, 0]);
  assertEquals([none.fields.module_status, none.fields.media_type], [4, 0]);
});

Deno.test("a port that the function does not have is INVALID_PARAMS", () => {
  const { send } = card();
  for (
    const command of ["PORT_PHY_QCFG", "PORT_PHY_QCAPS", "PORT_CLR_STATS"]
  ) {
    assertEquals(send(command, { port_id: 1 }).error, INVALID, command);
    assertEquals(send(command, { port_id: SELF }).error, 0, command);
  }
});

Deno.test("temperatures are those of the scenario, and a port without optics says so", () => {
  const { fields } = card({ temperatures: { chip: 101, module: null } })
    .send("TEMP_MONITOR_QUERY");
  assertEquals([fields.temp, fields.om_temp, fields.warn_threshold], [
    101,
    0,
    95,
  ]);
  assertEquals(names("TEMP_MONITOR_QUERY", "flags", fields.flags), [
    "OM_NOT_PRESENT",
    "THRESHOLD_VALUES_AVAILABLE",
  ]);
});

Deno.test("health is what the scenario says, and FW_SYNC repairs only what it is told to", () => {
  const { send, body } = card({
    health: {
      status: ["SRT_BOOTED", "SRT_MISMATCH", "CFG_MISMATCH"],
      selfReset: "power",
    },
  });
  const status = () => send("FW_HEALTH_CHECK").fields.fw_status;
  assertEquals(status(), 0x80c);
  assertEquals(send("FW_QSTATUS").fields.selfrst_status, 3);
  assertEquals(body("FW_SYNC", "02000000").fields.sync_status, 0x80000000);
  assertEquals(status(), 0x80c, "without the action bit it only asks");
  body("FW_SYNC", "02000080");
  assertEquals(status(), 0x804);
  assertEquals(body("FW_SYNC", "80000080").error, 5);
});

Deno.test("the firmware keeps the time it is given, and refuses what is no time", () => {
  const { send } = card();
  const time = {
    year: 2027,
    month: 2,
    day: 28,
    hour: 23,
    minute: 59,
    second: 58,
    millisecond: 999,
    zone: 60,
  };
  assertEquals(send("FW_SET_TIME", time).error, 0);
  const { fields } = send("FW_GET_TIME", {}, 2);
  assertEquals({ ...fields, ...time }, { ...fields });
  for (
    const wrong of [
      { day: 29 },
      { month: 13 },
      { year: 0 },
      { hour: 24 },
      { millisecond: 1000 },
      { zone: 1440 },
    ]
  ) assertEquals(send("FW_SET_TIME", { ...time, ...wrong }).error, INVALID);
  assertEquals(send("FW_GET_TIME").fields.year, 2027);
});

Deno.test("clearing the port's counters clears every function's, a function reset only its own", () => {
  const { send } = card();
  const packets = (fid: number) =>
    Number(send("FUNC_QSTATS", { fid }).fields.tx_ucast_pkts);
  assert(packets(1) > 0 && packets(128) > 0);
  assertEquals(send("FUNC_RESET", { func_reset_level: 1 }, 1).error, 0);
  assertEquals([packets(128), packets(129) > 0, packets(1) > 0], [
    0,
    true,
    true,
  ]);
  const reset = { enables: 1, vf_id: 129, func_reset_level: 3 };
  assertEquals(send("FUNC_RESET", reset).error, 0);
  assertEquals([packets(129), packets(130) > 0], [0, true]);
  assertEquals(send("FUNC_RESET", reset, 1).error, DENIED);
  assertEquals(send("PORT_CLR_STATS").error, 0);
  assertEquals([1, 128, 129, 130, 131].map(packets), [0, 0, 0, 0, 0]);
  assertEquals(send("FUNC_QSTATS", { fid: 1 }).fields.clear_seq, 1);
});

Deno.test("a reset of the chip stops every function's requests for a while, and a reset that waits is told", () => {
  const { send, raw } = card({ resetRequests: 2 });
  const later = send("FW_RESET", { embedded_proc_type: 6, selfrst_status: 2 });
  assertEquals([later.error, later.fields.selfrst_status], [0, 2]);
  assertEquals(send("FW_QSTATUS").fields.selfrst_status, 2);
  assertEquals(
    send("FW_RESET", { embedded_proc_type: 6, selfrst_status: 1, flags: 1 })
      .error,
    0,
  );
  assertEquals(raw(newRequest("VER_GET")), -ERRNO.EPERM);
  assertEquals(raw(newRequest("VER_GET"), 3), -ERRNO.EPERM);
  assertEquals(send("FW_QSTATUS").fields.selfrst_status, 0);
  assertEquals(send("FW_RESET", { embedded_proc_type: 9 }).error, INVALID);
  assertEquals(send("FW_RESET", { embedded_proc_type: 5 }).error, 9);
  assertEquals(
    send("FW_RESET", { embedded_proc_type: 3, selfrst_status: 1 }).error,
    0,
    "one of the other processors disturbs nobody",
  );
  assertEquals(send("VER_GET").error, 0);
});

Deno.test("an erased entry is gone, its bytes are free, and the others keep their index", () => {
  const { send } = card();
  const free = () => Number(send("NVM_GET_DEV_INFO").fields.available_size);
  const before = free();
  const find = (dir_type: number) => send("NVM_FIND_DIR_ENTRY", { dir_type });
  const vpd = find(5).fields;
  const bootcode = find(4).fields;
  assertEquals([vpd.dir_idx, vpd.dir_data_length], [1, 512]);
  assertEquals(send("NVM_ERASE_DIR_ENTRY", { dir_idx: 1 }).error, 0);
  assertEquals(find(5).error, NOT_PRESENT);
  assertEquals(find(4).fields.dir_idx, bootcode.dir_idx);
  assertEquals(free() - before, vpd.dir_item_length);
  assertEquals(send("NVM_GET_DIR_INFO").fields.entries, 11);
  for (const dir_idx of [1, 12, SELF]) {
    assertEquals(send("NVM_ERASE_DIR_ENTRY", { dir_idx }).error, NOT_PRESENT);
  }
});

Deno.test("entries of one type are found by ordinal: equal, from it on, after it", () => {
  const { send } = card({
    nvm: { entries: [2, 5].map((ordinal) => ({ type: "PORT_CFG", ordinal })) },
  });
  const find = (dir_ordinal: number, opt_ordinal: number) =>
    send("NVM_FIND_DIR_ENTRY", { dir_type: 41, dir_ordinal, opt_ordinal });
  assertEquals(find(2, 0).fields.dir_ordinal, 2);
  assertEquals(find(3, 0).error, NOT_PRESENT);
  assertEquals(find(3, 1).fields.dir_ordinal, 5);
  assertEquals(find(2, 2).fields.dir_ordinal, 5);
  assertEquals(find(5, 2).error, NOT_PRESENT);
  assertEquals(find(0, 3).error, INVALID);
  assertEquals(
    send("NVM_MOD_DIR_ENTRY", { dir_idx: 0, dir_ordinal: 9 }).error,
    0,
  );
  assertEquals(find(9, 0).fields.dir_idx, 0);
});

Deno.test("factory defaults bring an erased configuration back, which waits for a cold boot", () => {
  const { send, body } = card();
  const config = send("NVM_FIND_DIR_ENTRY", { dir_type: 41 }).fields;
  send("NVM_ERASE_DIR_ENTRY", { dir_idx: Number(config.dir_idx) });
  send("NVM_ERASE_DIR_ENTRY", { dir_idx: 1 });
  assertEquals(send("FW_QSTATUS").fields.nvm_option_action_status, 0);
  assertEquals(body("NVM_FACTORY_DEFAULTS", "00000000").fields.result, 1);
  assertEquals(send("NVM_FIND_DIR_ENTRY", { dir_type: 41 }).error, 0);
  assertEquals(send("NVM_FIND_DIR_ENTRY", { dir_type: 5 }).error, NOT_PRESENT);
  assertEquals(send("FW_QSTATUS").fields.nvm_option_action_status, 3);
  assertEquals(body("NVM_FACTORY_DEFAULTS", "01000000").fields.result, 2);
  assertEquals(body("NVM_FACTORY_DEFAULTS", "02000000").error, INVALID);
  const fresh = card({ nvm: { factoryDefaults: false } });
  const refused = fresh.body("NVM_FACTORY_DEFAULTS", "00000000");
  assertEquals([refused.error, refused.bytes[14]], [1, 2]);
  assertEquals(fresh.body("NVM_FACTORY_DEFAULTS", "01000000").fields.result, 0);
  assertEquals(fresh.body("NVM_FACTORY_DEFAULTS", "00000000").fields.result, 1);
});

Deno.test("every command on the kernel's list is answered: success, a refusal, or CMD_NOT_SUPPORTED", () => {
  const { flat } = card({ resetRequests: 0 });
  const unsupported: string[] = [];
  for (const [code, { name }] of allowList()) {
    const out = flat(exampleOf(name));
    assert(typeof out !== "number", name);
    const view = new DataView(out.buffer);
    assertEquals(view.getUint16(2, true), code, name);
    assert(view.getUint16(6, true) >= 16, name);
    if (view.getUint16(0, true) === 0xffff) unsupported.push(name);
  }
  assertEquals(allowList().size - unsupported.length, 40);
  assert(!unsupported.includes("FW_HEALTH_CHECK"));
});

Deno.test("a request shorter than its layout is INVALID_PARAMS, one for another target is denied", () => {
  const { raw } = card();
  const error = (request: Uint8Array<ArrayBuffer>) => {
    const out = raw(request);
    assert(typeof out !== "number");
    return new DataView(out.buffer).getUint16(0, true);
  };
  const request = newRequest("FUNC_QCAPS", { fid: SELF });
  assertEquals(error(request.slice(0, 23)), INVALID);
  assertEquals(error(request), 0);
  const longer = new Uint8Array(128);
  longer.set(request);
  assertEquals(error(longer), 0);
  const to = (target: number) =>
    error(newRequest("FUNC_QCAPS", { fid: SELF }, target));
  assertEquals([to(1), to(0xfffd), to(2), to(0xfff9)], [0, 0, DENIED, DENIED]);
});

Deno.test("stubs are one a function, and their state goes through save and restore", () => {
  const stubs = modelDriver.create(device({ type: "stub", flags: 8 }));
  const state = stubs.save();
  assert(Array.isArray(state));
  assertEquals(state.length, 5);
  assertEquals(state[4], { flags: 8, last_timeout: 0 });
  const other = modelDriver.create(device({ type: "stub" }));
  other.restore(state);
  assertEquals(other.save(), state);
  assertThrows(() => other.restore([]), ModelError);
  assertThrows(() => other.restore([...state.slice(1), null]), ModelError);
  assertEquals(other.save(), state);
  assertThrows(() => stubs.ops(5), ModelError, "does not exist");
});
