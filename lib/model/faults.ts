/**
 * Faults a scenario injects, as far as they are the same for every driver:
 * refusals, transport errors, unplugs, short and corrupt answers.
 *
 * ```json
 * "faults": [
 *   { "request": "*", "nth": 3, "errno": "ETIMEDOUT", "executes": true },
 *   { "request": 1281, "repeat": true, "status": 6, "detail": 2 }
 * ]
 * ```
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import type { PlainData } from "../plain.ts";
import { ERRNO, type ErrnoName } from "../uapi/errno.ts";
import { asInteger, didYouMean, ObjectReader, refuse } from "./reader.ts";

/** One fault. What it does is done together. */
export interface Fault {
  /** The driver's number of the request it waits for; undefined is any. */
  readonly request: number | undefined;
  /** It strikes at the nth match, counted from 1, and from then on when it repeats. */
  readonly nth: number;
  /** Whether it strikes again. */
  readonly repeat: boolean;
  /** The firmware refuses with this status instead of executing; `detail` is a syndrome or the like, 0 unless given. */
  readonly refusal: { status: number; detail: number } | undefined;
  /** The call fails with this errno, a positive number. */
  readonly errno: number | undefined;
  /** With errno: the firmware executes all the same. */
  readonly executes: boolean;
  /** The function's fwctl device goes when the call has ended. */
  readonly unplug: boolean;
  /** The answer is zero from this byte on. */
  readonly truncate: number | undefined;
  /** One byte of the answer is XORed. */
  readonly corrupt: { byte: number; xor: number } | undefined;
}

/**
 * A request's name or number as the driver's number.
 *
 * @throws `ModelError` naming `at`, best with the name that was meant
 */
export type RequestNumber = (value: PlainData, at: string) => number;

/** Most faults of one device. */
export const MAX_FAULTS = 1000;
/** Where an answer can be cut or corrupted: fwctl's longest is 2 MiB. */
const MAX_ANSWER = 2 << 20;

/**
 * Reads the key `faults`. Each has `request` (a name, a number, or "*") and may
 * have `nth`, `repeat`, `status` with `detail`, `errno` with `executes`,
 * `unplug`, `truncate` and `corrupt`.
 *
 * @param reader the object that has the key
 * @param request turns a name or number into the driver's number
 * @param extra further keys that a fault may have; the caller reads them
 * @throws `ModelError` naming the key path
 */
export function readFaults(
  reader: ObjectReader,
  request: RequestNumber,
  extra: readonly string[] = [],
): Fault[] {
  return eachFault(reader, (item) => {
    const fault = readFault(item, request);
    for (const key of extra) item.raw(key);
    return fault;
  });
}

/**
 * Reads the key `faults` of a driver whose faults have keys of their own.
 *
 * @param read one fault; it asks for every key and does not end the reader
 * @throws `ModelError` naming the key path
 */
export function eachFault<F>(
  reader: ObjectReader,
  read: (item: ObjectReader) => F,
): F[] {
  const at = reader.path("faults");
  return (reader.list("faults", MAX_FAULTS) ?? []).map((value, index) => {
    const item = new ObjectReader(value, `${at}[${index}]`);
    const fault = read(item);
    item.end();
    return fault;
  });
}

/**
 * What every driver's faults have.
 *
 * @param detail the key of what comes with a status: `detail`, `syndrome`
 * @throws `ModelError` naming the key path
 */
export function readFault(
  reader: ObjectReader,
  request: RequestNumber,
  detail = "detail",
): Fault {
  const status = reader.integer("status", { min: 1, max: 0xffffffff });
  const more = reader.integer(detail, { max: 0xffffffff });
  const errno = readErrno(reader);
  const executes = reader.flag("executes") ?? false;
  const fault: Fault = {
    request: readRequest(reader, request),
    nth: reader.integer("nth", { min: 1, max: 1_000_000 }) ?? 1,
    repeat: reader.flag("repeat") ?? false,
    refusal: status === undefined ? undefined : { status, detail: more ?? 0 },
    errno,
    executes,
    unplug: reader.flag("unplug") ?? false,
    truncate: reader.integer("truncate", { max: MAX_ANSWER }),
    corrupt: readCorrupt(reader.object("corrupt")),
  };
  if (status === undefined && more !== undefined) {
    refuse(reader.path(detail), "needs a status");
  }
  if (status !== undefined && errno !== undefined) {
    refuse(reader.path("status"), "and errno cannot both be given");
  }
  if (executes && errno === undefined) {
    refuse(reader.path("executes"), "needs an errno");
  }
  return fault;
}

function readRequest(
  reader: ObjectReader,
  request: RequestNumber,
): number | undefined {
  const value = reader.raw("request");
  const at = reader.path("request");
  if (value === undefined) {
    refuse(at, "is missing", 'Name a request or give its number, or "*".');
  }
  return value === "*" ? undefined : request(value, at);
}

function readErrno(reader: ObjectReader): number | undefined {
  const name = reader.text("errno");
  if (name === undefined) return undefined;
  if (!Object.hasOwn(ERRNO, name)) {
    refuse(
      reader.path("errno"),
      `is no errno${didYouMean(name, Object.keys(ERRNO))}`,
    );
  }
  return ERRNO[name as ErrnoName];
}

function readCorrupt(
  reader: ObjectReader | undefined,
): { byte: number; xor: number } | undefined {
  if (!reader) return undefined;
  const byte = reader.integer("byte", { max: MAX_ANSWER }) ??
    refuse(reader.path("byte"), "is missing");
  const xor = reader.integer("xor", { min: 1, max: 0xff }) ?? 0xff;
  reader.end();
  return { byte, xor };
}

/** The faults of one device and which of them are used up. */
export class FaultList<F extends Fault> {
  readonly #faults: readonly F[];
  /** Matches seen, by fault. */
  #seen: number[];

  /** Fresh faults. */
  constructor(faults: readonly F[]) {
    this.#faults = faults;
    this.#seen = faults.map(() => 0);
  }

  /** Whether there are none at all: nothing to look for. */
  get none(): boolean {
    return this.#faults.length === 0;
  }

  /** Counts a match for each fault that `matches`, and gives those that strike now. */
  strikeAll(matches: (fault: F) => boolean): F[] {
    return this.#faults.filter((fault, index) => {
      if (!matches(fault)) return false;
      const seen = (this.#seen[index] ?? 0) + 1;
      this.#seen[index] = seen;
      return fault.repeat ? seen >= fault.nth : seen === fault.nth;
    });
  }

  /** Matches seen, by fault; empty when none was. */
  save(): PlainData {
    return this.#seen.some((seen) => seen > 0) ? [...this.#seen] : [];
  }

  /**
   * Takes back what `save` gave; undefined or null is the fresh state.
   *
   * @param at the key path, for messages
   * @throws `ModelError`
   */
  restore(state: PlainData | undefined, at = "state.faults"): void {
    if (!Array.isArray(state ?? [])) refuse(at, "must be a list");
    const list = (state ?? []) as readonly PlainData[];
    if (list.length !== 0 && list.length !== this.#faults.length) {
      refuse(at, `has ${list.length} counts for ${this.#faults.length} faults`);
    }
    const seen = list.map((item, index) => asInteger(item, `${at}[${index}]`));
    this.#seen = this.#faults.map((_, index) => seen[index] ?? 0);
  }
}

/** The faults of a device where only the request's number decides. */
export class Faults extends FaultList<Fault> {
  /**
   * The fault that strikes at this request, which is counted. Where several
   * strike together they are one: the first refusal, errno, cut and corruption,
   * and an unplug if any has it.
   *
   * @param request the driver's number
   */
  strike(request: number): Fault | undefined {
    const all = this.strikeAll((fault) =>
      fault.request === undefined || fault.request === request
    );
    const [first, ...others] = all;
    if (!first || others.length === 0) return first;
    const errno = all.find((fault) => fault.errno !== undefined);
    return {
      ...first,
      refusal: all.find((fault) => fault.refusal)?.refusal,
      errno: errno?.errno,
      executes: errno?.executes ?? false,
      unplug: all.some((fault) => fault.unplug),
      truncate: all.find((fault) => fault.truncate !== undefined)?.truncate,
      corrupt: all.find((fault) => fault.corrupt)?.corrupt,
    };
  }
}

/** Changes an answer in place as faults say: cut first, then corrupted. */
export function spoil(out: Bytes, ...faults: readonly Fault[]): void {
  for (const { truncate, corrupt } of faults) {
    if (truncate !== undefined) out.fill(0, Math.min(truncate, out.length));
    if (corrupt && corrupt.byte < out.length) {
      out[corrupt.byte] = (out[corrupt.byte] ?? 0) ^ corrupt.xor;
    }
  }
}
