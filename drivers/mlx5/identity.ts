/**
 * Who an mlx5 device is: product, firmware version, PSID and vhca_id.
 *
 * Firmware version and PSID come from register MGIR (0x9020); its layout is
 * public in the kernel's mlxsw driver and in the vendor's open-source tools:
 * PSID is 16 characters at byte 0x30, the extended firmware version three
 * 32-bit words from byte 0x44.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import type { InventoryDevice } from "../../lib/device/inventory.ts";
import { isFwctlError } from "../../lib/errors.ts";
import type { Channel, DeviceIdentity } from "../driver.ts";
import {
  HEADER_BYTES,
  queryHcaCap,
  readRegister,
  readU16,
  readU32,
} from "./protocol.ts";

/** Register MGIR: general information. */
export const MGIR = 0x9020;
/** Bytes of MGIR that are read. */
export const MGIR_BYTES = 0xa0;
const PSID = 0x30;
const PSID_BYTES = 16;
const VERSION = 0x44;

/** Products by PCI device id. Source: the mlx5_core driver's device table. */
const PRODUCTS: Readonly<Record<string, string>> = {
  "15b3:1011": "Connect-IB",
  "15b3:1013": "ConnectX-4",
  "15b3:1015": "ConnectX-4 Lx",
  "15b3:1017": "ConnectX-5",
  "15b3:1019": "ConnectX-5 Ex",
  "15b3:101b": "ConnectX-6",
  "15b3:101d": "ConnectX-6 Dx",
  "15b3:101e": "ConnectX family VF",
  "15b3:101f": "ConnectX-6 Lx",
  "15b3:1021": "ConnectX-7",
  "15b3:1023": "ConnectX-8",
  "15b3:1025": "ConnectX-9",
  "15b3:a2d2": "BlueField",
  "15b3:a2d6": "BlueField-2",
  "15b3:a2dc": "BlueField-3",
  "15b3:a2df": "BlueField-4",
};

/** Whether a PCI id such as `15b3:101d` is one of mlx5_core's. */
export function isMlx5(pciId: string): boolean {
  return Object.hasOwn(PRODUCTS, pciId);
}

/** The product of a PCI id. */
export function productOf(pciId: string | null): string {
  if (pciId === null) return "mlx5 device";
  return PRODUCTS[pciId] ?? `mlx5 device ${pciId}`;
}

/** Reads who the device is. What it does not tell stays empty. */
export function identify(
  channel: Channel,
  entry: InventoryDevice,
): DeviceIdentity {
  const facts: Record<string, string> = {};
  const general = ask(channel, queryHcaCap(0, "current"), 4112);
  if (general) {
    const id = readU16(general, HEADER_BYTES + 6);
    facts.vhca_id = `0x${id.toString(16).padStart(4, "0")}`;
  }
  const mgir = ask(
    channel,
    readRegister(MGIR, MGIR_BYTES),
    HEADER_BYTES + MGIR_BYTES,
  );
  const psid = mgir ? psidOf(mgir) : "";
  if (psid !== "") facts.psid = psid;
  return {
    model: productOf(entry.pciId),
    firmware: mgir ? versionOf(mgir) : "",
    facts,
  };
}

/** An answer, or nothing when firmware or policy refuse the question. */
function ask(
  channel: Channel,
  request: Bytes,
  capacity: number,
): Bytes | undefined {
  try {
    const response = channel.send(request, capacity);
    return response.length === capacity ? response : undefined;
  } catch (error) {
    if (
      isFwctlError(error) &&
      (error.code === "DeviceError" || error.code === "PolicyError")
    ) return undefined;
    throw error;
  }
}

function versionOf(response: Uint8Array): string {
  const at = HEADER_BYTES + VERSION;
  const [major, minor, sub] = [0, 4, 8].map((word) =>
    readU32(response, at + word)
  );
  if (major === undefined || minor === undefined || sub === undefined) {
    return "";
  }
  // Anything else is not a version: the register is absent or was never filled.
  if (major === 0 || major > 999 || minor > 9999 || sub > 99999) return "";
  return `${major}.${minor}.${String(sub).padStart(4, "0")}`;
}

function psidOf(response: Uint8Array): string {
  const at = HEADER_BYTES + PSID;
  const text = String.fromCharCode(...response.subarray(at, at + PSID_BYTES))
    .replace(/\0+$/, "");
  return /^[A-Z0-9]{2,4}_[A-Z0-9]{4,12}$/.test(text) ? text : "";
}
