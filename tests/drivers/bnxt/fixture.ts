/** A bnxt device that answers what a test tells it to. */
import type { Channel, DeviceContext } from "../../../drivers/driver.ts";
import { driver } from "../../../drivers/bnxt/mod.ts";
import { commandName, reqTypeOf } from "../../../drivers/bnxt/protocol.ts";
import { layoutOf } from "../../../drivers/bnxt/tables/hwrm.ts";
import { encode, type FieldInputs } from "../../../lib/bits/mod.ts";
import type { Bytes } from "../../../lib/bytes.ts";
import { openChannel } from "../../../lib/device/channel.ts";
import type { Device } from "../../../lib/device/device.ts";
import type {
  Inventory,
  InventoryDevice,
} from "../../../lib/device/inventory.ts";
import { DEFAULT_POLICY } from "../../../lib/plan/policy.ts";

/** The device in the inventory. */
export const ENTRY: InventoryDevice = {
  name: "fwctl0",
  path: "/dev/fwctl/fwctl0",
  driver: "bnxt",
  kernelDriver: "bnxt_en",
  sysfs: "",
  parent: "0000:3b:00.0",
  pci: "0000:3b:00.0",
  pciId: "14e4:1750",
  infiniband: [],
  net: ["ens3f0"],
  cxl: [],
  physfn: null,
  virtfns: [],
  numVfs: 0,
  totalVfs: 0,
};

/** A machine with that device. */
export const INVENTORY: Inventory = {
  bootId: "",
  kernel: "",
  lockdown: "none",
  tainted: false,
  rawio: false,
  devices: [ENTRY],
};

/** What a command answers: fields of its response, a whole response, or an error code. */
export type Script = Readonly<Record<string, FieldInputs | Bytes | number>>;

/** A response of a command with a good header. */
export function response(command: string, fields: FieldInputs = {}): Bytes {
  const layout = layoutOf(`hwrm_${command.toLowerCase()}_output`);
  const bytes = encode(layout, {
    resp_len: layout.bits / 8,
    valid: 1,
    ...fields,
  });
  return bytes;
}

/** The 16 bytes of struct hwrm_err_output. */
export function refusal(code: number, cmdErr = 0): Bytes {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, code, true);
  view.setUint16(6, 16, true);
  bytes[14] = cmdErr;
  return bytes;
}

/** A channel to a device that follows the script, and what was sent. What it does not know is CMD_NOT_SUPPORTED. */
export function scripted(
  script: Script,
): { channel: Channel; sent: Bytes[]; context: DeviceContext } {
  const sent: Bytes[] = [];
  const device: Device = {
    name: "fwctl0",
    info: () => ({ deviceType: 3, deviceData: new Uint8Array(4) }),
    rpc: ({ request, responseCapacity }) => {
      sent.push(request.slice());
      const answer = script[commandName(reqTypeOf(request))] ?? 0xffff;
      const bytes = answer instanceof Uint8Array
        ? answer
        : typeof answer === "number"
        ? refusal(answer)
        : response(commandName(reqTypeOf(request)), answer);
      // As the kernel does: always the whole room, the rest zero.
      const data = new Uint8Array(responseCapacity);
      data.set(bytes.subarray(0, responseCapacity));
      if (!(answer instanceof Uint8Array)) {
        new DataView(data.buffer).setUint16(2, reqTypeOf(request), true);
      }
      return { data, length: responseCapacity, truncated: false };
    },
    close: () => {},
    [Symbol.dispose]: () => {},
  };
  const channel = openChannel(device, driver, DEFAULT_POLICY);
  return {
    channel,
    sent,
    context: { channel, entry: ENTRY, info: {}, know: () => undefined },
  };
}
