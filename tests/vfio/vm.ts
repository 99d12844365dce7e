/** A place to prepare functions in: a scenario, its state, a state directory, profiles. */
import { type Ended, Folder, scenario } from "../cli/fwctl.ts";
import { fwctlHere } from "../cli/in_process.ts";

/** The first VF of the scenario of tests/cli/fwctl.ts. */
export const VF = "0000:3b:00.2";

/** What a VF is told to be, and what it was. */
export const SET: readonly string[] = [
  "--set",
  "log_max_qp=12,GENERAL_2.migratable=1",
];

/** What is special about a machine. */
export interface LabOptions {
  /** The firmware part of the scenario. */
  readonly firmware?: Record<string, unknown>;
  /** Its `vfs`. */
  readonly vfs?: unknown;
  /** Its `host`. */
  readonly host?: Record<string, unknown>;
}

/** A modelled machine that lasts from one command to the next. */
export class Lab implements Disposable {
  readonly folder: Folder = new Folder();
  /** The options that every command takes. */
  readonly globals: readonly string[];

  constructor({ firmware = {}, vfs = 4, host = {} }: LabOptions = {}) {
    const model = this.folder.file("model.json", scenario(firmware, vfs, host));
    this.globals = [
      "--model",
      model,
      "--model-state",
      `${this.folder.path}/model.state`,
      "--state-dir",
      `${this.folder.path}/state`,
    ];
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

  /** The journals, oldest first. */
  journals(): string[] {
    const folder = `${this.folder.path}/state/journal`;
    try {
      return [...Deno.readDirSync(folder)].map(({ name }) => name).sort()
        .map((name) => `${folder}/${name}`);
    } catch {
      return [];
    }
  }

  [Symbol.dispose](): void {
    this.folder[Symbol.dispose]();
  }
}
