/**
 * Lanes: threads that speak to devices side by side. A request to a firmware
 * holds its thread until it is answered, so that as many are in flight as there
 * are lanes. A device stays with the lane that opened it.
 *
 * @module
 */
import { SyscallError } from "../errors.ts";
import { ERRNO } from "../uapi/errno.ts";
import type {
  Answer,
  Ask,
  LaneSetup,
  LaneStart,
  Question,
  Questions,
} from "./protocol.ts";
import { receiveError } from "./sent_error.ts";

/** The way to one lane. */
export interface LaneLink {
  /** Asks; questions of one lane are answered in their order. */
  ask(ask: Ask): Promise<Answer>;
  /** Ends the lane. */
  end(): void;
}

/** Most lanes there may be: each is a thread with some 15 MB of its own. */
export const MOST_LANES = 256;

/** The lanes of a command. `using` ends them. */
export class Lanes implements Disposable {
  /** How many there may be. */
  readonly count: number;
  readonly #open: (index: number) => LaneLink;
  readonly #links: LaneLink[] = [];
  readonly #homes = new Map<string, number>();
  readonly #sent: number[] = [];
  #ready: Promise<void>[] = [];

  /** Starts none yet. `open` starts one; workers on a machine when it names one. */
  constructor(count: number, open: LaneStart | ((index: number) => LaneLink)) {
    this.count = count;
    this.#open = typeof open === "function"
      ? open
      : (index) => new WorkerLink(index, open);
  }

  /** Requests that each lane has sent. */
  get sent(): readonly number[] {
    return this.#sent;
  }

  /** How many are at work. */
  get running(): number {
    return this.#links.length;
  }

  /**
   * Gets lanes ready for work on so many devices. Nothing is waited for: they
   * start while the caller goes on.
   */
  setup(setup: LaneSetup, devices: number): void {
    const wanted = Math.max(1, Math.min(this.count, devices));
    while (this.#links.length < wanted) {
      this.#sent.push(0);
      this.#links.push(this.#open(this.#links.length));
    }
    this.#homes.clear();
    this.#ready = this.#links.map((_, lane) =>
      this.#ask(lane, "setup", setup).then(() => {})
    );
    // Told to whoever asks first.
    for (const ready of this.#ready) ready.catch(() => {});
  }

  /** Asks a lane. Rejects with the lane's error, of its class again. */
  async ask<Name extends Question>(
    lane: number,
    op: Name,
    ask: Questions[Name]["ask"],
  ): Promise<Questions[Name]["answer"]> {
    await this.#ready[lane];
    return await this.#ask(lane, op, ask);
  }

  /**
   * Does something for every device, as many at a time as there are lanes; a
   * lane that is free takes the next. What rejects ends nothing but itself.
   *
   * @returns an outcome a device, in their order
   */
  async each<T>(
    devices: readonly string[],
    work: (lane: number, device: string, index: number) => Promise<T>,
  ): Promise<PromiseSettledResult<T>[]> {
    const results: PromiseSettledResult<T>[] = [];
    const next = devices.entries();
    const idle: [number, string][] = [];
    const one = async (lane: number, index: number, device: string) => {
      try {
        const value = await work(lane, device, index);
        results[index] = { status: "fulfilled", value };
      } catch (reason) {
        results[index] = { status: "rejected", reason };
      }
    };
    // Devices that a lane has opened are its own.
    const own = this.#links.map((): [number, string][] => []);
    for (const [index, device] of next) {
      const home = this.#homes.get(device);
      (home === undefined ? idle : own[home])?.push([index, device]);
    }
    let free = 0;
    await Promise.all(this.#links.map(async (_, lane) => {
      for (const [index, device] of own[lane] ?? []) {
        await one(lane, index, device);
      }
      for (let item = idle[free++]; item; item = idle[free++]) {
        this.#homes.set(item[1], lane);
        await one(lane, ...item);
      }
    }));
    return results;
  }

  /** The lane that has a device; the first when none has. */
  home(device: string): number {
    return this.#homes.get(device) ?? 0;
  }

  [Symbol.dispose](): void {
    for (const link of this.#links.splice(0)) link.end();
  }

  async #ask<Name extends Question>(
    lane: number,
    op: Name,
    ask: Questions[Name]["ask"],
  ): Promise<Questions[Name]["answer"]> {
    const link = this.#links[lane];
    if (!link) throw ended(lane, "it was never started");
    const answer = await link.ask({ op, ask } as Ask);
    this.#sent[lane] = answer.sent;
    if (!answer.ok) throw receiveError(answer.error);
    // The answer to this question is of this type: both sides are ours.
    return answer.value as Questions[Name]["answer"];
  }
}

/** A lane that is a worker. */
class WorkerLink implements LaneLink {
  readonly #worker: Worker;
  readonly #lane: number;
  readonly #waiting: PromiseWithResolvers<Answer>[] = [];
  #broken: Error | undefined;

  constructor(lane: number, start: LaneStart) {
    this.#lane = lane;
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), {
      type: "module",
      name: `lane ${lane + 1}`,
    });
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) =>
      this.#waiting.shift()?.resolve(data);
    this.#worker.onerror = (event) => {
      // Without this the error would end the program.
      event.preventDefault();
      this.#break(event.message);
    };
    this.#worker.onmessageerror = () => this.#break("a message was lost");
    this.#worker.postMessage(start);
  }

  ask(ask: Ask): Promise<Answer> {
    if (this.#broken) return Promise.reject(this.#broken);
    const waiting = Promise.withResolvers<Answer>();
    this.#waiting.push(waiting);
    this.#worker.postMessage(ask);
    return waiting.promise;
  }

  end(): void {
    this.#worker.terminate();
    this.#break("it was ended");
  }

  #break(message: string): void {
    this.#broken ??= ended(this.#lane, message);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#broken);
  }
}

/** Nobody knows what became of a request that was in flight: an EIO says just that. */
function ended(lane: number, message: string): SyscallError {
  return new SyscallError(`Lane ${lane + 1} ended: ${message}`, {
    errno: ERRNO.EIO,
    errnoName: "EIO",
    call: "worker",
  }, {
    hint:
      "Try without --parallel; from a checkout a lane needs --allow-read of its folder, and --allow-ffi",
  });
}
