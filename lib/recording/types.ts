/**
 * What a recording holds: every exchange with a machine, in order, one JSON
 * object a line. The first line is the header, the last the end with a digest
 * over all lines before it.
 *
 * Bytes are hex digits. Zeros at the end of a buffer are left out: its length
 * is kept beside it. Addresses are never kept, only where they were.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import type { FileStat } from "../host/host.ts";

/** The header's `recording`. */
export const RECORDING_FORMAT = "fwctl-recording/1";
/** Most bytes of a recording; as large as any file that is read whole. */
export const MOST_BYTES: number = 64 << 20;
/** Most lines of a recording. */
export const MOST_LINES = 1_000_000;
/** Most pointers, and most buffers, of one ioctl. */
export const MOST_POINTERS = 16;
/** Most bytes of a path, a link, a name. */
export const MOST_TEXT = 4096;

/** The ways of a replay. */
export const REPLAY_MODES = ["strict", "lookup"] as const;

/** One of {@linkcode REPLAY_MODES}. */
export type ReplayMode = typeof REPLAY_MODES[number];

/** What stands at the head of a recording. */
export interface RecordingHeader {
  /** What was recorded: a real machine or a model. */
  readonly host: "linux" | "model";
  /** What the machine could be asked beside what all can. */
  readonly can: readonly HostAbility[];
  /** The program that recorded, such as `fwctl 0.1.0`. */
  readonly tool: string;
  /** The command line without `fwctl`, or null for a program's own recording. */
  readonly command: readonly string[] | null;
  /** When it began (RFC 3339), or null. */
  readonly started: string | null;
  /** What was replaced; null for a recording as it was made. */
  readonly redacted: RecordingRedaction | null;
}

/** What not every machine can be asked. */
export const HOST_ABILITIES = ["instance", "stat", "kernelLog"] as const;

/** One of {@linkcode HOST_ABILITIES}. */
export type HostAbility = typeof HOST_ABILITIES[number];

/** What a redaction did. */
export interface RecordingRedaction {
  /** How many values of each kind were replaced, in how many places. */
  readonly kinds: readonly {
    readonly kind: string;
    readonly values: number;
    readonly places: number;
  }[];
  /** What was not looked through, one sentence each. */
  readonly limits: readonly string[];
}

/** What stands at the end of a recording. */
export interface RecordingEnd {
  /** The exchanges before it. */
  readonly exchanges: number;
  /** The command's exit code; null where there was none. */
  readonly exit: number | null;
  /** Why it holds less than what happened; null when it holds all. */
  readonly cut: string | null;
}

/** When an exchange was, and how long it took. */
export interface Timed {
  /** Milliseconds since the recording began. */
  readonly t: number;
}

/** A call that the machine refused. */
export interface RecordedError {
  /** Positive. */
  readonly errno: number;
  /** The system call. */
  readonly call: string;
  /** The sentence of the error. */
  readonly message: string;
  /** What it said to do, if anything. */
  readonly hint?: string;
  /** The device it named. */
  readonly device?: string;
}

/** A device node was opened. */
export interface OpenExchange extends Timed {
  /** Which call. */
  readonly op: "open";
  /** Of the node. */
  readonly path: string;
  /** Its number in this recording, or the refusal. */
  readonly got: number | RecordedError;
}

/** A device node was closed. */
export interface CloseExchange extends Timed {
  /** Which call. */
  readonly op: "close";
  /** The node's number. */
  readonly node: number;
}

/** A buffer that a pointer led to. */
export interface RecordedBuffer {
  /** Its bytes. */
  readonly length: number;
  /** What was in it, without the zeros at its end. */
  readonly before: Bytes;
  /** What was in it afterwards; absent when nothing changed. */
  readonly after?: Bytes;
}

/** Where a pointer was written, and to which buffer it led. */
export interface RecordedPointer {
  /** The buffer that held it; null for the ioctl's struct. */
  readonly holder: number | null;
  /** Byte offset in the holder. */
  readonly at: number;
  /** The buffer it led to. */
  readonly buffer: number;
}

/** One ioctl. */
export interface IoctlExchange extends Timed {
  /** Which call. */
  readonly op: "ioctl";
  /** The node's number. */
  readonly node: number;
  /** How long it took, in microseconds. */
  readonly us: number;
  /** Its number. */
  readonly cmd: number;
  /** The struct, addresses zeroed. */
  readonly arg: Bytes;
  /** The struct afterwards; absent when nothing changed. */
  readonly argAfter?: Bytes;
  /** Its pointers. */
  readonly pointers: readonly RecordedPointer[];
  /** What they led to. */
  readonly buffers: readonly RecordedBuffer[];
  /** The call's value, or the negated errno. */
  readonly value: number;
}

/** A file was read. */
export interface ReadExchange extends Timed {
  /** Which call. */
  readonly op: "readFile";
  /** Of the file. */
  readonly path: string;
  /** Most bytes that were asked for; null for the host's own limit. */
  readonly limit: number | null;
  /** Its content, or the refusal. */
  readonly got: Bytes | RecordedError;
}

/** A folder was listed. */
export interface ListExchange extends Timed {
  /** Which call. */
  readonly op: "list";
  /** Of the folder. */
  readonly path: string;
  /** The names, or the refusal. */
  readonly got: readonly string[] | RecordedError;
}

/** A link was read, or a node told from others of its name. */
export interface TextExchange extends Timed {
  /** Which call. */
  readonly op: "readLink" | "instance";
  /** Of the link or the node. */
  readonly path: string;
  /** The answer, or the refusal. */
  readonly got: string | RecordedError;
}

/** A path was looked for. */
export interface ExistsExchange extends Timed {
  /** Which call. */
  readonly op: "exists";
  /** Which path. */
  readonly path: string;
  /** Whether it led to something. */
  readonly got: boolean;
}

/** A file was asked what it is. */
export interface StatExchange extends Timed {
  /** Which call. */
  readonly op: "stat";
  /** Of the file. */
  readonly path: string;
  /** What it is, or the refusal. */
  readonly got: FileStat | RecordedError;
}

/** The kernel log was read. */
export interface LogExchange extends Timed {
  /** Which call. */
  readonly op: "kernelLog";
  /** Its lines, or the refusal. */
  readonly got: readonly string[] | RecordedError;
}

/** A look at the file system or the log: everything but a device. */
export type LookExchange =
  | ReadExchange
  | ListExchange
  | TextExchange
  | ExistsExchange
  | StatExchange
  | LogExchange;

/** One call and its answer. */
export type Exchange =
  | OpenExchange
  | CloseExchange
  | IoctlExchange
  | LookExchange;

/** A recording that was read. */
export interface Recording {
  /** Its head. */
  readonly header: RecordingHeader;
  /** In order. */
  readonly exchanges: readonly Exchange[];
  /** Its end; null when the file has none. */
  readonly end: RecordingEnd | null;
}

/** Whether an answer is a refusal. */
export function isRefusal(
  got: Exclude<Exchange, CloseExchange | IoctlExchange>["got"],
): got is RecordedError {
  return typeof got === "object" && "errno" in got;
}
