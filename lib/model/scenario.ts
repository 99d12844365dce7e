/**
 * Scenario: a modelled host as plain data, form `fwctl-scenario/1`.
 *
 * ```json
 * { "format": "fwctl-scenario/1", "name": "one-card",
 *   "host": { "lockdown": "integrity", "capSysRawio": false },
 *   "devices": [{ "driver": "mlx5", "pci": "0000:3b:00.0", "pciId": "15b3:101d",
 *     "net": ["ens1f0np0"], "infiniband": ["mlx5_0"], "totalVfs": 16, "vfs": 4,
 *     "firmware": { "type": "connectx-6-dx" } }] }
 * ```
 *
 * A CXL memory device has its own name beside the PCI address:
 *
 * ```json
 * { "driver": "cxl", "memdev": "mem0", "pci": "0000:0d:00.0" }
 * ```
 *
 * Files of the host that differ from the model's stand in `host.files` (path to
 * text, `null` for none, or `{ "link": TARGET }`), and device nodes that are not
 * 0600 root in `host.nodes` (`{ "fwctl0": { "mode": "0660", "gid": 44 } }`, or
 * `{ "open": "EPERM" }` for one that cannot be opened).
 *
 * Everything is checked: an unknown key, a wrong type, a count out of bounds or
 * one PCI address or memory device used twice is a `ModelError` naming the key path.
 *
 * @module
 */
import type { PlainData, PlainObject } from "../plain.ts";
import { asInteger, ObjectReader, refuse } from "./reader.ts";
import { type DeviceSpec, readDevice } from "./scenario_device.ts";
import {
  readFiles,
  readNodes,
  type ScenarioFile,
  type ScenarioNode,
} from "./scenario_files.ts";
import { parsePci } from "./pci.ts";

export type { ScenarioFile, ScenarioNode } from "./scenario_files.ts";

/** The scenario form this library reads. */
export const SCENARIO_FORMAT = "fwctl-scenario/1";

/** Lockdown states, as /sys/kernel/security/lockdown names them. */
export const LOCKDOWN = ["none", "integrity", "confidentiality"] as const;

/** What the machine and the process are. */
export interface ScenarioHost {
  /** /proc/sys/kernel/random/boot_id. */
  readonly bootId: string;
  /** /proc/sys/kernel/osrelease. */
  readonly kernel: string;
  /** The kernel's lockdown state. */
  readonly lockdown: typeof LOCKDOWN[number];
  /** /proc/sys/kernel/tainted at boot. */
  readonly tainted: number;
  /** User id of the process. */
  readonly uid: number;
  /** Whether the process holds CAP_SYS_RAWIO. */
  readonly capSysRawio: boolean;
  /** Files that are not as the model makes them, by absolute path. */
  readonly files?: ReadonlyMap<string, ScenarioFile>;
  /** Device nodes that are not 0600 root, by name. */
  readonly nodes?: ReadonlyMap<string, ScenarioNode>;
}

/** A checked scenario. */
export interface Scenario {
  /** Its short name. */
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** The machine. */
  readonly host: ScenarioHost;
  /** Its devices, in the order the kernel finds them. */
  readonly devices: readonly DeviceSpec[];
  /** What it was read from; a saved model state is bound to it. */
  readonly source: PlainObject;
}

/** Most devices of one scenario: as many as fwctl has numbers for. */
const MAX_DEVICES = 4096;
/** Most functions of one scenario, PFs and VFs together. */
const MAX_FUNCTIONS = 100_000;
/** Most fwctl numbers that devices with driver "none" take. */
const MAX_RESERVED = 4096;

/**
 * Checks a scenario.
 *
 * @throws `ModelError` naming the key path that is wrong
 */
export function parseScenario(data: PlainData): Scenario {
  const top = new ObjectReader(data, "");
  const format = top.text("format");
  if (format !== SCENARIO_FORMAT) {
    refuse(
      "format",
      `is ${JSON.stringify(format)} but must be "${SCENARIO_FORMAT}"`,
    );
  }
  const name = top.text("name") ?? refuse("name", "is missing");
  const description = top.text("description") ?? "";
  const host = readHost(top.object("host"), name);
  const list = top.list("devices", MAX_DEVICES) ?? [];
  top.end();
  const devices = list.map((item, index) =>
    readDevice(new ObjectReader(item, `devices[${index}]`))
  );
  checkAddresses(devices);
  return { name, description, host, devices, source: data as PlainObject };
}

function readHost(reader: ObjectReader | undefined, name: string) {
  reader ??= new ObjectReader({}, "host");
  const bootId = reader.text("bootId") ?? defaultBootId(name);
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(bootId)) {
    refuse(reader.path("bootId"), "must be a UUID in lower case");
  }
  const kernel = reader.text("kernel") ?? "7.2.13-amd64";
  if (!/^[\w.+~-]{1,64}$/.test(kernel)) {
    refuse(reader.path("kernel"), "must be a kernel release such as 7.2.13");
  }
  const host: ScenarioHost = {
    bootId,
    kernel,
    lockdown: reader.choice("lockdown", LOCKDOWN) ?? "none",
    tainted: reader.integer("tainted") ?? 0,
    uid: reader.integer("uid", { max: 0xffffffff }) ?? 0,
    capSysRawio: reader.flag("capSysRawio") ?? true,
    files: readFiles(reader),
    nodes: readNodes(reader),
  };
  reader.end();
  return host;
}

/**
 * A boot id made from the name, so that the same scenario is the same boot in
 * every process and a saved plan stays fresh.
 */
function defaultBootId(name: string): string {
  let digits = "";
  for (let word = 0; word < 4; word++) {
    let hash = 0x811c9dc5 ^ word;
    for (let i = 0; i < name.length; i++) {
      hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
    }
    digits += (hash >>> 0).toString(16).padStart(8, "0");
  }
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `8${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join("-");
}

function checkAddresses(devices: readonly DeviceSpec[]): void {
  const owners = new Map<string, string>();
  let functions = 0;
  let reserved = 0;
  const claim = (name: string, at: string): void => {
    const owner = owners.get(name);
    if (owner !== undefined) refuse(at, `is ${name}, which ${owner} has`);
    owners.set(name, at);
  };
  for (const device of devices) {
    reserved += device.reserved;
    asInteger(reserved, "devices: the number of fwctl numbers taken", {
      max: MAX_RESERVED,
    });
    if (device.reserved > 0) continue;
    functions += 1 + device.vfs.length;
    asInteger(functions, "devices: the number of functions", {
      max: MAX_FUNCTIONS,
    });
    if (device.pci !== "") claim(device.pci, `${device.at}.pci`);
    if (device.memdev) claim(device.memdev.name, `${device.at}.memdev`);
    device.vfs.forEach((vf, index) =>
      claim(vf.pci, `${device.at}.vfs[${index}]`)
    );
  }
  for (const device of devices) {
    for (const bridge of device.bridges) {
      if (owners.has(bridge) || parsePci(bridge) === undefined) {
        refuse(`${device.at}.bridges`, `names ${bridge}, which is a device`);
      }
    }
    for (const name of device.platform) {
      if (owners.has(name)) {
        refuse(`${device.at}.platform`, `names ${name}, which is a device`);
      }
    }
  }
}
