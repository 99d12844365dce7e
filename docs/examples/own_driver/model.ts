/**
 * The model of an Acme card: what its kernel driver does between the fwctl core
 * and the firmware, and a firmware. With it everything can be tried without the
 * card, and faults be injected (`"faults"` of a scenario).
 *
 * @module
 */
import {
  type Bytes,
  ERRNO,
  Faults,
  type KernelOps,
  type ModelDriver,
  type ModelFunctions,
  ObjectReader,
  type PlainData,
  readFaults,
  refuse,
  type ScenarioDevice,
  scopeNumber,
  spoil,
} from "../../../drivers/kit.ts";
import {
  COMMANDS,
  DEVICE_TYPE,
  GET,
  headOf,
  MESSAGE_BYTES,
  RESET,
  SERIAL,
  SET,
  SETTINGS,
  VALUE_OFFSET,
  valueOf,
} from "./protocol.ts";

/** Builds modelled cards. */
export const modelDriver: ModelDriver = {
  create: (device) => new Card(device),
};

class Card implements ModelFunctions {
  readonly #device: ScenarioDevice;
  readonly #serial: number;
  readonly #faults: Faults;
  #values: number[] = SETTINGS.map(() => 0);

  constructor(device: ScenarioDevice) {
    const reader = new ObjectReader(device.firmware, `${device.at}.firmware`);
    this.#device = device;
    this.#serial = reader.integer("serial", { max: 0xffffffff }) ?? 1;
    this.#faults = new Faults(readFaults(reader, commandNumber));
    reader.end();
  }

  /** The kernel driver: every check it makes, in its order. */
  ops(functionId: number): KernelOps | number {
    if (functionId !== 0) return -ERRNO.ENODEV;
    return {
      device_type: DEVICE_TYPE,
      open_uctx: () => null,
      close_uctx: () => {},
      info: () => ({ data: new Uint8Array(4), length: 4 }),
      fw_rpc: (_uctx, scope, in_) => {
        const { code } = headOf(in_);
        const command = COMMANDS.find((each) => each.code === code);
        if (in_.length < MESSAGE_BYTES || !command) return -ERRNO.EINVAL;
        if (scope < scopeNumber(command.scope)) return -ERRNO.EPERM;
        return this.#command(in_);
      },
    };
  }

  save(): PlainData {
    return { values: [...this.#values], faults: this.#faults.save() };
  }

  restore(state: PlainData): void {
    const reader = new ObjectReader(state, "state of an Acme card");
    const values = reader.list("values", SETTINGS.length) ?? [];
    this.#faults.restore(reader.raw("faults"), reader.path("faults"));
    reader.end();
    this.#values = SETTINGS.map((_, index) => Number(values[index] ?? 0));
  }

  /** One command, with the fault that a scenario has for it. */
  #command(in_: Bytes): ReturnType<KernelOps["fw_rpc"]> {
    const out = new Uint8Array(MESSAGE_BYTES);
    const fault = this.#faults.strike(headOf(in_).code);
    if (fault?.unplug) this.#device.unplug(0);
    if (fault?.errno !== undefined) {
      if (fault.executes) this.#execute(in_, out);
      return -fault.errno;
    }
    out[0] = fault?.refusal?.status ?? this.#execute(in_, out);
    if (fault) spoil(out, fault);
    return { out, out_len: out.length };
  }

  /** The firmware: executes, and gives its status. */
  #execute(in_: Bytes, out: Bytes): number {
    const { code, index } = headOf(in_);
    if (code === GET.code) {
      const value = index === SERIAL ? this.#serial : this.#values[index];
      if (value === undefined) return 2;
      new DataView(out.buffer).setUint32(VALUE_OFFSET, value, true);
    } else if (code === SET.code) {
      const value = valueOf(in_);
      if (value > (SETTINGS[index]?.most ?? -1)) return 2;
      this.#values[index] = value;
    } else if (code === RESET.code) {
      this.#values = SETTINGS.map(() => 0);
    }
    return 0;
  }
}

/** A fault's `request`: a command by name or number. */
function commandNumber(value: PlainData, at: string): number {
  const found = COMMANDS.find(({ name, code }) =>
    value === name || value === code
  );
  return found?.code ?? refuse(at, "names no command");
}
