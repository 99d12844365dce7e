/**
 * Replay: a machine that answers from a recording. It opens nothing.
 *
 * Looks at files are answered by what is asked: the first equal question gets
 * the first answer, the second the second, and the last answer is repeated.
 * Requests to devices are answered in one of two ways:
 *
 * - `strict`: for each device the same calls in the same order; the first that
 *   differs, and what is left over, is an error.
 * - `lookup`: by equal bytes, in any order, the answers of equal requests one
 *   after the other. The last is repeated for a request that only reads; what
 *   writes has as many answers as it had.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";
import type { Bytes } from "../bytes.ts";
import { RecordingError, SyscallError } from "../errors.ts";
import type { DeviceNode, FileStat, Host } from "../host/host.ts";
import { errnoName } from "../uapi/errno.ts";
import { readRecording } from "./read.ts";
import { ReplayNode } from "./replay_node.ts";
import { type Answers, lookupAnswers, strictAnswers } from "./replay_calls.ts";
import {
  type Exchange,
  isRefusal,
  type LookExchange,
  type RecordedError,
  type Recording,
  type ReplayMode,
} from "./types.ts";

/** How a recording is replayed. */
export interface ReplayOptions {
  /** What the recording is called, for messages; `the recording` when absent. */
  readonly source?: string;
  /** Default strict. */
  readonly mode?: ReplayMode;
  /**
   * Who knows the names of requests, and which only read. Without them every
   * answer of a lookup is repeated, and messages show bytes alone.
   */
  readonly drivers?: readonly Driver[];
}

/** Read limit of hosts: what they give unless told otherwise. */
const READ_LIMIT = 1 << 20;

/**
 * A machine that answers from the text of a recording.
 *
 * @throws `RecordingError` when the text is no whole recording
 */
export function replayHost(
  content: string,
  options: ReplayOptions = {},
): ReplayHost {
  const { source = "the recording" } = options;
  return new ReplayHost(readRecording(content, source), options);
}

/** A machine that answers from a recording. */
export class ReplayHost implements Host {
  readonly kind: Host["kind"];
  /** As {@linkcode Host.instance}, where the recorded machine had it. */
  readonly instance?: (path: string) => string;
  /** As {@linkcode Host.stat}, where the recorded machine had it. */
  readonly stat?: (path: string) => FileStat;
  /** As {@linkcode Host.kernelLog}, where the recorded machine had it. */
  readonly kernelLog?: () => string[];
  readonly #source: string;
  readonly #answers: Answers;
  readonly #looks = new Map<string, LookExchange[]>();

  /** Opens nothing. */
  constructor(recording: Recording, options: ReplayOptions = {}) {
    const { source = "the recording", mode = "strict", drivers = [] } = options;
    const { header, exchanges } = recording;
    this.kind = header.host;
    this.#source = source;
    this.#answers = (mode === "strict" ? strictAnswers : lookupAnswers)(
      recording,
      source,
      drivers,
    );
    for (const exchange of exchanges) {
      if (!isLook(exchange)) continue;
      const key = lookKey(exchange);
      const known = this.#looks.get(key);
      if (known) known.push(exchange);
      else this.#looks.set(key, [exchange]);
    }
    for (const list of this.#looks.values()) list.reverse();
    if (header.can.includes("instance")) {
      this.instance = (path) => this.#look({ op: "instance", path });
    }
    if (header.can.includes("stat")) {
      this.stat = (path) => this.#look({ op: "stat", path });
    }
    if (header.can.includes("kernelLog")) {
      this.kernelLog = () => [...this.#look({ op: "kernelLog" })];
    }
  }

  /** A node whose ioctls are answered. @throws `RecordingError`, and what was recorded */
  open(path: string): DeviceNode {
    const { got } = this.#answers.open(path);
    if (isRefusal(got)) throw refused(got);
    return new ReplayNode(path, this.#answers);
  }

  /** As {@linkcode Host.readFile}. @throws `RecordingError`, and what was recorded */
  readFile(path: string, limit?: number): Bytes {
    const got = this.#look({
      op: "readFile",
      path,
      limit: limit ?? null,
    });
    return got.slice(0, limit ?? READ_LIMIT);
  }

  /** As {@linkcode Host.list}. @throws `RecordingError`, and what was recorded */
  list(path: string): string[] {
    return [...this.#look({ op: "list", path })];
  }

  /** As {@linkcode Host.readLink}. @throws `RecordingError`, and what was recorded */
  readLink(path: string): string {
    return this.#look({ op: "readLink", path });
  }

  /** As {@linkcode Host.exists}. @throws `RecordingError` when nobody asked for it */
  exists(path: string): boolean {
    return this.#look({ op: "exists", path });
  }

  /** The first call that differed, in strict mode. */
  get failure(): RecordingError | undefined {
    return this.#answers.failure();
  }

  /**
   * Says whether the replay was what was recorded.
   *
   * @throws `RecordingError` in strict mode, when a call differed or is left over
   */
  finish(): void {
    this.#answers.finish();
  }

  /** Nothing to close. */
  [Symbol.dispose](): void {}

  #look<Q extends Question>(question: Q): LookAnswers[Q["op"]] {
    const list = this.#looks.get(lookKey(question));
    const found = list && list.length > 1 ? list.pop() : list?.[0];
    if (found === undefined) throw this.#unrecorded(question);
    if (isRefusal(found.got)) throw refused(found.got);
    // Keys begin with the op: the answer is of that kind.
    return found.got as LookAnswers[Q["op"]];
  }

  #unrecorded(question: Question): RecordingError {
    const what = question.op === "kernelLog"
      ? "the kernel log was"
      : `${question.op} of ${question.path} was`;
    return new RecordingError(
      `${this.#source} has no answer: ${what} never asked`,
      "unrecorded",
      { hint: "Record this very command: fwctl record FILE -- COMMAND" },
    );
  }
}

/** A question as it is asked; the members that tell it from others. */
type Question =
  | { readonly op: "kernelLog" }
  | {
    readonly op: "readFile";
    readonly path: string;
    readonly limit: number | null;
  }
  | {
    readonly op: "list" | "readLink" | "instance" | "exists" | "stat";
    readonly path: string;
  };

/** What is answered to each question. */
interface LookAnswers {
  readonly readFile: Bytes;
  readonly list: readonly string[];
  readonly readLink: string;
  readonly instance: string;
  readonly exists: boolean;
  readonly stat: FileStat;
  readonly kernelLog: readonly string[];
}

function isLook(exchange: Exchange): exchange is LookExchange {
  const { op } = exchange;
  return op !== "open" && op !== "close" && op !== "ioctl";
}

function lookKey(question: Question): string {
  if (question.op === "kernelLog") return question.op;
  const limit = question.op === "readFile" ? question.limit ?? "" : "";
  return `${question.op} ${limit} ${question.path}`;
}

function refused(error: RecordedError): SyscallError {
  const { errno, call, message, hint, device } = error;
  return new SyscallError(
    message,
    { errno, errnoName: errnoName(errno), call },
    {
      ...(hint === undefined ? {} : { hint }),
      ...(device === undefined ? {} : { device }),
    },
  );
}
