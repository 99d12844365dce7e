/**
 * Who a bnxt device is: product, firmware version, serial number and MAC
 * address, from VER_GET and FUNC_QCAPS.
 *
 * @module
 */
import type { InventoryDevice } from "../../lib/device/inventory.ts";
import type { PlainData, PlainObject } from "../../lib/plain.ts";
import type { Channel, DeviceIdentity } from "../driver.ts";
import { tryAsk } from "./ask.ts";
import { OWN_FID } from "./protocol.ts";

/**
 * Products by PCI device id of vendor 14e4, which is also chip_num of VER_GET
 * for the chips themselves. Source: the device table of bnxt_en.
 */
const PRODUCTS: Readonly<Record<number, string>> = {
  0x16c8: "BCM57301",
  0x16c9: "BCM57302",
  0x16ca: "BCM57304",
  0x16ce: "BCM57311",
  0x16cf: "BCM57312",
  0x16d0: "BCM57402",
  0x16d1: "BCM57404",
  0x16d2: "BCM57406",
  0x16d6: "BCM57412",
  0x16d7: "BCM57414",
  0x16d8: "BCM57416",
  0x16d9: "BCM57417",
  0x16df: "BCM57314",
  0x16e2: "BCM57417",
  0x16e3: "BCM57416",
  0x16f0: "BCM58808",
  0x16f1: "BCM57452",
  0x1614: "BCM57454",
  0x1750: "BCM57508",
  0x1751: "BCM57504",
  0x1752: "BCM57502",
  0x1760: "BCM57608",
  0xd802: "BCM58802",
  0xd804: "BCM58804",
  0x1606: "NetXtreme-E VF",
  0x1609: "NetXtreme-E VF",
  0x16dc: "NetXtreme-E VF",
  0x16e1: "NetXtreme-C VF",
  0x1806: "BCM5750X VF",
  0x1807: "BCM5750X VF",
  0x1819: "BCM5760X VF",
};

/** The product of a chip_num or a PCI device id, or undefined. */
export function productOf(id: number): string | undefined {
  return PRODUCTS[id];
}

/** Whether a PCI id such as `14e4:1750` is one of bnxt_en's. */
export function isNetXtreme(pciId: string): boolean {
  const [, own] = /^14e4:([0-9a-f]{4})$/.exec(pciId) ?? [];
  return own !== undefined && productOf(Number.parseInt(own, 16)) !== undefined;
}

/** The four versions VER_GET and NVM_GET_DEV_INFO know by prefix. */
export type VersionPrefix =
  | "hwrm_intf"
  | "hwrm_fw"
  | "mgmt_fw"
  | "netctrl_fw"
  | "roce_fw"
  | "srt2_fw"
  | "security_soc_fw";

/** A version `a.b.c.d` from fields of a prefix; "" when all are 0 or not told. */
export function versionText(
  fields: PlainObject,
  prefix: VersionPrefix,
): string {
  const wide = ["major", "minor", "build", "patch"];
  const narrow = [
    "maj_8b",
    "min_8b",
    prefix === "hwrm_intf" ? "upd_8b" : "bld_8b",
    "rsvd_8b",
  ];
  for (const names of [wide, narrow]) {
    const numbers = names.map((name) => fields[`${prefix}_${name}`])
      .filter((one) => typeof one === "number");
    if (numbers.length === 4 && numbers.some((one) => one !== 0)) {
      return numbers.join(".");
    }
  }
  return "";
}

/** Reads who the device is. What it does not tell stays empty. */
export function identify(
  channel: Channel,
  entry: InventoryDevice,
): DeviceIdentity {
  const version = fieldsOf(channel, "VER_GET", {});
  const caps = fieldsOf(channel, "FUNC_QCAPS", { fid: OWN_FID });
  const facts: Record<string, string> = {};
  const chip = version.chip_num;
  if (typeof chip === "number" && chip !== 0) {
    facts.chip_num = `0x${chip.toString(16)}`;
  }
  // Assumption: bytes in the order they come; the header does not say more.
  fact(facts, "serial", caps.device_serial_number);
  fact(facts, "mac", caps.mac_address);
  if (typeof caps.fid === "number") facts.fid = `${caps.fid}`;
  if (typeof caps.port_id === "number") facts.port = `${caps.port_id}`;
  return {
    model: modelOf(entry.pciId, typeof chip === "number" ? chip : 0),
    firmware: versionText(version, "hwrm_fw"),
    facts,
  };
}

/** VFs are named by their PCI id, which the chip's number does not tell. */
function modelOf(pciId: string | null, chip: number): string {
  const [, own] = /^14e4:([0-9a-f]{4})$/.exec(pciId ?? "") ?? [];
  const byPci = own === undefined
    ? undefined
    : productOf(Number.parseInt(own, 16));
  return byPci ?? productOf(chip) ??
    (pciId === null ? "bnxt device" : `bnxt device ${pciId}`);
}

function fact(
  facts: Record<string, string>,
  name: string,
  value: PlainData | undefined,
): void {
  if (typeof value === "string" && !/^[0:]*$/.test(value)) facts[name] = value;
}

function fieldsOf(
  channel: Channel,
  command: string,
  fields: Record<string, number>,
): PlainObject {
  const asked = tryAsk(channel, command, fields);
  return "answer" in asked ? asked.answer.fields : {};
}
