/**
 * Action `bnxt.command`: one command of the kernel's list that does more than
 * read, sent once.
 *
 * ```ts ignore
 * action("bnxt.command", {
 *   device: "fwctl0",
 *   command: "PORT_CLR_STATS",
 *   fields: { port_id: 0 },
 * })
 * ```
 *
 * What the firmware is to read from a buffer is `payload`, hex digits; the field
 * that says how long it is may be left out.
 *
 * @module
 */
import { type Bytes, toHex } from "../../../lib/bytes.ts";
import { findTarget } from "../../../lib/device/find.ts";
import type {
  Inventory,
  InventoryDevice,
} from "../../../lib/device/inventory.ts";
import { isFwctlError, PlanError, RecipeError } from "../../../lib/errors.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import type {
  ActionArgument,
  ActionType,
  Located,
  PreparedAction,
} from "../../driver.ts";
import { decodeAnswer, withRoom } from "../contents.ts";
import { present } from "../decode.ts";
import { fieldNames, readFields } from "../fields.ts";
import { roomFor } from "../payload.ts";
import {
  commandName,
  INPUT_BYTES,
  newRequest,
  readU16,
  reqTypeOf,
  SELF,
} from "../protocol.ts";
import { addPayload, readPayload } from "./payload.ts";
import { readData, readTarget } from "../queries/command.ts";
import { classify, TOO_OLD } from "../scope.ts";
import { allowList } from "../tables/allow_list.ts";
import { buffersOf } from "../tables/buffers.ts";
import { inputOf } from "../tables/hwrm.ts";

/** A checked declaration. */
export interface CommandDeclaration {
  /** The device, by any of its names. */
  readonly device: string;
  /** Name without `HWRM_`. */
  readonly command: string;
  /** The whole request. */
  readonly request: Bytes;
}

const KEYS = ["device", "command", "fields", "data", "target", "payload"];

const fail = (message: string, hint: string): RecipeError =>
  new RecipeError(`bnxt.command: ${message}`, { hint });

/** The action. */
export const commandAction: ActionType<CommandDeclaration> = {
  kind: "bnxt.command",
  summary:
    "One command that does more than read: a reset, clearing counters, NVM",
  scope: null,
  effect: null,

  parse(body): CommandDeclaration {
    for (const key of Object.keys(body)) {
      if (KEYS.includes(key)) continue;
      throw fail(
        `unknown key "${key}"`,
        didYouMean(key, KEYS) ?? `Its keys are ${KEYS.join(", ")}`,
      );
    }
    const { device } = body;
    if (typeof device !== "string" || device === "") {
      throw fail("device is missing", 'Name it, such as device: "fwctl0"');
    }
    const command = readCommand(body.command);
    const { fields, data } = body;
    if (fields !== undefined && data !== undefined) {
      throw fail(
        "fields and data are both given",
        "Give fields by name, or everything after the header as hex digits",
      );
    }
    if (data === undefined && fieldNames(command) === undefined) {
      throw fail(
        `data is missing: the fields of ${command} are not public`,
        'Give what follows the 16-byte header as hex digits; data: "" for nothing',
      );
    }
    const struct = newRequest(
      command,
      fields === undefined ? {} : readFields(command, fields, fail),
      readTarget(body.target, fail),
      readData(data, fail),
    );
    const request = withRoom(
      addPayload(command, struct, readPayload(body.payload, fail), fail),
    );
    const { effect } = classify(request);
    if (effect === "read") {
      throw fail(
        `${command} only reads`,
        "Read it with the query command, in observe or with fwctl query",
      );
    }
    return { device, command, request };
  },

  locate({ device: name, command, request }, inventory): Located {
    const device = deviceNamed(inventory, name);
    return {
      device: device.name,
      // The same command with other values is another unit.
      unit: `command ${command} ${toHex(request.subarray(6))}`,
      title: command,
      address: device.pci ?? "",
      vf: null,
      context: device,
    };
  },

  prepare({ command, request }, located, context): PreparedAction {
    const device = located.context as InventoryDevice;
    const target = readU16(request, 6);
    return {
      request,
      capacity: roomFor(request),
      // The device's own facts bind the plan already.
      identity: target === SELF
        ? {}
        : { target_id: `0x${target.toString(16)}` },
      arguments: argumentsOf(command, request),
      notes: notes(command, device),
      refused: classify(request, context.know).allowed
        ? []
        : [`The kernel does not send ${command}: ${TOO_OLD}`],
    };
  },

  answer(request, response): PlainObject {
    const command = commandName(reqTypeOf(request));
    try {
      const { fields, raw, contents } = decodeAnswer(request, response, "");
      return {
        command,
        ...fields,
        ...(raw === "" ? {} : { raw }),
        ...(Object.keys(contents).length === 0 ? {} : { contents }),
      };
    } catch (error) {
      if (!isFwctlError(error)) throw error;
      return { command, unreadable: error.message, raw: toHex(response) };
    }
  },
};

function readCommand(name: PlainData | undefined): string {
  const names = [...allowList().values()].map((one) => one.name);
  if (typeof name !== "string") {
    throw fail("command is missing", 'Name it, such as command: "FW_RESET"');
  }
  const wanted = name.toUpperCase().replace(/^HWRM_/, "");
  if (names.includes(wanted)) return wanted;
  throw fail(
    `the kernel lets no command "${name}" through`,
    didYouMean(wanted, names) ?? "Run `fwctl describe` for all it lets through",
  );
}

function deviceNamed(inventory: Inventory, name: string): InventoryDevice {
  const device = findTarget(inventory, name);
  if (device.driver === "bnxt") return device;
  throw new PlanError(
    `${name} is a ${device.driver} device, not a bnxt one`,
    "unknown-target",
    [],
    { hint: "Run `fwctl list` to see the devices" },
  );
}

/** The fields as they will be sent, by name; those that are 0 too, for an action must be read whole. */
function argumentsOf(command: string, request: Bytes): ActionArgument[] {
  const message = inputOf(command);
  const named = buffersOf(reqTypeOf(request));
  const addresses = new Set(named?.buffers.map(({ name }) => name));
  const payload = named ? request.subarray(named.size) : new Uint8Array(0);
  if (!message) {
    const body = request.subarray(INPUT_BYTES);
    return body.length === 0 ? [] : [{ name: "data", value: toHex(body) }];
  }
  return [
    ...present(message, request).filter(([name]) => !addresses.has(name))
      .map(([name, value]) => ({
        name,
        value: typeof value === "number" ? value : text(value),
      })),
    ...(payload.length === 0
      ? []
      : [{ name: "payload", value: toHex(payload) }]),
  ];
}

function text(value: PlainData): string {
  if (Array.isArray(value)) {
    return value.length === 0 ? "none" : value.join("+");
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const RESETS = new Set(["FUNC_RESET", "FW_RESET"]);

function notes(command: string, device: InventoryDevice): string[] {
  const list: string[] = [];
  if (inputOf(command) === undefined) {
    list.push(
      `The layout of ${command} is not public: its data is sent as it was given`,
    );
  }
  if (RESETS.has(command) && device.net.length > 0) {
    list.push(`${device.net.join(", ")} will lose its link for a while`);
  }
  if (RESETS.has(command) && device.virtfns.length > 0) {
    list.push(
      `${device.virtfns.length} virtual functions of it may stop with it`,
    );
  }
  return list;
}
