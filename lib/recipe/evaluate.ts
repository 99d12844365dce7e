/**
 * Recipes evaluated without any permission.
 *
 * A recipe is one self-contained module. It runs in a V8 context that has the
 * language and nothing else, inside of a worker without permissions, under a
 * timer and a memory limit; data goes in, JSON comes out and is checked again.
 *
 * @module
 */
import type { Inventory } from "../device/inventory.ts";
import { RecipeError, UsageError } from "../errors.ts";
import type { PlainData, PlainObject } from "../plain.ts";
import type { Phase } from "./sandbox_context.ts";
import type { WorkerAnswer, WorkerRequest } from "./sandbox_worker.ts";
import { workerUrl } from "./sandbox_worker.ts";
import type { RecipeSource } from "./load.ts";
import { readAnswer, readOpened } from "./answer.ts";
import { checkDeclarations, checkWishes } from "./shapes.ts";
import type { Declaration, ParamSpecs, ReadWish } from "./types.ts";
import { workersCanBeConfined } from "./worker_flag.ts";

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

/** What a recipe's functions are given. */
export interface RecipeInput {
  /** Checked parameters. */
  readonly params: PlainObject;
  /** The machine. */
  readonly inventory: Inventory;
  /** Answers to `observe`, in its order. Default none. */
  readonly observed?: readonly PlainData[];
}

const TIME_MS = 1000;
const MEMORY = 512 * 1024 * 1024;
/** For the worker to start and a message to come; a loaded machine is slow. */
const START_MS = 10_000;
const POLL_MS = 10;

/** An open recipe: what it says about itself, and its functions. */
export class RecipeSession implements Disposable {
  /** The recipe's own name. */
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** Its parameters, checked. */
  readonly params: ParamSpecs;
  /** Which functions it has. */
  readonly has: { readonly [phase in Phase]: boolean };
  readonly #room: Room;

  /** Only by {@linkcode evaluateRecipe}. */
  constructor(room: Room, opened: ReturnType<typeof readOpened>) {
    this.#room = room;
    this.name = opened.name;
    this.description = opened.description;
    this.params = opened.params;
    this.has = opened.has;
  }

  /** What it wants to read first; none when it has no `observe`. @throws {RecipeError} */
  async observe(input: RecipeInput): Promise<ReadWish[]> {
    if (!this.has.observe) return [];
    return checkWishes(await this.#call("observe", input));
  }

  /** The resources it wants; none when it has no `desired`. @throws {RecipeError} */
  async desired(input: RecipeInput): Promise<Declaration[]> {
    if (!this.has.desired) return [];
    return checkDeclarations(await this.#call("desired", input));
  }

  /** What it reports; undefined when it has no `report`. @throws {RecipeError} */
  async report(input: RecipeInput): Promise<PlainData | undefined> {
    if (!this.has.report) return undefined;
    return await this.#call("report", input);
  }

  /** Ends the worker; a second call does nothing. */
  close(): void {
    this.#room.close();
  }

  /** Ends the worker. */
  [Symbol.dispose](): void {
    this.close();
  }

  async #call(phase: Phase, input: RecipeInput): Promise<PlainData> {
    const { params, inventory, observed = [] } = input;
    const context = JSON.stringify({ params, inventory, observed });
    const answer = await this.#room.ask(`${phase}()`, (timeMs) => ({
      call: phase,
      context,
      timeMs,
    }));
    return readAnswer(answer, this.#room.file, `${phase}()`);
  }
}

/**
 * Evaluates a recipe in a sandbox of its own. Close the session (`using`).
 *
 * @throws {RecipeError} when the recipe is wrong or takes too much, and when
 *   this process was not started with `--unstable-worker-options`
 */
export async function evaluateRecipe(
  source: RecipeSource,
  options: EvaluateOptions = {},
): Promise<RecipeSession> {
  if (!workersCanBeConfined()) {
    throw new RecipeError(
      "recipes run in a worker without permissions, and this process cannot make one",
      {
        hint:
          'Run deno with --unstable-worker-options, or put "unstable": ["worker-options"] into deno.json.',
      },
    );
  }
  const room = new Room(source, options);
  try {
    const answer = await room.ask("its top level", (timeMs) => ({
      open: source.text,
      timeMs,
    }));
    return new RecipeSession(room, readOpened(answer, room.file));
  } catch (error) {
    room.close();
    throw error;
  }
}

/** The worker, one question at a time, with its limits. */
class Room {
  /** The recipe's name in messages. */
  readonly file: string;
  readonly #worker: Worker;
  readonly #timeMs: number;
  readonly #memory: number;
  #closed = false;
  #settle: ((answer: WorkerAnswer | RecipeError) => void) | undefined;

  constructor(source: RecipeSource, options: EvaluateOptions) {
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
      this.#fail("broke its sandbox", `The worker said: ${event.message}`);
    };
  }

  async ask(
    what: string,
    request: (timeMs: number) => WorkerRequest,
  ): Promise<WorkerAnswer> {
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

  close(): void {
    this.#closed = true;
    this.#worker.terminate();
  }

  #fail(what: string, hint?: string): void {
    const error = new RecipeError(`${this.file}: the recipe ${what}`, {
      hint: hint ??
        "Nothing was sent to a device. The recipe must be corrected.",
    });
    this.close();
    this.#settle?.(error);
  }
}
