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
import { RecipeError } from "../errors.ts";
import type { PlainData, PlainObject } from "../plain.ts";
import type { Phase } from "./sandbox_context.ts";
import type { RecipeSource } from "./load.ts";
import { type Opened, readAnswer, readOpened } from "./answer.ts";
import { type EvaluateOptions, Room } from "./room.ts";
import { checkDeclarations, checkWishes } from "./shapes.ts";
import type { Declaration, ParamSpecs, ReadWish } from "./types.ts";
import { workersCanBeConfined } from "./worker_flag.ts";

export type { Opened } from "./answer.ts";
export type { EvaluateOptions } from "./room.ts";
export type { Phase } from "./sandbox_context.ts";

/** What a recipe's functions are given. */
export interface RecipeInput {
  /** Checked parameters. */
  readonly params: PlainObject;
  /** The machine. */
  readonly inventory: Inventory;
  /** Answers to `observe`, in its order. Default none. */
  readonly observed?: readonly PlainData[];
}

/** An open recipe: what it says about itself, and its functions. `using` closes it. */
export interface RecipeSession extends Opened, Disposable {
  /** What it wants to read first; none when it has no `observe`. Rejects with a `RecipeError`. */
  observe(input: RecipeInput): Promise<ReadWish[]>;
  /** The resources it wants; none when it has no `desired`. Rejects with a `RecipeError`. */
  desired(input: RecipeInput): Promise<Declaration[]>;
  /** What it reports; undefined when it has no `report`. Rejects with a `RecipeError`. */
  report(input: RecipeInput): Promise<PlainData | undefined>;
  /** Ends the worker; a second call does nothing. */
  close(): void;
}

class Session implements RecipeSession {
  readonly name: string;
  readonly description: string;
  readonly params: ParamSpecs;
  readonly has: Opened["has"];
  readonly #room: Room;

  constructor(room: Room, opened: Opened) {
    this.#room = room;
    this.name = opened.name;
    this.description = opened.description;
    this.params = opened.params;
    this.has = opened.has;
  }

  async observe(input: RecipeInput): Promise<ReadWish[]> {
    if (!this.has.observe) return [];
    return checkWishes(await this.#call("observe", input));
  }

  async desired(input: RecipeInput): Promise<Declaration[]> {
    if (!this.has.desired) return [];
    return checkDeclarations(await this.#call("desired", input));
  }

  async report(input: RecipeInput): Promise<PlainData | undefined> {
    if (!this.has.report) return undefined;
    return await this.#call("report", input);
  }

  close(): void {
    this.#room.close();
  }

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
    return new Session(room, readOpened(answer, room.file));
  } catch (error) {
    room.close();
    throw error;
  }
}
