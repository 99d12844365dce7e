/** A card of the plausible NetXtreme firmware, and requests to it, for the tests. */
import { assert } from "@std/assert";
import {
  decode,
  type FieldValues,
  type Layout,
} from "../../../lib/bits/mod.ts";
import type { Bytes } from "../../../lib/bytes.ts";
import { ModelMemory } from "../../../lib/model/memory.ts";
import { parseScenario } from "../../../lib/model/scenario.ts";
import type {
  ModelFunctions,
  ScenarioDevice,
} from "../../../lib/model/types.ts";
import type { PlainObject } from "../../../lib/plain.ts";
import { BnxtFirmware } from "../../../drivers/bnxt/firmware.ts";
import { responseLayout } from "../../../drivers/bnxt/firmware/layouts.ts";
import { modelDriver } from "../../../drivers/bnxt/model.ts";
import { frame, roomFor } from "../../../drivers/bnxt/payload.ts";
import { newRequest } from "../../../drivers/bnxt/protocol.ts";

/** Room for every response. */
const ROOM = 704;
const NO_MEMORY = new ModelMemory();

/** What a command answered. */
export interface Answer {
  /** `error_code`, bytes 0-1. */
  readonly error: number;
  /** The response, as long as `resp_len` says. */
  readonly bytes: Bytes;
  /** Its fields by name; only of a success. */
  readonly fields: FieldValues;
}

/** A card with 4 VFs: VF 1 held by a VM, VF 2 at bnxt_en, the others idle. */
export interface Fixture {
  readonly functions: ModelFunctions;
  /** Functions whose fwctl device an injected fault took away. */
  readonly unplugged: number[];
  /** Sends raw bytes through the kernel side, scope 3: a negated errno or a response. */
  raw(request: Bytes, from?: number, room?: number): Bytes | number;
  /** Sends a flat message with its buffers in user memory: a negated errno or a flat response. */
  flat(request: Bytes, from?: number): Bytes | number;
  /** Sends a command by name. The kernel must let it through. */
  send(command: string, fields?: Fields, from?: number): Answer;
  /** The same with the body as hex after the header. */
  body(command: string, body: string, from?: number): Answer;
}

type Fields = Readonly<Record<string, number>>;

/** A device of a scenario, as the model hands it to the driver. */
export function device(
  firmware: PlainObject = {},
  more: PlainObject = {},
): ScenarioDevice {
  const [spec] = parseScenario({
    format: "fwctl-scenario/1",
    name: "fixture",
    devices: [{
      driver: "bnxt",
      pci: "0000:5e:00.0",
      totalVfs: 8,
      vfs: {
        enabled: 4,
        drivers: [null, "vfio-pci", "bnxt_en"],
        heldBy: [null, "qemu-system-x86[77]"],
      },
      ...more,
      firmware,
    }],
  }).devices;
  assert(spec);
  return { ...spec, unplug: () => {} };
}

/** The card. */
export function card(
  firmware: PlainObject = {},
  more: PlainObject = {},
): Fixture {
  const unplugged: number[] = [];
  const functions = modelDriver.create({
    ...device(firmware, more),
    unplug: (functionId) => unplugged.push(functionId),
  });
  assert(functions instanceof BnxtFirmware);
  const raw = (
    request: Bytes,
    from = 0,
    room = ROOM,
  ): Bytes | number => {
    const ops = functions.ops(from);
    const uctx = ops.open_uctx();
    const result = ops.fw_rpc(uctx, 3, request, room, NO_MEMORY);
    return typeof result === "number" ? result : result.out;
  };
  const flat = (message: Bytes, from = 0): Bytes | number => {
    const { request, capacity, references, unframe } = frame(
      message,
      roomFor(message),
    );
    const memory = new ModelMemory();
    const view = new DataView(request.buffer);
    references.forEach(({ at, buffer }, index) => {
      const address = BigInt(index + 1) << 20n;
      memory.map({ address, bytes: buffer });
      view.setBigUint64(at, address, true);
    });
    const ops = functions.ops(from);
    const uctx = ops.open_uctx();
    const result = ops.fw_rpc(uctx, 3, request, capacity, memory);
    return typeof result === "number" ? result : unframe(result.out);
  };
  const answer = (command: string, request: Bytes, from: number): Answer => {
    const out = flat(request, from);
    assert(typeof out !== "number", `${command} got errno ${out}`);
    const view = new DataView(out.buffer);
    const error = view.getUint16(0, true);
    const bytes = out.slice(0, view.getUint16(6, true));
    return {
      error,
      bytes,
      fields: error === 0 ? decode(layoutFor(command), bytes) : {},
    };
  };
  return {
    functions,
    unplugged,
    raw,
    flat,
    send: (command, fields = {}, from = 0) =>
      answer(command, newRequest(command, fields), from),
    body: (command, body, from = 0) => {
      const hex = Uint8Array.fromHex(body);
      const request = newRequest(command);
      const whole = new Uint8Array(Math.max(request.length, 16 + hex.length));
      whole.set(request);
      whole.set(hex, 16);
      return answer(command, whole, from);
    },
  };
}

function layoutFor(command: string): Layout {
  return responseLayout(command);
}

/** ASCII of a field, up to its first zero. */
export function ascii(value: unknown): string {
  assert(value instanceof Uint8Array || Array.isArray(value));
  const bytes = Array.from(value, Number);
  const end = bytes.indexOf(0);
  return String.fromCharCode(...bytes.slice(0, end < 0 ? undefined : end));
}
