/**
 * Collects a debug bundle: asks the machine and every device, keeps what they
 * answer, and notes what they refuse. Sends reads only: the sessions it is
 * given are under a policy that lets nothing else pass.
 *
 * @module
 */
import type { QueryType } from "../../drivers/driver.ts";
import type { InventoryDevice } from "../device/inventory.ts";
import type { Session, Sessions } from "../device/sessions.ts";
import { isFwctlError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { PlainData, PlainObject } from "../plain.ts";
import type { Content } from "./archive.ts";
import { inventoryData, kernelData, logData, taintData } from "./machine.ts";
import type { Entry, Missing, Skipped } from "./manifest.ts";

/** Where the log is: the one part whose texts nobody here wrote. */
export const LOG_PATH = "machine/log.json";

/** What collecting needs. */
export interface CollectInput {
  /** The machine. */
  readonly host: Host;
  /** Its devices, under a policy that lets reads pass and nothing else. */
  readonly sessions: Sessions;
  /** The devices to ask. */
  readonly devices: readonly InventoryDevice[];
  /** Versions of what makes the bundle. */
  readonly versions: PlainObject;
  /** Told after each device. */
  progress?(done: number, total: number): void;
}

/** What came of it. */
export interface Collected {
  /** What was read. */
  readonly contents: readonly Content[];
  /** What could not be read. */
  readonly missing: readonly Missing[];
  /** What was not asked for. */
  readonly skipped: readonly Skipped[];
}

/** Reads all of it. A refusal is noted and never ends the rest. */
export function collect(input: CollectInput): Collected {
  const contents: Content[] = [];
  const missing: Missing[] = [];
  const skipped: Skipped[] = [];
  const take = (entry: Entry, read: () => PlainData | undefined): boolean => {
    try {
      const data = read();
      if (data === undefined) return false;
      contents.push({ ...entry, data: plainCopy(data) });
    } catch (error) {
      missing.push({ ...entry, ...refusal(error) });
    }
    return true;
  };
  machine(input, take, missing);
  input.devices.forEach((device, index) => {
    const { name } = device;
    take(entryOf(device, "inventory", "what sysfs says of it"), () => ({
      ...device,
      virtfns: device.virtfns.map((vf) => ({ ...vf })),
    }));
    let session: Session | undefined;
    try {
      session = input.sessions.get(name);
    } catch (error) {
      missing.push({
        ...entryOf(device, "info", "everything that takes an open device"),
        ...refusal(error),
      });
    }
    if (session) askDevice(session, device, take, skipped);
    input.progress?.(index + 1, input.devices.length);
  });
  return { contents, missing, skipped };
}

type Take = (entry: Entry, read: () => PlainData | undefined) => boolean;

function machine(
  { host, sessions: { inventory }, versions }: CollectInput,
  take: Take,
  missing: Missing[],
): void {
  const at = (name: string, title: string): Entry => ({
    path: `machine/${name}.json`,
    title,
    device: "",
  });
  take(at("versions", "versions of the tool"), () => versions);
  take(
    at("inventory", "devices and functions"),
    () => inventoryData(inventory),
  );
  take(at("kernel", "kernel, modules, lockdown"), () => kernelData(host));
  take(at("taint", "taint of the kernel"), () => taintData(host));
  const log = at("log", "kernel log");
  if (take(log, () => logData(host, inventory))) return;
  missing.push({
    ...log,
    code: "UsageError",
    message: "The kernel log cannot be read on this host",
    hint: "Add the output of `dmesg`",
  });
}

function askDevice(
  session: Session,
  device: InventoryDevice,
  take: Take,
  skipped: Skipped[],
): void {
  const { driver, info } = session;
  take(entryOf(device, "info", "FWCTL_INFO"), () => ({
    driver: driver.name,
    title: driver.title,
    device_type: driver.deviceType,
    info: { ...info },
    says: [...driver.describeInfo(info)],
  }));
  take(entryOf(device, "describe", "what can be asked of it"), () => ({
    queries: Object.values(driver.queries).map(({ name, summary, scope }) => ({
      name,
      summary,
      scope,
    })),
    resources: Object.keys(driver.resources),
    actions: Object.keys(driver.actions),
    sections: driver.describe(session).map(({ title, items }) => ({
      title,
      items: items.map((item) => ({ ...item })),
    })),
  }));
  for (const query of Object.values(driver.queries)) {
    askQuery(session, device, query, take, skipped);
  }
}

function askQuery(
  session: Session,
  device: InventoryDevice,
  query: QueryType,
  take: Take,
  skipped: Skipped[],
): void {
  const plain = entryOf(device, query.name, query.summary);
  if (!query.samples) {
    take(plain, () => {
      try {
        return query.run(session, {});
      } catch (error) {
        // It cannot be asked without being told what: that is no failure.
        if (!isFwctlError(error) || error.code !== "UsageError") throw error;
        skipped.push({ ...plain, reason: error.message });
        return undefined;
      }
    });
    return;
  }
  let samples: readonly PlainObject[] = [];
  take(plain, () => {
    samples = query.samples?.(session) ?? [];
    return undefined;
  });
  if (samples.length === 0) {
    skipped.push({ ...plain, reason: "The device has nothing to ask it for" });
  }
  for (const args of samples) {
    const said = Object.values(args).map(String).join(" ");
    take(
      entryOf(device, `${query.name}-${slug(said)}`, `${query.name} ${said}`),
      () => ({ arguments: args, answer: query.run(session, args) }),
    );
  }
}

function entryOf(
  { name }: InventoryDevice,
  part: string,
  title: string,
): Entry {
  return {
    path: `devices/${slug(name)}/${slug(part)}.json`,
    title,
    device: name,
  };
}

/** A text as a part of a path. */
function slug(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "").slice(0, 60) || "x";
}

/** Data as JSON has it: an answer may share parts, or have members that are undefined. */
function plainCopy(data: PlainData): PlainData {
  return JSON.parse(JSON.stringify(data));
}

/** Most characters of a message that is kept. */
const MOST_MESSAGE = 2000;

/** Whatever went wrong: a bundle is made when things do. */
function refusal(error: unknown): Pick<Missing, "code" | "message" | "hint"> {
  if (!isFwctlError(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      code: "InternalError",
      message: message.slice(0, MOST_MESSAGE),
      hint: "This is a fault of the tool: report it with the bundle",
    };
  }
  const { code, message, hint = "" } = error;
  return { code, message: message.slice(0, MOST_MESSAGE), hint };
}
