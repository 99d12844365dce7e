/**
 * The same command lines on the model of a machine.
 *
 * @module
 */
import { parseScenarioText } from "../../lib/model/load.ts";
import { scenarioDigest } from "../../lib/model/state.ts";
import { isPlainObject, type PlainObject } from "../../lib/plain.ts";
import { keptMain } from "../cli/kept.ts";
import type { Ended, Facts, Machine, Step } from "./machine_steps.ts";

/** A modelled machine from its first step to its last. */
export class Model implements Disposable {
  readonly #machine: Machine;
  readonly #folder = Deno.makeTempDirSync({ prefix: "fwctl-vm-" });

  readonly #facts: Facts | undefined;

  /** `facts` are the guest's; the scenario's own without. */
  constructor(machine: Machine, facts?: Facts) {
    this.#machine = machine;
    this.#facts = facts;
  }

  /** Runs a step's command line. */
  async run(step: Step): Promise<Ended> {
    const twin = await this.#twin(step);
    const { code, out, err } = await keptMain([
      "--model",
      twin,
      "--state-dir",
      `${this.#folder}/state`,
      ...(step.noRawio ? [] : ["--model-state", this.#state]),
      ...step.args.map((arg) => arg.replaceAll("$TMPDIR", this.#folder)),
    ]);
    return { code, stdout: out, stderr: err };
  }

  get #state(): string {
    return `${this.#folder}/model.json`;
  }

  /** The machine as it is at a step, as a scenario file. */
  async #twin({ twin = this.#machine.twin, noRawio }: Step): Promise<string> {
    const file = `${this.#folder}/twin.json`;
    const host = {
      ...Object(twin.host),
      ...this.#facts,
      capSysRawio: !noRawio,
    };
    const text = JSON.stringify({ ...twin, host });
    Deno.writeTextFileSync(file, text);
    if (!noRawio) await this.#carry(text);
    return file;
  }

  /** What the firmware holds stays when a function gets another driver or holder. */
  async #carry(twin: string): Promise<void> {
    let state: PlainObject;
    try {
      const data = JSON.parse(Deno.readTextFileSync(this.#state));
      if (!isPlainObject(data)) return;
      state = data;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      throw error;
    }
    const scenario = await scenarioDigest(parseScenarioText(twin, "twin"));
    Deno.writeTextFileSync(this.#state, JSON.stringify({ ...state, scenario }));
  }

  /** Removes its files. */
  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }
}
