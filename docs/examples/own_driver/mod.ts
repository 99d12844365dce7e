/**
 * A driver of one's own, outside of the library: for an Acme card, which does
 * not exist. Four files: the messages (`protocol.ts`), what a recipe can
 * declare (`setting.ts`), the model (`model.ts`), and this one.
 *
 * It imports one module of the library, `drivers/kit.ts`; in a project of your
 * own that is `https://example.com/fwctl-deno@0.1.0/drivers/kit.ts`.
 *
 * ```sh
 * fwctl --driver-module ./mod.ts --model ./scenario.json list
 * ```
 *
 * @module
 */
import {
  DecodeError,
  type DeviceIdentity,
  type Driver,
  type QueryType,
} from "../../../drivers/kit.ts";
import {
  classify,
  COMMANDS,
  DEVICE_TYPE,
  GET,
  MESSAGE_BYTES,
  refusal,
  request,
  SERIAL,
  SETTINGS,
  valueOf,
} from "./protocol.ts";
import { settingResource } from "./setting.ts";

const identify: Driver["identify"] = (channel): DeviceIdentity => {
  const serial = valueOf(channel.send(request(GET, SERIAL), MESSAGE_BYTES));
  return {
    model: "Acme 1000",
    firmware: "",
    facts: { serial: String(serial) },
  };
};

const identity: QueryType = {
  name: "identity",
  summary: "Product and serial number",
  scope: "configuration",
  arguments: {},
  run: ({ channel, entry }) => {
    const { model, facts } = identify(channel, entry);
    return { model, facts: { ...facts } };
  },
};

/** The driver. */
export const driver: Driver = {
  name: "acme",
  deviceType: DEVICE_TYPE,
  title: "Acme cards",
  // As in /sys/bus/pci/drivers: discovery knows the device by it.
  kernelDrivers: ["acme_core"],
  decodeInfo(data) {
    if (data.length < 4) throw new DecodeError("FWCTL_INFO is too short");
    return { version: data[0] ?? 0 };
  },
  describeInfo: ({ version = 0 }) => [`version ${version}`],
  classify,
  refusal,
  // What the kernel driver means by an errno; the fwctl core's own are known.
  explainErrno: (errno, label) =>
    errno === "EPERM"
      ? {
        meaning: "the kernel does not let the request through at this scope",
        hint: `It needs scope ${label?.scope ?? "debug-write-full"}`,
      }
      : undefined,
  identify,
  // The cast: a list of resources cannot know each one's own type.
  resources: { setting: settingResource as Driver["resources"][string] },
  actions: {},
  queries: { identity },
  describe: () => [{
    title: "Settings",
    items: SETTINGS.map(({ name, most }) => ({
      name,
      detail: `0 to ${most}`,
      use: "resource",
      scope: "configuration",
      effect: "runtime",
      reason: "read with GET, written with SET",
    })),
  }],
  requests: () =>
    COMMANDS.map((command) => ({
      code: `0x${command.code.toString(16)}`,
      label: classify(request(command)),
    })),
  // Not imported above: who only talks to devices never loads it.
  loadModel: async () => (await import("./model.ts")).modelDriver,
};
