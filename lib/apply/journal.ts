/**
 * Journal: one file a run, a JSON line a record, each holding the hash of the
 * one before. What is about to be sent is on the disk before it is sent, so
 * whatever ends a run, the next one knows what may have reached a device.
 *
 * @module
 */
import type { PlainObject } from "../plain.ts";
import { isFwctlError, UsageError } from "../errors.ts";
import { sha256 } from "../plan/digest.ts";
import { planDocument } from "../plan/file.ts";
import { requestOf, undoRequest } from "../plan/step.ts";
import type { Plan } from "../plan/types.ts";
import type { Disk, DiskFile } from "./disk.ts";
import {
  JOURNAL_VERSION,
  type JournalEvent,
  type RunKind,
  type RunOwner,
} from "./journal_types.ts";
import type { ApplyHooks } from "./types.ts";

export * from "./journal_types.ts";

/** The folder of the journals in a state directory. */
export function journalFolder(stateDir: string): string {
  return `${stateDir}/journal`;
}

/** A run's name: when it began, and something no other has. Names sort by time. */
export function runName(now: Date, random: Uint8Array): string {
  return `${now.toISOString().replace(/[-:.]/g, "")}-${random.toHex()}`;
}

/** What a run's name looks like. */
export const RUN_NAME = /^\d{8}T\d{9}Z-[0-9a-f]{8}$/;

/** What a journal is written for. */
export interface JournalOptions {
  /** The file system. */
  readonly disk: Disk;
  /** The state directory. */
  readonly stateDir: string;
  /** What the run does. */
  readonly kind: RunKind;
  /** The run it finishes or takes back; null for an apply. */
  readonly of: string | null;
  /** The last run of the same group: the new one's name sorts behind it, whatever the clock says. */
  readonly after?: string;
  /** Who. */
  readonly owner: RunOwner;
  /** Boot of the machine. */
  readonly bootId: string;
  /** The clock. */
  readonly now?: () => Date;
}

/** A run's journal. Its {@linkcode Journal.hooks} go to the apply; `using` closes the file. */
export class Journal implements Disposable {
  /** The run's name. */
  readonly run: string;
  readonly #options: JournalOptions;
  readonly #now: () => Date;
  #file: DiskFile | undefined;
  #seq = 0;
  #prev = "";
  #broken: unknown;

  /** Writes nothing yet. */
  constructor(options: JournalOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
    this.run = runName(
      later(this.#now(), options.after ?? options.of),
      crypto.getRandomValues(new Uint8Array(4)),
    );
  }

  /** Whether anything was written; a run that is refused leaves no file. */
  get begun(): boolean {
    return this.#seq > 0;
  }

  /** Why the journal has an end before the run's; undefined when it has not. */
  get broken(): unknown {
    return this.#broken;
  }

  /**
   * What an apply tells the journal. A record that cannot be written before a
   * write stops the run there. An undo goes on without: what it takes back is
   * on record since the write.
   */
  hooks(plan: Plan): ApplyHooks {
    return {
      begin: () => this.#begin(plan),
      beforeWrite: (step, index, undo) =>
        this.#undoAnyway(undo, () => {
          const request = undo && step.type === "write"
            ? undoRequest(step)
            : requestOf(step);
          this.#record({
            type: "write",
            step: index,
            undo,
            request: sha256(request),
          }, true);
        }),
      afterWrite: (_step, index, undo, error) =>
        this.#undoAnyway(undo, () =>
          this.#record({
            type: "answer",
            step: index,
            undo,
            error: error ? plainError(error) : null,
          }, true)),
      verified: (_step, index, undo, image) =>
        this.#undoAnyway(undo, () =>
          this.#record({
            type: "verified",
            step: index,
            undo,
            image: image ? sha256(image) : null,
          }, false)),
      end: ({ outcome, steps, error }) => {
        // Nothing was begun: there is nothing to tell the end of.
        if (!this.begun) return;
        this.#undoAnyway(true, () =>
          this.#record({
            type: "end",
            of: this.#options.of,
            outcome,
            steps: steps.map(({ status }) => status),
            error: error ? plainError(error) : null,
          }, true));
      },
    };
  }

  /** Writes that a run is left as it is: begin and end at once. */
  close(plan: Plan, outcome: string): void {
    this.#begin(plan);
    const { of } = this.#options;
    this.#record({ type: "end", of, outcome, steps: [], error: null }, true);
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
    this.#file = undefined;
  }

  #begin(plan: Plan): void {
    const { disk, stateDir, kind, of, owner, bootId } = this.#options;
    const folder = journalFolder(stateDir);
    disk.makeFolder(folder);
    this.#file = disk.create(`${folder}/${this.run}.jsonl`);
    this.#record({
      type: "begin",
      version: JOURNAL_VERSION,
      kind,
      of,
      owner,
      bootId,
      plan: planDocument(plan),
    }, true);
    disk.syncFolder(folder);
  }

  #record(event: JournalEvent, sync: boolean): void {
    if (this.#broken !== undefined) throw this.#broken;
    const file = this.#file;
    if (!file) throw new UsageError("The journal was not begun");
    const time = this.#now().toISOString();
    const { type, ...rest } = event;
    const line = JSON.stringify({
      seq: this.#seq,
      prev: this.#prev,
      time,
      type,
      ...rest,
    });
    try {
      writeAll(file, new TextEncoder().encode(`${line}\n`));
      if (sync) file.sync();
    } catch (error) {
      // Half a line may be there: whatever follows it would not be read.
      this.#broken = error;
      throw error;
    }
    this.#seq++;
    this.#prev = sha256(line);
  }

  #undoAnyway(undo: boolean, record: () => void): void {
    try {
      record();
    } catch (error) {
      if (!undo || !isFwctlError(error)) throw error;
    }
  }
}

/** `now`, or the first moment after a run when the clock is behind it. */
function later(now: Date, run: string | null): Date {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z/.exec(
    run ?? "",
  );
  if (!parts) return now;
  const [year = 0, month = 1, ...rest] = parts.slice(1).map(Number);
  const [day = 1, hour = 0, minute = 0, second = 0, milli = 0] = rest;
  const then = Date.UTC(year, month - 1, day, hour, minute, second, milli);
  return new Date(Math.max(now.getTime(), then + 1));
}

function writeAll(file: DiskFile, bytes: Uint8Array): void {
  let rest = bytes;
  while (rest.length > 0) {
    const taken = file.write(rest);
    if (taken <= 0) throw new UsageError("The journal takes no more bytes");
    rest = rest.subarray(taken);
  }
}

function plainError(error: { toJSON(): Record<string, unknown> }): PlainObject {
  return error.toJSON() as PlainObject;
}
