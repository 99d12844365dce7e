/**
 * Records of prepared functions in the state directory: `vfio/ADDRESS.json`.
 *
 * @module
 */
import type { PlainData } from "../../plain.ts";
import { parseRecord, recordText, type VfRecord } from "../../vfio/record.ts";
import { fileExists, readJson, writeAtomically } from "../files.ts";
import type { State } from "../runs.ts";

/** The records of a state directory. */
export class VfioRecords {
  readonly #state: State;

  /** Reads nothing yet. */
  constructor(state: State) {
    this.#state = state;
  }

  /** What is kept of a function, or undefined. @throws `UsageError` for a file that is wrong */
  read(vf: string): VfRecord | undefined {
    const path = this.#path(vf);
    if (!fileExists(path, "the record")) return undefined;
    const data = readJson(path, "the record") as PlainData;
    return parseRecord(data, vf, path);
  }

  /** The functions that something is kept of. */
  list(): string[] {
    const { disk, dir } = this.#state;
    return disk.list(`${dir}/vfio`)
      .filter((name) => /^[0-9a-f:.]+\.json$/.test(name))
      .map((name) => name.slice(0, -".json".length));
  }

  /** Keeps a record in the place of the one before; undefined takes it away. */
  put(vf: string, record: VfRecord | undefined): void {
    const { disk, dir } = this.#state;
    const path = this.#path(vf);
    this.#clear(vf);
    if (record === undefined) {
      if (fileExists(path, "the record")) Deno.removeSync(path);
      return;
    }
    disk.makeFolder(`${dir}/vfio`);
    writeAtomically(path, recordText(record), "the record");
    disk.syncFolder(`${dir}/vfio`);
  }

  /** Takes away what a process left that was killed while it wrote: the PF is locked, so nobody writes now. */
  #clear(vf: string): void {
    const { disk, dir } = this.#state;
    for (const name of disk.list(`${dir}/vfio`)) {
      if (name.startsWith(`${vf}.json.`) && name.endsWith(".tmp")) {
        Deno.removeSync(`${dir}/vfio/${name}`);
      }
    }
  }

  /** A checked PCI address has nothing in it that could leave the folder. */
  #path(vf: string): string {
    return `${this.#state.dir}/vfio/${vf}.json`;
  }
}
