/** A place to prepare functions in: a scenario, its state, a state directory, profiles. */
import { type Ended, Folder, scenario } from "../cli/fwctl.ts";
import { fwctlHere } from "../cli/in_process.ts";
import { stableText } from "../crash/text.ts";
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../lib/plain.ts";

/** The first VF of the scenario of tests/cli/fwctl.ts. */
export const VF = "0000:3b:00.2";

/** What a VF is told to be, and what it was. */
export const SET: readonly string[] = [
  "--set",
  "log_max_qp=12,GENERAL_2.migratable=1",
];

/** Every request fails: whoever sends one is told EIO and not what was expected. */
export const NOTHING_IS_SENT = {
  faults: [{ request: "*", repeat: true, errno: "EIO" }],
};

/** What is special about a machine. */
export interface LabOptions {
  /** The firmware part of the scenario. */
  readonly firmware?: Record<string, unknown>;
  /** Its `vfs`. */
  readonly vfs?: unknown;
  /** Its `host`. */
  readonly host?: Record<string, unknown>;
}

/** Faults that never strike: the model counts what matches them. */
const COUNTERS = [
  { request: "*", nth: 1_000_000, status: 4 },
  { request: "SET_HCA_CAP", nth: 1_000_000, status: 4 },
];

/** What reached the firmware of a machine so far. */
export interface Sent {
  /** Requests of any kind. */
  readonly all: number;
  /** SET_HCA_CAP. */
  readonly sets: number;
}

/** A modelled machine that lasts from one command to the next. */
export class Lab implements Disposable {
  readonly folder: Folder = new Folder();
  /** The options that every command takes. */
  readonly globals: readonly string[];

  constructor({ firmware = {}, vfs = 4, host = {} }: LabOptions = {}) {
    const { faults = [] } = firmware as { faults?: unknown[] };
    const counted = { ...firmware, faults: [...COUNTERS, ...faults] };
    const model = this.folder.file("model.json", scenario(counted, vfs, host));
    this.globals = [
      "--model",
      model,
      "--model-state",
      `${this.folder.path}/model.state`,
      "--state-dir",
      `${this.folder.path}/state`,
    ];
  }

  /** The state directory. */
  get stateDir(): string {
    return `${this.folder.path}/state`;
  }

  /** The scenario. */
  scenario(): PlainObject {
    return JSON.parse(Deno.readTextFileSync(`${this.folder.path}/model.json`));
  }

  /** The machine as the last command left it. */
  state(): PlainData {
    return JSON.parse(Deno.readTextFileSync(`${this.folder.path}/model.state`));
  }

  /** Makes it the machine that a state is of. */
  goOn(state: PlainData): void {
    this.folder.file("model.state", JSON.stringify(state));
  }

  /** Runs a command on it, in this process. */
  run(args: readonly string[]): Promise<Ended> {
    return fwctlHere([...args, ...this.globals]);
  }

  /** `vfio prepare` of functions. */
  prepare(vfs: readonly string[] = [VF], ...more: string[]): Promise<Ended> {
    const set = more.length > 0 ? more : SET;
    return this.run(["vfio", "prepare", ...vfs, ...set, "--yes"]);
  }

  /** What a VF holds. */
  async value(field: string, type = "GENERAL", vf = VF): Promise<number> {
    const { out } = await this.run(
      ["caps", "fwctl0", "--vf", vf, "--type", type, "--json"],
    );
    const { types } = JSON.parse(out);
    const found = types[0].fields.find((each: { field: string }) =>
      each.field === field
    );
    return found.maximum;
  }

  /** How many requests its firmware has been sent. */
  sent(): Sent {
    const { faults = [] } = firstOf(this.#devices());
    const [all = 0, sets = 0] = Array.isArray(faults) ? faults.map(Number) : [];
    return { all, sets };
  }

  /** What its devices hold, all of it, as text to compare. */
  held(): string {
    return stableText(this.#devices());
  }

  /** The devices in the model's state; none before the first command. */
  #devices(): PlainData {
    const path = `${this.folder.path}/model.state`;
    try {
      const state = JSON.parse(Deno.readTextFileSync(path)) as PlainData;
      return isPlainObject(state) ? state.devices ?? {} : {};
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return {};
      throw error;
    }
  }

  /** Whether a function, or every one, holds what it did when the machine booted. */
  untouched(vf?: string): boolean {
    const { caps = {} } = firstOf(this.#devices());
    if (!isPlainObject(caps)) return false;
    // Keys are FUNCTION.TYPE; what is as it was at the start is not kept.
    const id = vf === undefined ? "" : `${Number(vf.at(-1)) - 1}.`;
    return Object.keys(caps).every((key) => !key.startsWith(id));
  }

  /** The functions that have a record. */
  records(): string[] {
    return filesOf(`${this.folder.path}/state/vfio`);
  }

  /** The journals, oldest first. */
  journals(): string[] {
    const folder = `${this.folder.path}/state/journal`;
    return filesOf(folder).map((name) => `${folder}/${name}`);
  }

  [Symbol.dispose](): void {
    this.folder[Symbol.dispose]();
  }
}

function firstOf(devices: PlainData): PlainObject {
  const [first = {}] = isPlainObject(devices) ? Object.values(devices) : [];
  return isPlainObject(first) ? first : {};
}

function filesOf(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
