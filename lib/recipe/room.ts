/**
 * The worker a recipe runs in, with its limits of time and memory.
 *
 * @module
 */
import { RecipeError, UsageError } from "../errors.ts";
import type { RecipeSource } from "./load.ts";
import { clean } from "./plain_check.ts";
import type { WorkerAnswer, WorkerRequest } from "./sandbox_worker.ts";
import { workerUrl } from "./sandbox_worker.ts";

/** How much a recipe may use. */
export interface EvaluateOptions {
  /**
   * Milliseconds for each of: its top level, `observe`, `desired`, `report`.
   * Default 1000. Only V8's timer can stop a recipe, so this also bounds what
   * memory it can take.
   */
  readonly timeMs?: number;
  /** Bytes by which the process may grow during a step. Default 512 MiB. */
  readonly memory?: number;
}

const TIME_MS = 1000;
const MEMORY = 512 * 1024 * 1024;
/** For the worker to start and a message to come; a loaded machine is slow. */
const START_MS = 10_000;
const POLL_MS = 10;

/** The worker, one question at a time, with its limits. */
export class Room {
  /** The recipe's name in messages. */
  readonly file: string;
  readonly #worker: Worker;
  readonly #timeMs: number;
  readonly #memory: number;
  #closed = false;
  #failure: RecipeError | undefined;
  #settle: ((answer: WorkerAnswer | RecipeError) => void) | undefined;

  /** Starts the worker. @throws {UsageError} for limits that are none */
  constructor(source: RecipeSource, options: EvaluateOptions) {
    for (const [name, limit] of Object.entries(options)) {
      if (Number.isSafeInteger(limit) && limit > 0) continue;
      throw new UsageError(`${name} is ${limit}, not a positive integer`, {
        hint: "Leave it out for the default.",
      });
    }
    this.file = source.url.slice(source.url.lastIndexOf("/") + 1) || "recipe";
    this.#timeMs = options.timeMs ?? TIME_MS;
    this.#memory = options.memory ?? MEMORY;
    const confined = { type: "module", deno: { permissions: "none" } } as const;
    this.#worker = new Worker(workerUrl(), confined);
    this.#worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>): void => {
      this.#settle?.(data);
    };
    this.#worker.onerror = (event): void => {
      event.preventDefault();
      this.#fail(
        "broke its sandbox",
        `The worker said: ${clean(event.message)}`,
      );
    };
  }

  /** Asks and waits, within the limits; `what` is it for messages. */
  async ask(
    what: string,
    request: (timeMs: number) => WorkerRequest,
  ): Promise<WorkerAnswer> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closed) {
      throw new UsageError("the recipe's session is closed", {
        hint: "Open the recipe again.",
      });
    }
    if (this.#settle !== undefined) {
      throw new UsageError("the recipe is still busy with another call", {
        hint: "Await one call before the next.",
      });
    }
    const before = Deno.memoryUsage().rss;
    const started = performance.now();
    const { promise, resolve } = Promise.withResolvers<
      WorkerAnswer | RecipeError
    >();
    this.#settle = resolve;
    this.#worker.postMessage(request(this.#timeMs));
    // V8's timer cannot stop a single long step of its own, such as the
    // replacement in a huge text; then this gives up waiting.
    const watch = setInterval(() => {
      if (Deno.memoryUsage().rss - before > this.#memory) {
        const mib = Math.round(this.#memory / 2 ** 20);
        this.#fail(`takes more than ${mib} MiB of memory in ${what}`);
      } else if (performance.now() - started > this.#timeMs + START_MS) {
        this.#fail(`does not come back from ${what}`);
      }
    }, POLL_MS);
    try {
      const answer = await promise;
      if (answer instanceof RecipeError) throw answer;
      if ("late" in answer) {
        throw new RecipeError(
          `${this.file}: ${what} took more than ${this.#timeMs} ms`,
          { hint: "A recipe only states wishes; look for a loop without end." },
        );
      }
      return answer;
    } catch (error) {
      this.close();
      throw error;
    } finally {
      clearInterval(watch);
      this.#settle = undefined;
    }
  }

  /** Ends the worker. */
  close(): void {
    this.#closed = true;
    this.#worker.terminate();
  }

  #fail(what: string, hint?: string): void {
    const error = new RecipeError(`${this.file}: the recipe ${what}`, {
      hint: hint ??
        "Nothing was sent to a device. The recipe must be corrected.",
    });
    this.#failure ??= error;
    this.close();
    this.#settle?.(error);
  }
}
