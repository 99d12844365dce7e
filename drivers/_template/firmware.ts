/**
 * A plausible firmware behind kernel.ts: what it remembers, what it refuses. Mark
 * with `Assumption:` what is not publicly documented.
 *
 * It reads its options from the scenario, and injects the faults of one
 * (lib/model/faults.ts), so that every failure can be tried without hardware.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import { Faults, readFaults, spoil } from "../../lib/model/faults.ts";
import { asInteger, ObjectReader, refuse } from "../../lib/model/reader.ts";
import type {
  KernelOps,
  ModelFunctions,
  ScenarioDevice,
} from "../../lib/model/types.ts";
import type { PlainData } from "../../lib/plain.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { type ExampleCore, exampleOps } from "./kernel.ts";
import { commandOf, indexOf, VALUE_OFFSET, valueOf } from "./protocol.ts";
import {
  COMMANDS,
  GET_SETTING,
  RESET,
  SET_SETTING,
  SETTINGS,
} from "./tables/commands.ts";

const BAD_COMMAND = 1;
const BAD_VALUE = 2;
/** The setting that is the serial number, and can only be read. */
const SERIAL = 0xffff;

/** One device. */
export class ExampleFirmware implements ModelFunctions, ExampleCore {
  readonly version: number;
  readonly #device: ScenarioDevice;
  readonly #serial: number;
  readonly #faults: Faults;
  #values: number[] = SETTINGS.map(() => 0);

  /**
   * @param reader the scenario's `firmware` object, `type` already asked for
   * @throws `ModelError` naming the key path that is wrong
   */
  constructor(device: ScenarioDevice, reader: ObjectReader) {
    this.#device = device;
    this.version = reader.integer("version", { max: 0xffffffff }) ?? 1;
    this.#serial = reader.integer("serial", { max: 0xffffffff }) ?? 1;
    this.#faults = new Faults(readFaults(reader, requestOf));
    reader.end();
  }

  /** Function 0; a negated errno is a probe that fails. */
  ops(functionId: number): KernelOps | number {
    return functionId === 0 ? exampleOps(this) : -ERRNO.ENODEV;
  }

  /** What the wall of kernel.ts asks for, with the scenario's faults. */
  command(in_: Bytes, out: Bytes): number {
    const fault = this.#faults.strike(commandOf(in_));
    if (fault?.unplug) this.#device.unplug(0);
    if (fault?.errno !== undefined) {
      if (fault.executes) this.#execute(in_, out);
      return -fault.errno;
    }
    out[0] = fault?.refusal?.status ?? this.#execute(in_, out);
    if (fault) spoil(out, fault);
    return 0;
  }

  /** Everything that is not in the scenario, for `--model-state`. */
  save(): PlainData {
    return { values: [...this.#values], faults: this.#faults.save() };
  }

  /** Takes back what `save` gave. @throws `ModelError` */
  restore(state: PlainData): void {
    const reader = new ObjectReader(state, "state of example");
    const at = reader.path("values");
    const list = reader.list("values", SETTINGS.length) ?? [];
    const values = SETTINGS.map(({ most }, index) =>
      asInteger(list[index] ?? 0, `${at}[${index}]`, { max: most })
    );
    this.#faults.restore(reader.raw("faults"), reader.path("faults"));
    reader.end();
    this.#values = values;
  }

  /** Runs a command. Returns the status. */
  #execute(in_: Bytes, out: Bytes): number {
    const index = indexOf(in_);
    const setting = SETTINGS.find((each) => each.index === index);
    const view = new DataView(out.buffer, out.byteOffset, out.byteLength);
    switch (commandOf(in_)) {
      case GET_SETTING: {
        const value = index === SERIAL ? this.#serial : this.#values[index];
        if (value === undefined) return BAD_VALUE;
        view.setUint32(VALUE_OFFSET, value, true);
        return 0;
      }
      case SET_SETTING: {
        const value = valueOf(in_);
        if (!setting || value > setting.most) return BAD_VALUE;
        this.#values[index] = value;
        return 0;
      }
      case RESET:
        this.#values = SETTINGS.map(() => 0);
        return 0;
      default:
        return BAD_COMMAND;
    }
  }
}

/** A fault's `request`: a command by name or number. */
function requestOf(value: PlainData, at: string): number {
  const command = COMMANDS.find(({ name, code }) =>
    value === name || value === code
  );
  return command?.code ??
    refuse(at, "names no command", COMMANDS.map(({ name }) => name).join(", "));
}
