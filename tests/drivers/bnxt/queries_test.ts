/** The friendly queries: who the device is and how its firmware is. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { driver } from "../../../drivers/bnxt/mod.ts";
import { newRequest } from "../../../drivers/bnxt/protocol.ts";
import { DeviceError, UsageError } from "../../../lib/errors.ts";
import type { PlainObject } from "../../../lib/plain.ts";
import { ENTRY, response, type Script, scripted } from "./fixture.ts";

function ascii(text: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(new TextEncoder().encode(text));
  return bytes;
}

const VERSION = {
  chip_num: 0x1750,
  chip_rev: 1,
  hwrm_intf_maj_8b: 1,
  hwrm_intf_min_8b: 10,
  hwrm_intf_upd_8b: 3,
  hwrm_fw_major: 230,
  hwrm_fw_minor: 0,
  hwrm_fw_build: 162,
  hwrm_fw_patch: 0,
  active_pkg_name: ascii("230.1.116.0", 16),
  def_req_timeout: 500,
  max_req_win_len: 128,
};
const CAPS = {
  fid: 1,
  mac_address: new Uint8Array([0, 0x0a, 0xf7, 1, 2, 3]),
  device_serial_number: new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]),
};

function run(name: string, script: Script): PlainObject {
  const query = driver.queries[name];
  assert(query);
  return query.run(scripted(script).context, {}) as PlainObject;
}

Deno.test("the identity has what binds a plan to this very card", () => {
  const { channel } = scripted({ VER_GET: VERSION, FUNC_QCAPS: CAPS });
  assertEquals(driver.identify(channel, ENTRY), {
    model: "BCM57508",
    firmware: "230.0.162.0",
    facts: {
      chip_num: "0x1750",
      serial: "0102030405060708",
      mac: "00:0a:f7:01:02:03",
      fid: "1",
      port: "0",
    },
  });
});

Deno.test("a device that tells nothing still has an identity, and a VF is named as one", () => {
  const { channel } = scripted({});
  assertEquals(driver.identify(channel, { ...ENTRY, pciId: "14e4:1806" }), {
    model: "BCM5750X VF",
    firmware: "",
    facts: {},
  });
  assertEquals(
    driver.identify(channel, { ...ENTRY, pciId: "14e4:9999" }).model,
    "bnxt device 14e4:9999",
  );
  assertEquals(
    driver.identify(channel, { ...ENTRY, pciId: null }).model,
    "bnxt device",
  );
});

Deno.test("an old firmware's 8-bit version is its version", () => {
  const { channel } = scripted({
    VER_GET: { hwrm_fw_maj_8b: 20, hwrm_fw_min_8b: 8, hwrm_fw_bld_8b: 1 },
  });
  assertEquals(driver.identify(channel, ENTRY).firmware, "20.8.1.0");
});

Deno.test("the version query tells chip, interface and firmware", () => {
  const shown = run("version", { VER_GET: VERSION });
  assertEquals(
    [shown.chip, shown.interface, shown.firmware, shown.package],
    ["BCM57508", "1.10.3.0", "230.0.162.0", "230.1.116.0"],
  );
  assertEquals(shown.default_timeout, "500 ms");
  assertThrows(() => run("version", {}), DeviceError, "CMD_NOT_SUPPORTED");
});

const HEALTHY: Script = {
  VER_GET: VERSION,
  FW_QSTATUS: { selfrst_status: 0 },
  FW_HEALTH_CHECK: { fw_status: 0 },
  ERROR_RECOVERY_QCFG: { flags: 1, driver_polling_freq: 10 },
  TEMP_MONITOR_QUERY: {
    temp: 62,
    phy_temp: 50,
    flags: 0x20 | 0x4,
    warn_threshold: 95,
    shutdown_threshold: 115,
  },
};

Deno.test("health shows temperatures with units, and which are not there", () => {
  assertEquals(run("health", HEALTHY).temperature, {
    chip: "62 °C",
    phy: "50 °C",
    optical_module: "not present",
    warning_from: "95 °C",
    critical_from: "none",
    fatal_from: "none",
    shutdown_from: "115 °C",
    warning: false,
  });
});

Deno.test("health says when the chip is hot, an image damaged, a reset awaited", () => {
  const shown = run("health", {
    ...HEALTHY,
    TEMP_MONITOR_QUERY: { temp: 96, flags: 0x20, warn_threshold: 95 },
    FW_HEALTH_CHECK: { fw_status: 0x418 },
    FW_QSTATUS: { selfrst_status: 2, nvm_option_action_status: 3 },
  }) as Record<string, PlainObject>;
  assertEquals(shown.temperature?.warning, true);
  assertEquals(shown.health_check?.problems, ["SRT_MISMATCH", "MBR_CORRUPT"]);
  assertEquals(shown.health_check?.booted_from_backup, ["CRT"]);
  const [first] = shown.processors as unknown as PlainObject[];
  assertEquals(first, {
    processor: "BOOT",
    reset_pending: "at the next PCIe reset",
    nvm_option_action: "cold boot",
  });
});

Deno.test("health shows every refusal instead of leaving the part out", () => {
  const shown = run("health", { VER_GET: VERSION }) as Record<
    string,
    PlainObject
  >;
  for (const part of ["health_check", "error_recovery", "temperature"]) {
    assertEquals(shown[part]?.code, "DeviceError", part);
    assert(/CMD_NOT_SUPPORTED/.test(String(shown[part]?.refused)));
  }
  assertEquals(shown.firmware?.ready, true);
});

Deno.test("health takes a short answer for what it is: not told, never good", () => {
  const short = (command: string, length: number) => {
    const request = newRequest(command);
    const bytes = response(command).slice(0, length);
    const view = new DataView(bytes.buffer);
    view.setUint16(2, new DataView(request.buffer).getUint16(0, true), true);
    view.setUint16(6, length, true);
    bytes[length - 1] = 1;
    return bytes;
  };
  const shown = run("health", {
    VER_GET: short("VER_GET", 16),
    FW_QSTATUS: short("FW_QSTATUS", 9),
    FW_HEALTH_CHECK: short("FW_HEALTH_CHECK", 10),
    ERROR_RECOVERY_QCFG: short("ERROR_RECOVERY_QCFG", 12),
    TEMP_MONITOR_QUERY: short("TEMP_MONITOR_QUERY", 10),
  }) as Record<string, PlainObject>;
  assertEquals(shown.firmware, { ready: "not told" });
  assertEquals(shown.health_check, { status: "not told" });
  assertEquals(shown.temperature, { chip: "not told" });
  assertEquals(shown.error_recovery?.by, "not told");
  const [first] = shown.processors as unknown as PlainObject[];
  assertEquals(first?.reset_pending, "not told");
});

Deno.test("nvm tells sizes, and stored versions only when the firmware vouches for them", () => {
  const script = (flags: number): Script => ({
    NVM_GET_DEV_INFO: {
      manufacturer_id: 0xef,
      nvram_size: 0x800000,
      reserved_size: 4096,
      flags,
      hwrm_fw_major: 230,
      pkg_name: ascii("230.1.116.0", 16),
    },
    NVM_GET_DIR_INFO: { entries: 12, entry_length: 24 },
  });
  const shown = run("nvm", script(1)) as Record<string, PlainObject>;
  assertEquals(shown.directory, { entries: 12, entry_length: "24 bytes" });
  assertEquals(
    [shown.device?.size, shown.device?.reserved, shown.device?.stored],
    ["8388608 bytes", "4096 bytes", { firmware: "230.0.0.0" }],
  );
  const silent = run("nvm", script(0)) as Record<string, PlainObject>;
  assertEquals(silent.device?.stored, "not told by this firmware");
});

Deno.test("queries send nothing but reads", () => {
  for (const name of ["identity", "version", "health", "nvm"]) {
    const { context, sent } = scripted(HEALTHY);
    driver.queries[name]?.run(context, {});
    assert(sent.length > 0);
    for (const request of sent) {
      const { effect, scope } = driver.classify(request);
      assertEquals([effect, scope], ["read", "debug-read-only"]);
    }
  }
});

Deno.test("queries with buffers send nothing but reads either, at no more than they say", () => {
  const script = {
    ...HEALTHY,
    NVM_GET_DIR_INFO: { entries: 1, entry_length: 24 },
    NVM_GET_DIR_ENTRIES: {},
    NVM_GET_VARIABLE: {},
    PORT_QSTATS: {},
    PORT_QSTATS_EXT: {},
    DBG_COREDUMP_LIST: {},
  };
  for (
    const name of [
      "nvm_entries",
      "nvm_variables",
      "port_statistics",
      "coredump",
    ]
  ) {
    const { context, sent } = scripted(script);
    driver.queries[name]?.run(context, {});
    assert(sent.length > 0);
    for (const request of sent) {
      assertEquals(driver.classify(request).effect, "read", name);
    }
    const error = assertThrows(
      () => driver.queries[name]?.run(context, { porrt: 1 }),
      UsageError,
      'no argument "porrt"',
    );
    assert(error.hint);
  }
});

Deno.test("an option is read by name, by number and width, and wrong words are refused", () => {
  const { context, sent } = scripted({ NVM_GET_VARIABLE: { data_len: 10 } });
  const run = (args: PlainObject) =>
    driver.queries.nvm_variables?.run(context, args);
  run({ option: "msix_vec_per_pf_max" });
  // data_len 10 @24, option_num 108 @26, no dimensions.
  assertEquals([...sent[0]?.subarray(24, 32) ?? []], [
    10,
    0,
    108,
    0,
    0,
    0,
    0,
    0,
  ]);
  run({ option: "700", bits: 16, index: 2 });
  assertEquals([...sent[1]?.subarray(24, 32) ?? []], [
    16,
    0,
    188,
    2,
    1,
    0,
    2,
    0,
  ]);
  for (
    const [args, what] of [
      [{ option: "MSIX_VEC_PER_PF" }, /No public option/],
      [{ option: "700" }, /width of option 700/],
      [{ option: "700", bits: 0 }, /bits cannot be 0/],
      [{ option: "0", bits: 1 }, /option cannot be 0/],
      [{ option: "700", bits: 8, index: -1 }, /index cannot be -1/],
    ] as const
  ) {
    const error = assertThrows(() => run(args), UsageError);
    assert(what.test(error.message), error.message);
  }
});
