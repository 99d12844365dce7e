/**
 * The `firmware` object of a scenario's bnxt device, for the plausible card.
 *
 * @module
 */
import {
  asInteger,
  didYouMean,
  type ObjectReader,
  refuse,
} from "../../../lib/model/reader.ts";
import { type Fault, readFaults } from "../../../lib/model/faults.ts";
import { parsePci } from "../../../lib/model/pci.ts";
import type { ScenarioDevice } from "../../../lib/model/types.ts";
import type { PlainData } from "../../../lib/plain.ts";
import { allowList } from "../tables/allow_list.ts";
import { type Chip, chip, chipOfPci, CHIPS } from "./chips.ts";
import { HEALTH_FLAGS, SELF_RESETS } from "./health.ts";
import { type NvmOptions, readNvm } from "./nvm_options.ts";
import { LINKS, MEDIA, type PortOptions } from "./port_kinds.ts";

/** Temperatures in degrees Celsius; 0 to 255. */
export interface Temperatures {
  /** The chip's. */
  readonly chip: number;
  /** The PHY's. */
  readonly phy: number;
  /** The optical module's; null where there is none. */
  readonly module: number | null;
  /** Thresholds. */
  readonly warn: number;
  /** From here on it is critical. */
  readonly critical: number;
  /** From here on it is fatal. */
  readonly fatal: number;
  /** Here it shuts down. */
  readonly shutdown: number;
}

/** Options, checked. */
export interface FirmwareOptions {
  /** The chip. */
  readonly chip: Chip;
  /** Version in four numbers: major, minor, build, patch. */
  readonly version: readonly [number, number, number, number];
  /** The package's version, at most 16 characters. */
  readonly packageVersion: string;
  /** The PF's MAC address, 48 bits. */
  readonly mac: bigint;
  /** The device's serial number, 64 bits. */
  readonly serial: bigint;
  /** Temperatures. */
  readonly temperatures: Temperatures;
  /** FW_HEALTH_CHECK's `fw_status`. */
  readonly fwStatus: number;
  /** FW_QSTATUS's `selfrst_status` at the beginning. */
  readonly selfReset: number;
  /** The port. */
  readonly port: PortOptions;
  /** Non-volatile memory. */
  readonly nvm: NvmOptions;
  /** Requests that are refused while a reset runs. */
  readonly resetRequests: number;
  /** What goes wrong. */
  readonly faults: readonly Fault[];
}

/** First half of the cards' MAC addresses: an OUI of the vendor. */
const OUI = 0xbc97e1n;

/**
 * Reads the options beside `type` and `kernel`:
 *
 * - `chip`: `BCM57508` or `BCM57608`; default by the PCI id
 * - `firmwareVersion`: `230.0.162.0`; `packageVersion`: the same unless given
 * - `mac`: `bc:97:e1:00:00:00`; `serial`: 16 hex digits
 * - `temperatures`: `{ chip, phy, module, warn, critical, fatal, shutdown }` in
 *   degrees Celsius; `module` null means none
 * - `health`: `{ status, selfReset }`: names of set bits such as
 *   `SRT_MISMATCH`, and `none`, `asap`, `pcie-reset` or `power`
 * - `port`: `{ link, speed, media, vendor, partNumber }`
 * - `nvm`: `{ size, entries, factoryDefaults }`, see nvm_options.ts
 * - `resetRequests`: how many requests a reset of the chip lasts, default 3
 * - `faults`: what goes wrong, by HWRM name; a command that times out is EBUSY
 *   to bnxt_en, and so is every command while it waits for the firmware
 *
 * @throws `ModelError` naming the key path
 */
export function readOptions(
  reader: ObjectReader,
  device: ScenarioDevice,
): FirmwareOptions {
  const card = chip(reader.choice("chip", CHIPS) ?? chipOfPci(device.pciId));
  const mac = readMac(reader, device);
  const version = readVersion(reader, card);
  const packageVersion = reader.text("packageVersion") ?? version.join(".");
  if (!/^[ -~]{1,16}$/.test(packageVersion)) {
    refuse(reader.path("packageVersion"), "must be 1 to 16 ASCII characters");
  }
  const health = reader.object("health");
  const options: FirmwareOptions = {
    chip: card,
    version,
    packageVersion,
    mac,
    serial: readSerial(reader, mac),
    temperatures: readTemperatures(reader.object("temperatures")),
    fwStatus: readStatus(health),
    selfReset: SELF_RESETS.indexOf(
      health?.choice("selfReset", SELF_RESETS) ?? "none",
    ),
    port: readPort(reader.object("port"), card),
    nvm: readNvm(reader.object("nvm"), card),
    resetRequests: reader.integer("resetRequests", { max: 1000 }) ?? 3,
    faults: readErrors(reader),
  };
  health?.end();
  reader.end();
  return options;
}

/** Faults whose status is an error code: 16 bits. */
function readErrors(reader: ObjectReader): Fault[] {
  const faults = readFaults(reader, requestNumber);
  faults.forEach(({ refusal }, index) => {
    asInteger(
      refusal?.status ?? 0,
      `${reader.path("faults")}[${index}].status`,
      { max: 0xffff },
    );
  });
  return faults;
}

/** A command's number from its HWRM name, with or without `HWRM_`. */
function requestNumber(value: PlainData, at: string): number {
  if (typeof value === "number") return asInteger(value, at, { max: 0xffff });
  if (typeof value !== "string") {
    refuse(at, "must be a command's name or number");
  }
  const wanted = value.toUpperCase().replace(/^HWRM_/, "");
  const names: string[] = [];
  for (const [number, { name }] of allowList()) {
    if (name === wanted) return number;
    names.push(name);
  }
  refuse(
    at,
    `names no command that the kernel lets through${didYouMean(wanted, names)}`,
  );
}

function readVersion(reader: ObjectReader, card: Chip) {
  const text = reader.text("firmwareVersion") ?? card.firmwareVersion;
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  const numbers = parts?.slice(1).map(Number) ?? [];
  const [major = 256, minor = 0, build = 0, patch = 0] = numbers;
  if (Math.max(major, minor, build, patch) > 255) {
    refuse(
      reader.path("firmwareVersion"),
      "must be four numbers up to 255, as 230.0.162.0",
    );
  }
  return [major, minor, build, patch] as const;
}

function readMac(reader: ObjectReader, device: ScenarioDevice): bigint {
  const given = reader.text("mac");
  if (given === undefined) {
    return OUI << 24n | BigInt(parsePci(device.pci)?.rid ?? 0) << 8n;
  }
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(given)) {
    refuse(reader.path("mac"), "must be as bc:97:e1:00:00:00");
  }
  return BigInt(`0x${given.replaceAll(":", "")}`);
}

/** Unless given, the EUI-64 of the MAC address: ff:fe in the middle. */
function readSerial(reader: ObjectReader, mac: bigint): bigint {
  const given = reader.text("serial");
  if (given === undefined) {
    return mac >> 24n << 40n | 0xfffen << 24n | mac & 0xffffffn;
  }
  if (!/^[0-9a-f]{16}$/.test(given)) {
    refuse(reader.path("serial"), "must be 16 hex digits in lower case");
  }
  return BigInt(`0x${given}`);
}

function readTemperatures(reader: ObjectReader | undefined): Temperatures {
  const degrees = (key: string, otherwise: number): number =>
    reader?.integer(key, { max: 255 }) ?? otherwise;
  const module = reader?.raw("module") === null ? null : degrees("module", 38);
  const temperatures: Temperatures = {
    chip: degrees("chip", 52),
    phy: degrees("phy", 49),
    module,
    warn: degrees("warn", 95),
    critical: degrees("critical", 105),
    fatal: degrees("fatal", 110),
    shutdown: degrees("shutdown", 115),
  };
  reader?.end();
  return temperatures;
}

function readStatus(reader: ObjectReader | undefined): number {
  let status = 0;
  const at = reader?.path("status") ?? "";
  const names = reader?.texts("status", HEALTH_FLAGS.length) ?? [];
  names.forEach((name, index) => {
    const bit = HEALTH_FLAGS.indexOf(name);
    if (bit < 0) {
      refuse(
        `${at}[${index}]`,
        `is ${JSON.stringify(name.slice(0, 64))}, no bit of fw_status` +
          didYouMean(name, HEALTH_FLAGS),
        `Known here: ${HEALTH_FLAGS.join(", ")}.`,
      );
    }
    status |= 1 << bit;
  });
  return status;
}

function readPort(reader: ObjectReader | undefined, card: Chip): PortOptions {
  const name = (key: string, otherwise: string): string => {
    const value = reader?.text(key) ?? otherwise;
    if (!/^[ -~]{0,16}$/.test(value)) {
      refuse(reader?.path(key) ?? key, "must be at most 16 ASCII characters");
    }
    return value;
  };
  const speed = reader?.integer("speed") ?? card.speed;
  if (!card.speeds.includes(speed)) {
    refuse(
      reader?.path("speed") ?? "speed",
      `is ${speed} but must be one of ${card.speeds.join(", ")} (Gb/s)`,
    );
  }
  const port: PortOptions = {
    link: reader?.choice("link", LINKS) ?? "up",
    speed,
    media: reader?.choice("media", MEDIA) ?? "dac",
    vendor: name("vendor", "Model Cables"),
    partNumber: name("partNumber", `DAC-${speed}G-2M`),
  };
  reader?.end();
  return port;
}
