/**
 * A plausible NetXtreme firmware: one card with its PF and VFs behind the
 * message interface of bnxt_en.
 *
 * What is known comes from hsi.h, from how bnxt_en uses the commands, and from
 * the vendor's interface header that is published with FreeBSD. What is not
 * publicly documented is marked `Assumption:` where it is decided.
 *
 * @module
 */
import { Faults, spoil } from "../../lib/model/faults.ts";
import { asInteger, ObjectReader, refuse } from "../../lib/model/reader.ts";
import type {
  KernelOps,
  ModelFunctions,
  ScenarioDevice,
} from "../../lib/model/types.ts";
import type { Bytes } from "../../lib/bytes.ts";
import type { PlainData, PlainObject } from "../../lib/plain.ts";
import type { Card, Handler } from "./firmware/card.ts";
import { Clock } from "./firmware/clock.ts";
import { clockCommands } from "./firmware/clock_commands.ts";
import {
  type Command,
  ERR,
  fail,
  isRefusal,
  refused,
  success,
  toErrno,
  u16,
} from "./firmware/command.ts";
import { functionCommands } from "./firmware/functions.ts";
import { Health } from "./firmware/health.ts";
import { healthCommands } from "./firmware/health_commands.ts";
import { requestBytes, responseLayout } from "./firmware/layouts.ts";
import { Nvm } from "./firmware/nvm.ts";
import { nvmCommands } from "./firmware/nvm_commands.ts";
import { readOptions } from "./firmware/options.ts";
import { portCommands } from "./firmware/port.ts";
import { portStatisticsCommands } from "./firmware/port_statistics.ts";
import { Statistics } from "./firmware/statistics.ts";
import { statisticsCommands } from "./firmware/statistics_commands.ts";
import { functionsOf, SELF } from "./firmware/targets.ts";
import { Variables } from "./firmware/variables.ts";
import { version } from "./firmware/version.ts";
import {
  BNXT_EN_FLAG_ULP_STOPPED,
  type BnxtCore,
  type BnxtFwMsg,
  bnxtKernelOps,
} from "./kernel.ts";
import type { BnxtKernel } from "./tables/allow_list.ts";

const VER_GET = 0x0;
/** `target_id` of the interface for user space; {@linkcode SELF} is the firmware. */
const TARGET_USER = 0xfffd;
/** Byte of `seq_id` in requests and responses, and of `target_id`. */
const SEQ_ID = 4;
const TARGET_ID = 6;

/** A list that has something in it. */
function used(list: PlainData): PlainData | undefined {
  return Array.isArray(list) && list.length > 0 ? list : undefined;
}

/** One card: firmware shared by its PF and VFs. */
export class BnxtFirmware implements ModelFunctions {
  readonly #device: ScenarioDevice;
  readonly #card: Card;
  readonly #handlers: ReadonlyMap<number, Handler>;
  readonly #faults: Faults;
  readonly #kernel: BnxtKernel;
  /** bnxt_en's sequence numbers, by function id. */
  #sequence: number[];

  /**
   * A card as it is when the host boots.
   *
   * @param reader the scenario's `firmware` object, `type` and `kernel` already asked for
   * @param kernel whose bnxt_fwctl is above it
   * @throws `ModelError` naming the key path that is wrong
   */
  constructor(
    device: ScenarioDevice,
    reader: ObjectReader,
    kernel: BnxtKernel,
  ) {
    const options = readOptions(reader, device);
    const functions = functionsOf(device);
    this.#device = device;
    this.#kernel = kernel;
    this.#card = {
      options,
      functions,
      portId: (functions[0]?.rid ?? 0) & 7,
      totalVfs: device.totalVfs,
      nvm: new Nvm(options.nvm),
      variables: new Variables(),
      health: new Health(options.fwStatus, options.selfReset),
      clock: new Clock(),
      statistics: new Statistics(functions.length),
    };
    this.#handlers = new Map([
      [VER_GET, { name: "VER_GET", pfOnly: false, run: version }],
      ...functionCommands(),
      ...statisticsCommands(),
      ...portCommands(),
      ...portStatisticsCommands(),
      ...healthCommands(),
      ...clockCommands(),
      ...nvmCommands(),
    ]);
    this.#faults = new Faults(options.faults);
    this.#sequence = functions.map(() => 0);
  }

  /**
   * bnxt_en's message interface of a function: 0 is the PF, n the VF n - 1.
   *
   * @throws `ModelError` when there is no such function
   */
  core(functionId: number): BnxtCore {
    if (!this.#card.functions[functionId]) {
      refuse(`function ${functionId}`, "does not exist");
    }
    const { health } = this.#card;
    return {
      // The kernel side looks once for each request, so that is what counts
      // how long a reset lasts.
      get flags(): number {
        return health.stops() ? BNXT_EN_FLAG_ULP_STOPPED : 0;
      },
      bnxt_send_msg: (message) => this.#send(functionId, message),
    };
  }

  /** Kernel side of a function. */
  ops(functionId: number): KernelOps {
    return bnxtKernelOps(this.core(functionId), this.#kernel);
  }

  /** What differs from the initial state. */
  save(): PlainData {
    const { nvm, variables, health, clock, statistics } = this.#card;
    const parts: Record<string, PlainData | undefined> = {
      nvm: nvm.save(),
      variables: variables.save(),
      health: health.save(),
      clock: clock.save(),
      statistics: statistics.save(),
      faults: used(this.#faults.save()),
      sequence: this.#sequence.some((number) => number > 0)
        ? [...this.#sequence]
        : undefined,
    };
    const state: Record<string, PlainData> = {};
    for (const [key, part] of Object.entries(parts)) {
      if (part !== undefined) state[key] = part;
    }
    return state satisfies PlainObject;
  }

  /** Takes back what `save` gave, all or nothing. @throws `ModelError` */
  restore(state: PlainData): void {
    const before = this.save();
    try {
      this.#restore(state);
    } catch (error) {
      this.#restore(before);
      throw error;
    }
  }

  #restore(state: PlainData): void {
    const reader = new ObjectReader(state, "state of bnxt");
    const { nvm, variables, health, clock, statistics } = this.#card;
    nvm.restore(reader.raw("nvm"), reader.path("nvm"));
    variables.restore(reader.raw("variables"), reader.path("variables"));
    health.restore(reader.raw("health"), reader.path("health"));
    clock.restore(reader.raw("clock"), reader.path("clock"));
    statistics.restore(reader.raw("statistics"), reader.path("statistics"));
    this.#faults.restore(reader.raw("faults"), reader.path("faults"));
    const list = reader.list("sequence", this.#sequence.length) ?? [];
    const sequence = list.map((item, index) =>
      asInteger(item, `${reader.path("sequence")}[${index}]`, { max: 0xffff })
    );
    reader.end();
    this.#sequence = this.#sequence.map((_, index) => sequence[index] ?? 0);
  }

  /**
   * bnxt_send_msg() of bnxt_en: the request gets a sequence number of the
   * driver's own, and the answer's `valid` byte is zeroed when it has come, so
   * that a byte the driver does not know yet reads as zero.
   *
   * @returns 0 or a negated errno that stands for the firmware's error code
   */
  #send(functionId: number, { msg, resp, buffers }: BnxtFwMsg): number {
    const own = Uint8Array.from(msg);
    const sequence = this.#sequence[functionId] ?? 0;
    this.#sequence[functionId] = (sequence + 1) & 0xffff;
    own[SEQ_ID] = sequence;
    own[SEQ_ID + 1] = sequence >> 8;
    const command: Command = {
      msg: own,
      reqType: own.length < 2 ? SELF : (own[0] ?? 0) | (own[1] ?? 0) << 8,
      functionId,
      buffers,
    };
    const fault = this.#faults.none
      ? undefined
      : this.#faults.strike(command.reqType);
    if (fault?.unplug) this.#device.unplug(functionId);
    if (fault?.errno !== undefined) {
      if (fault.executes) this.#execute(command);
      return 0 - fault.errno;
    }
    const answer = fault?.refusal
      ? refused(command, {
        error: fault.refusal.status & 0xffff,
        cmdErr: fault.refusal.detail & 0xff,
      })
      : this.#execute(command);
    answer[answer.length - 1] = 0;
    if (fault) spoil(answer, fault);
    resp.set(answer.subarray(0, resp.length));
    return toErrno((answer[0] ?? 0) | (answer[1] ?? 0) << 8);
  }

  /** The firmware itself: one response with `valid` set. */
  #execute(command: Command): Bytes {
    const handler = this.#handlers.get(command.reqType);
    if (!handler) return refused(command, fail(ERR.CMD_NOT_SUPPORTED));
    const { name, pfOnly, run } = handler;
    // Assumption: the chip takes only short commands, which tell their length,
    // and one that is too short is refused as a whole.
    const short = command.msg.length < requestBytes(name);
    const refusal = short
      ? fail(ERR.INVALID_PARAMS)
      : pfOnly && command.functionId !== 0
      ? fail(ERR.RESOURCE_ACCESS_DENIED)
      : this.#wrongTarget(command);
    if (refusal) return refused(command, refusal);
    const answer = run(command, this.#card);
    return isRefusal(answer)
      ? refused(command, answer)
      : success(command, responseLayout(name), answer);
  }

  /** Assumption: a message must be for the firmware or for the caller itself. */
  #wrongTarget(command: Command) {
    const target = u16(command, TARGET_ID);
    const own = this.#card.functions[command.functionId]?.fid;
    return target === SELF || target === TARGET_USER || target === own
      ? undefined
      : fail(ERR.RESOURCE_ACCESS_DENIED);
  }
}
