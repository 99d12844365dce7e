/**
 * One apply that is killed, and what is made of what it left: recovered with
 * the real command, looked at, recovered once more, applied anew.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { listRuns, readJournal, unfinishedOn } from "../../lib/apply/runs.ts";
import type { PlainData, PlainObject } from "../../lib/plain.ts";
import { readPlanDocument } from "../../lib/plan/file_read.ts";
import type { Plan } from "../../lib/plan/types.ts";
import { begin } from "./begin.ts";
import {
  actionsIn,
  DISK,
  type Left,
  readFolder,
  root,
  told,
  writesIn,
} from "./left.ts";
import { Machine } from "./machine.ts";
import { command, type Ended, mortal } from "./process.ts";
import { scenarioOf, type SceneSpec } from "./scenes.ts";
import type { Trial } from "./sweep.ts";

export type { Left } from "./left.ts";

/** Finish, or take back. */
export type Want = "resume" | "undo";

/** A scene that is ready to be killed. */
export class Scene implements Trial<Want> {
  readonly spec: SceneSpec;
  readonly #folder: string;
  readonly #plan: Plan;
  readonly #planFile: string;
  readonly #paramsFile: string;
  /** What the devices hold before and after. */
  readonly #held: { readonly before: string; readonly after: string };
  /** The machine before. */
  readonly #start: PlainData;
  #next = 0;

  private constructor(
    spec: SceneSpec,
    folder: string,
    plan: Plan,
    start: PlainData,
    held: { readonly before: string; readonly after: string },
  ) {
    this.spec = spec;
    this.#folder = folder;
    this.#plan = plan;
    this.#planFile = `${folder}/plan.json`;
    this.#paramsFile = `${folder}/params.json`;
    this.#start = start;
    this.#held = held;
  }

  /** Plans, and applies once without being killed. */
  static async prepare(spec: SceneSpec, folder: string): Promise<Scene> {
    Deno.mkdirSync(folder);
    const [planFile, paramsFile] = ["plan", "params"]
      .map((name) => `${folder}/${name}.json`);
    assert(planFile && paramsFile);
    const params = { what: JSON.stringify(spec.what) };
    Deno.writeTextFileSync(paramsFile, JSON.stringify(params));
    const recipe = ["tests/crash/declare.ts", "--params", paramsFile];
    const start = await begin(spec, folder);
    {
      await using machine = await Machine.start(
        scenarioOf(spec),
        `${folder}/socket`,
        start,
      );
      const on = [...spec.options, "--model", machine.model];
      const args = ["plan", ...recipe, "-o", planFile, ...on];
      const { code, err, out } = await command(args);
      assertEquals(code, 0, err + out);
    }
    // What all of it comes to is seen where nothing fails.
    await using machine = await Machine.start(
      scenarioOf(spec, true),
      `${folder}/socket2`,
      spec.fault ? undefined : start,
    );
    const before = machine.held();
    const { code, err } = await command([
      "apply",
      planFile,
      "--yes",
      ...spec.options,
      "--model",
      machine.model,
    ]);
    assertEquals(code, 0, err);
    const after = machine.held();
    assert(before !== after);
    const document = JSON.parse(Deno.readTextFileSync(planFile)) as PlainObject;
    const { plan } = readPlanDocument(document, planFile);
    return new Scene(spec, folder, plan, start, { before, after });
  }

  get name(): string {
    return this.spec.name;
  }

  /** Taken back from odd points, finished from even ones. */
  wants(point: number): readonly Want[] {
    return point % 2 === 0 ? ["resume"] : ["undo"];
  }

  /** Kills an apply before its `point`th operation; undefined when it ended by itself. */
  async kill(point: number): Promise<Left | undefined> {
    const dir = this.#fresh();
    await using machine = await Machine.start(
      scenarioOf(this.spec),
      `${dir}.socket`,
      this.#start,
    );
    const ended = await mortal(point, [
      "apply",
      this.#planFile,
      "--yes",
      ...this.#on(machine, dir),
    ]);
    await machine.quiet();
    return this.#left(machine, dir, ended, 0);
  }

  /** Kills the recovery of what was left; undefined when it ended by itself, or there is none. */
  async killRecovery(
    left: Left,
    want: Want,
    point: number,
  ): Promise<Left | undefined> {
    const dir = this.#restore(left);
    await using machine = await this.#machine(left, dir);
    const run = root(dir);
    if (run === undefined) return undefined;
    const ended = await mortal(point, [
      want,
      run,
      "--yes",
      ...this.#on(machine, dir),
    ]);
    await machine.quiet();
    return this.#left(machine, dir, ended, left.actions);
  }

  #left(
    machine: Machine,
    dir: string,
    { code, signal, words, err }: Ended,
    actions: number,
  ): Left | undefined {
    assert(words, `it did not say how it ended: ${code} ${signal} ${err}`);
    if (words.before === null) return undefined;
    assertEquals(signal, "SIGKILL");
    return {
      before: words.before,
      state: machine.copy(),
      files: readFolder(dir),
      actions: actions + actionsIn(this.#plan, machine.requests),
    };
  }

  /**
   * Recovers what was left, and checks everything there is to promise.
   *
   * @returns how it ended, in words
   */
  async recover(left: Left, want: Want): Promise<string> {
    const dir = this.#restore(left);
    await using machine = await this.#machine(left, dir);
    const { before, after } = this.#held;
    const on = this.#on(machine, dir);
    for (const run of listRuns(DISK, dir)) {
      assertEquals(readJournal(DISK, dir, run).broken, null);
    }
    const run = root(dir);
    if (run === undefined) {
      assertEquals(machine.held(), before);
      await this.#applyAnew(machine, on);
      return "killed before anything was recorded";
    }
    const first = await this.#recoverOnce(want, run, on);
    const held = machine.held();
    const said = `${want}: ${first.code}\n${first.out}${first.err}`;
    assert(held === before || held === after, `neither: ${held}\n${said}`);
    if (want === "undo") assertEquals(held, before, said);
    else if (first.code === 0 || first.code === 6) {
      assertEquals(held, after, said);
    } else if (first.code === 5) assertEquals(held, before, said);
    assertEquals(
      told(this.#plan, dir, run),
      held === after ? "after" : "before",
    );
    assertEquals(unfinishedOn(DISK, dir, this.#addresses()), []);
    // A second one has nothing to do.
    const sent = writesIn(this.#plan, machine.requests);
    const second = await command([want, run, "--yes", ...on]);
    assertEquals(writesIn(this.#plan, machine.requests), sent, second.out);
    assertEquals(machine.held(), held);
    const codes = want === "undo"
      ? [0]
      : /nothing to finish/.test(second.err)
      ? [1]
      : [];
    if (!this.#hasActions) assert(codes.includes(second.code), second.err);
    const actions = left.actions + actionsIn(this.#plan, machine.requests);
    assert(actions <= 1, `the action was sent ${actions} times`);
    await this.#applyAnew(machine, on);
    return first.code === 1
      ? `${want}: had ended`
      : `${want}: exit ${first.code}`;
  }

  /** The recovery, and what a person does when an action's answer never came. */
  async #recoverOnce(
    want: Want,
    run: string,
    on: readonly string[],
  ): Promise<Ended> {
    const args = [want, run, "--yes", ...on];
    const ended = await command(args);
    const { code, err } = ended;
    if (code === 1) assert(/nothing to finish/.test(err), err);
    else if (code === 3) {
      assert(this.#hasActions && /never sent again/.test(err), err);
      return await command([...args, "--force"]);
    } else if (code === 5) assert(this.spec.fault, err);
    else if (code === 6) assert(this.#hasActions, err + ended.out);
    else assertEquals(code, 0, err);
    return ended;
  }

  /** A new apply brings it all about, whatever was before. */
  async #applyAnew(machine: Machine, on: readonly string[]): Promise<void> {
    const args = [
      "apply",
      "tests/crash/declare.ts",
      "--params",
      this.#paramsFile,
      "--yes",
      ...on,
    ];
    let ended = await command(args);
    // A fault that had not struck yet strikes once.
    if (this.spec.fault && ended.code === 5) ended = await command(args);
    assertEquals(ended.code, 0, ended.err + ended.out);
    assertEquals(machine.held(), this.#held.after);
  }

  get #hasActions(): boolean {
    return this.#plan.steps.some(({ type }) => type === "action");
  }

  #addresses(): ReadonlySet<string> {
    return new Set(this.#plan.devices.map(({ address }) => address));
  }

  #on(machine: Machine, dir: string): string[] {
    return [
      ...this.spec.options,
      "--model",
      machine.model,
      "--state-dir",
      dir,
    ];
  }

  #machine(left: Left, dir: string): Promise<Machine> {
    return Machine.start(scenarioOf(this.spec), `${dir}.socket`, left.state);
  }

  /** A new state directory's path. */
  #fresh(): string {
    return `${this.#folder}/${this.#next++}`;
  }

  #restore({ files }: Left): string {
    const dir = this.#fresh();
    for (const [path, bytes] of files) {
      const file = `${dir}/${path}`;
      Deno.mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true });
      Deno.writeFileSync(file, bytes);
    }
    return dir;
  }
}
