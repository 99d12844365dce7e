/**
 * Recording: a host that passes every call on and keeps what went in and what
 * came back. It changes nothing, repeats nothing, and when it cannot keep a
 * line the command goes on without it.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { isFwctlError } from "../errors.ts";
import type { DeviceNode, FileStat, Host } from "../host/host.ts";
import { LineWriter, type RecordingSink } from "./line.ts";
import { RecordedNode } from "./record_node.ts";
import {
  type Exchange,
  HOST_ABILITIES,
  type HostAbility,
  type RecordedError,
  type RecordingEnd,
} from "./types.ts";

/** What is said of a recording at its head. */
export interface RecordingAbout {
  /** The program that records; `fwctl` when absent. */
  readonly tool?: string;
  /** The command line, for people. */
  readonly command?: readonly string[];
  /** When it begins; left out when absent. */
  readonly started?: Date;
}

/** Keeps what is said with one host, or with several one after the other. */
export class Recorder {
  readonly #lines: LineWriter;
  readonly #about: RecordingAbout;
  readonly #start = performance.now();
  #begun = false;
  #nodes = 0;

  /** Writes nothing before the first host. */
  constructor(sink: RecordingSink, about: RecordingAbout = {}) {
    this.#lines = new LineWriter(sink);
    this.#about = about;
  }

  /** Exchanges kept so far. */
  get exchanges(): number {
    return this.#lines.exchanges;
  }

  /** Requests to devices among them. */
  get requests(): number {
    return this.#lines.requests;
  }

  /** The same machine, every call kept. */
  host(host: Host): Host {
    this.#begin(host.kind, abilities(host));
    return new RecordedHost(host, this);
  }

  /** Writes the last line. */
  end(exit: number | null = null): RecordingEnd {
    this.#begin("model", []);
    return this.#lines.end(exit);
  }

  /** Milliseconds since the beginning. */
  now(): number {
    return Math.round((performance.now() - this.#start) * 1000) / 1000;
  }

  /** A number for a node that was opened. */
  node(): number {
    return ++this.#nodes;
  }

  /** Keeps one exchange. */
  keep(exchange: Exchange): void {
    this.#lines.exchange(exchange);
  }

  #begin(host: Host["kind"], can: readonly HostAbility[]): void {
    if (this.#begun) return;
    this.#begun = true;
    const { tool = "fwctl", command, started } = this.#about;
    this.#lines.header({
      host,
      can,
      tool,
      command: command ?? null,
      started: started?.toISOString() ?? null,
      redacted: null,
    });
  }
}

/**
 * A machine whose every call is kept. Disposing of it writes the recording's
 * end and disposes of the machine.
 */
export function recordingHost(
  host: Host,
  sink: RecordingSink,
  about: RecordingAbout = {},
): Host {
  const recorder = new Recorder(sink, about);
  const recorded = recorder.host(host);
  const dispose = recorded[Symbol.dispose].bind(recorded);
  let ended = false;
  recorded[Symbol.dispose] = () => {
    if (!ended) recorder.end();
    ended = true;
    dispose();
  };
  return recorded;
}

function abilities(host: Host): HostAbility[] {
  return HOST_ABILITIES.filter((name) => host[name] !== undefined);
}

/** The names of members that not every machine has. */
type Optional<T> = {
  [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? K : never;
}[keyof T];

/** Does not compile once a host can be asked what no recording keeps. */
type Kept = Exclude<Optional<Host>, HostAbility> extends never ? Host : never;

class RecordedHost implements Kept {
  readonly kind: Host["kind"];
  readonly #host: Host;
  readonly #recorder: Recorder;
  readonly instance?: (path: string) => string;
  readonly stat?: (path: string) => FileStat;
  readonly kernelLog?: () => string[];

  constructor(host: Host, recorder: Recorder) {
    this.kind = host.kind;
    this.#host = host;
    this.#recorder = recorder;
    if (host.instance) {
      this.instance = (path) =>
        this.#kept(
          () => host.instance?.(path) ?? "",
          (t, got) => ({ op: "instance", t, path, got }),
        );
    }
    const { stat } = host;
    if (stat) {
      this.stat = (path) =>
        this.#kept(
          () => stat.call(host, path),
          (t, got) => ({ op: "stat", t, path, got }),
        );
    }
    if (host.kernelLog) {
      this.kernelLog = () =>
        this.#kept(
          () => host.kernelLog?.() ?? [],
          (t, got) => ({ op: "kernelLog", t, got }),
        );
    }
  }

  open(path: string): DeviceNode {
    const number = this.#recorder.node();
    const node = this.#kept(
      () => this.#host.open(path),
      (t, got) => ({
        op: "open",
        t,
        path,
        got: "errno" in got ? got : number,
      }),
    );
    return new RecordedNode(node, number, this.#recorder);
  }

  readFile(path: string, limit?: number): Bytes {
    return this.#kept(
      () => this.#host.readFile(path, limit),
      (t, got) => ({ op: "readFile", t, path, limit: limit ?? null, got }),
    );
  }

  list(path: string): string[] {
    return this.#kept(
      () => this.#host.list(path),
      (t, got) => ({ op: "list", t, path, got }),
    );
  }

  readLink(path: string): string {
    return this.#kept(
      () => this.#host.readLink(path),
      (t, got) => ({ op: "readLink", t, path, got }),
    );
  }

  exists(path: string): boolean {
    const t = this.#recorder.now();
    const got = this.#host.exists(path);
    this.#recorder.keep({ op: "exists", t, path, got });
    return got;
  }

  [Symbol.dispose](): void {
    this.#host[Symbol.dispose]();
  }

  #kept<T>(
    call: () => T,
    exchange: (t: number, got: T | RecordedError) => Exchange,
  ): T {
    const t = this.#recorder.now();
    let got: T;
    try {
      got = call();
    } catch (error) {
      const refusal = refusalOf(error);
      // What the machine did not say, such as a missing permission, is not its answer.
      if (refusal) this.#recorder.keep(exchange(t, refusal));
      throw error;
    }
    this.#recorder.keep(exchange(t, got));
    return got;
  }
}

function refusalOf(error: unknown): RecordedError | undefined {
  if (!isFwctlError(error) || error.code !== "SyscallError") return undefined;
  const { errno, call } = error.details();
  if (typeof errno !== "number" || typeof call !== "string") return undefined;
  const { message, hint, device } = error;
  return {
    errno,
    call,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(device === undefined ? {} : { device }),
  };
}
