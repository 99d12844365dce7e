/** A modelled memory device, and the way to it that users have. */
import { assert } from "@std/assert";
import { CxlFirmware } from "../../../drivers/cxl/firmware.ts";
import { driver } from "../../../drivers/cxl/mod.ts";
import { type CxlFeatures, learn } from "../../../drivers/cxl/knowledge.ts";
import type { FeatureSchema } from "../../../drivers/cxl/fields.ts";
import { modelDriver } from "../../../drivers/cxl/model.ts";
import type {
  DeviceContext,
  Difference,
  ObserveContext,
  Observed,
} from "../../../drivers/driver.ts";
import { type Bytes, concatBytes } from "../../../lib/bytes.ts";
import { openChannel } from "../../../lib/device/channel.ts";
import type { Device } from "../../../lib/device/device.ts";
import type {
  Inventory,
  InventoryDevice,
} from "../../../lib/device/inventory.ts";
import { SyscallError } from "../../../lib/errors.ts";
import { ModelMemory } from "../../../lib/model/memory.ts";
import type { KernelOps } from "../../../lib/model/types.ts";
import { parseScenario } from "../../../lib/model/scenario.ts";
import type { PlainObject } from "../../../lib/plain.ts";
import type { Policy } from "../../../lib/plan/policy.ts";
import { scopeNumber } from "../../../lib/uapi/fwctl.ts";

/** UUID of the modelled vendor feature with this number. */
export const VENDOR = (number: number): string =>
  `c0de0000-6d65-4d6f-8000-${number.toString(16).padStart(12, "0")}`;

export const ENTRY: InventoryDevice = {
  name: "fwctl0",
  path: "/dev/fwctl/fwctl0",
  driver: "cxl",
  kernelDriver: "cxl_mem",
  sysfs: "",
  parent: "mem0",
  pci: "0000:0d:00.0",
  pciId: "8086:0d93",
  infiniband: [],
  net: [],
  cxl: ["mem0"],
  physfn: null,
  virtfns: [],
  numVfs: null,
  totalVfs: null,
};

export const INVENTORY: Inventory = {
  bootId: "",
  kernel: "",
  lockdown: "none",
  tainted: false,
  rawio: true,
  devices: [ENTRY],
};

const ANYTHING: Policy = {
  scope: "debug-write-full",
  effect: "destructive",
  taint: true,
};

/** A device of the model; `unplugged` counts what a fault took away. */
export function memory(
  firmware: PlainObject = {},
): { firmware: CxlFirmware; unplugged: number[] } {
  const [spec] = parseScenario({
    format: "fwctl-scenario/1",
    name: "fixture",
    devices: [{
      driver: "cxl",
      memdev: "mem0",
      pci: "0000:0d:00.0",
      firmware,
    }],
  }).devices;
  assert(spec);
  const unplugged: number[] = [];
  const functions = modelDriver.create({
    ...spec,
    unplug: (functionId) => unplugged.push(functionId),
  });
  assert(functions instanceof CxlFirmware);
  return { firmware: functions, unplugged };
}

/** The ioctl on a kernel side, without the core's own checks. */
export function deviceOf(ops: KernelOps | number): Device {
  assert(typeof ops === "object", `no fwctl device: ${ops}`);
  const uctx = ops.open_uctx();
  return {
    name: "fwctl0",
    info: () => ({ deviceType: 2, deviceData: new Uint8Array(0) }),
    rpc({ scope, request, responseCapacity }) {
      const answer = ops.fw_rpc(
        uctx,
        scopeNumber(scope),
        request.slice(),
        responseCapacity,
        new ModelMemory(),
      );
      if (typeof answer === "number") {
        throw new SyscallError("refused", {
          errno: -answer,
          errnoName: `${-answer}`,
          call: "ioctl(FWCTL_RPC)",
        });
      }
      const length = answer.out_len;
      return {
        data: answer.out.slice(0, Math.min(length, responseCapacity)),
        length,
        truncated: length > responseCapacity,
      };
    },
    close: () => {},
    [Symbol.dispose]: () => {},
  };
}

/** What a query or a resource gets. */
export function contextOf(
  device: Device,
  schemas: readonly FeatureSchema[] = [],
): DeviceContext & ObserveContext {
  let known: CxlFeatures | undefined;
  const know = () =>
    known ??= learn(openChannel(device, driver, ANYTHING), [schemas]);
  const memos = new Map<string, unknown>();
  return {
    channel: openChannel(device, driver, ANYTHING, { know }),
    entry: ENTRY,
    info: {},
    know,
    memo<T>(key: string, read: () => T): T {
      if (!memos.has(key)) memos.set(key, read());
      return memos.get(key) as T;
    },
  };
}

/** One declaration, compared. */
export function compare(
  body: PlainObject,
  context: ObserveContext,
): { observed: Observed; difference: Difference } {
  const { feature } = driver.resources;
  assert(feature);
  const declared = feature.parse({ device: "mem0", ...body });
  const located = feature.locate(declared, INVENTORY);
  const observed = feature.observe(declared, located, context);
  return { observed, difference: feature.diff(declared, observed) };
}

/** Sends what a difference wants. */
export function write(
  { channel }: DeviceContext,
  { writeHeader, payload, after, writeCapacity }: Difference,
): Bytes {
  return channel.send(
    concatBytes(writeHeader, payload?.write ?? after),
    writeCapacity,
  );
}

/** Sends what takes it back. */
export function undo(
  { channel }: DeviceContext,
  { writeHeader, payload, writeCapacity }: Difference,
  { image }: Observed,
): Bytes {
  return channel.send(
    concatBytes(writeHeader, payload?.undo ?? image),
    writeCapacity,
  );
}
