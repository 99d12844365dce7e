/**
 * `fwctl vfio prepare` and `release`, killed anywhere. Whatever comes next, the
 * functions are wholly prepared or wholly as before, the journal says which, and
 * a release gives back to the bit what was there before all of it.
 *
 * The command that is killed is a process on a served machine; what comes next
 * runs in this process on a copy of that.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import {
  listRuns,
  planOf,
  readJournal,
  readRun,
  type RunRecord,
  unfinishedOn,
} from "../../lib/apply/runs.ts";
import type { PlainObject } from "../../lib/plain.ts";
import { Lab } from "../vfio/vm.ts";
import { DISK, type Left, readFolder, told } from "./left.ts";
import { Machine } from "./machine.ts";
import { mortal } from "./process.ts";
import type { Trial } from "./sweep.ts";

/** What comes next. */
export type VfioWant = "prepare" | "release" | "resume" | "undo";

/** A command that is killed. */
export interface VfioSpec {
  readonly name: string;
  /** Which one; a release has a prepare before it. */
  readonly verb: "prepare" | "release";
  /** The functions. */
  readonly vfs: readonly string[];
}

/** The commands that are killed. */
export const VFIO_SCENES: readonly VfioSpec[] = [
  { name: "vfio: prepare of one function", verb: "prepare", vfs: vfs(1) },
  { name: "vfio: prepare of three functions", verb: "prepare", vfs: vfs(3) },
  { name: "vfio: release of one function", verb: "release", vfs: vfs(1) },
  { name: "vfio: release of three functions", verb: "release", vfs: vfs(3) },
];

const PF = new Set(["0000:3b:00.0"]);
/** A process that is just being started has a copy of this one's locks until it is another program. */
const PATIENT = ["--lock-timeout", "20"];
const SET = "log_max_qp=12,GENERAL_2.migratable=1";

function vfs(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `0000:3b:00.${at + 2}`);
}

/** A command, ready to be killed. */
export class VfioTrial implements Trial<VfioWant> {
  readonly name: string;
  readonly #spec: VfioSpec;
  readonly #folder: string;
  /** What is there before the command that is killed. */
  readonly #start: Pick<Left, "state" | "files">;
  /** What the devices hold without a profile, and with it. */
  readonly #held: { readonly plain: string; readonly prepared: string };
  readonly #scenario: PlainObject;
  #next = 0;

  private constructor(
    spec: VfioSpec,
    folder: string,
    scenario: PlainObject,
    start: Pick<Left, "state" | "files">,
    held: { readonly plain: string; readonly prepared: string },
  ) {
    this.name = spec.name;
    this.#spec = spec;
    this.#folder = folder;
    this.#scenario = scenario;
    this.#start = start;
    this.#held = held;
  }

  /** Prepares once without being killed. */
  static async prepare(spec: VfioSpec, folder: string): Promise<VfioTrial> {
    Deno.mkdirSync(folder);
    using lab = new Lab();
    // Anything that has the machine's state written.
    assertEquals((await lab.run(["list"])).code, 0);
    const plain = lab.held();
    const begin = { state: lab.state(), files: readFolder(lab.stateDir) };
    assertEquals((await lab.run(line(spec, "prepare"))).code, 0);
    const prepared = lab.held();
    assert(plain !== prepared);
    const start = spec.verb === "prepare"
      ? begin
      : { state: lab.state(), files: readFolder(lab.stateDir) };
    return new VfioTrial(spec, folder, lab.scenario(), start, {
      plain,
      prepared,
    });
  }

  /** All that a person or a hook may do next. */
  wants(): readonly VfioWant[] {
    return ["prepare", "release", "resume", "undo"];
  }

  async kill(point: number): Promise<Left | undefined> {
    return await this.#killed(this.#start, point, this.#spec.verb);
  }

  async killRecovery(
    left: Left,
    want: VfioWant,
    point: number,
  ): Promise<Left | undefined> {
    return await this.#killed(left, point, want);
  }

  async #killed(
    from: Pick<Left, "state" | "files">,
    point: number,
    want: VfioWant,
  ): Promise<Left | undefined> {
    const dir = `${this.#folder}/${this.#next++}`;
    restore(dir, from.files);
    const args = this.#line(want, dir);
    if (!args) return undefined;
    await using machine = await Machine.start(
      this.#scenario,
      `${dir}.socket`,
      from.state,
    );
    const { words, signal, code, err } = await mortal(point, [
      ...args,
      ...["--model", machine.model, "--state-dir", dir],
    ]);
    await machine.quiet();
    assert(words, `it did not say how it ended: ${code} ${signal} ${err}`);
    if (words.before === null) return undefined;
    assertEquals(signal, "SIGKILL");
    return {
      before: words.before,
      state: machine.copy(),
      files: readFolder(dir),
      actions: 0,
    };
  }

  async recover(left: Left, want: VfioWant): Promise<string> {
    using lab = new Lab();
    lab.goOn(left.state);
    const dir = lab.stateDir;
    restore(dir, left.files);
    const { plain, prepared } = this.#held;
    const started = this.#spec.verb === "prepare" ? plain : prepared;
    for (const run of listRuns(DISK, dir)) {
      assertEquals(readJournal(DISK, dir, run).broken, null);
    }
    const args = this.#line(want, dir);
    if (!args) {
      assertEquals(lab.held(), started, "nothing on record, and changed");
      return `${want}: killed before anything was recorded`;
    }
    const { code, out, err } = await lab.run(args);
    const said = `${args.join(" ")}: exit ${code}\n${out}${err}`;
    const ended = code === 1 && want === "resume" &&
      /nothing to finish/.test(err);
    assert(code === 0 || ended, said);
    const held = lab.held();
    const nothing = ended && /sent nothing/.test(err);
    if (nothing) assertEquals(held, started, said);
    else if (!ended) assertEquals(held, this.#after(want, dir), said);
    assertEquals(unfinishedOn(DISK, dir, PF), [], said);
    if (!nothing) this.#journalSays(dir, held, started);
    // A second one has nothing to do.
    const { sets } = lab.sent();
    const second = await lab.run(args);
    assert(second.code === 0 || want === "resume", second.err);
    assertEquals(lab.sent().sets, sets, second.out);
    const status = await lab.run(["vfio", "status", ...this.#spec.vfs]);
    if (want === "prepare" || want === "release") {
      assertEquals(status.code, 0, status.out);
    }
    // Whatever it came to: what was there before all of it comes back.
    const back = await lab.run(line(this.#spec, "release"));
    assertEquals(back.code, 0, back.out + back.err);
    if (
      lab.held() !== plain && want === "undo" && this.#spec.verb === "release"
    ) {
      // A release that had ended, for some functions or all, was undone by hand:
      // their records are gone, which is said, and the prepare's own run is what
      // gives back.
      assert(/was not prepared/.test(back.out), back.out);
      const [first = ""] = listRuns(DISK, dir);
      const undone = await lab.run(["undo", first, "--yes", ...PATIENT]);
      assertEquals(undone.code, 0, undone.out + undone.err);
    }
    assertEquals(lab.held(), plain, back.out);
    assertEquals(lab.records(), []);
    return ended ? `${want}: had ended` : `${want}: whole`;
  }

  /** What the devices hold after it. */
  #after(want: VfioWant, dir: string): string {
    const { plain, prepared } = this.#held;
    if (want === "prepare") return prepared;
    if (want === "release") return plain;
    const run = this.#newest(dir);
    return run && prepares(run) === (want === "resume") ? prepared : plain;
  }

  /** The last run that is on record says what the devices hold. */
  #journalSays(dir: string, held: string, started: string): void {
    const last = this.#newest(dir);
    // One that sent nothing says nothing.
    if (!last?.records.some(({ event }) => event.type === "write")) {
      return assertEquals(held, started);
    }
    const after = told(planOf(last), dir, last.run) === "after";
    const { plain, prepared } = this.#held;
    assertEquals(held, after === prepares(last) ? prepared : plain, "journal");
  }

  /** The newest run that is none of those before the command, and no recovery of one. */
  #newest(dir: string): RunRecord | undefined {
    return listRuns(DISK, dir)
      .filter((run) => !this.#start.files.has(`journal/${run}.jsonl`))
      .map((run) => readRun(DISK, dir, run))
      .findLast((found) => found !== undefined && found.begin.of === null);
  }

  /** The command line; undefined when there is no run to finish or to take back. */
  #line(want: VfioWant, dir: string): string[] | undefined {
    if (want === "prepare" || want === "release") return line(this.#spec, want);
    const run = this.#newest(dir)?.run;
    return run === undefined ? undefined : [want, run, "--yes", ...PATIENT];
  }
}

/** Whether a run is one of a prepare, and not of a release. */
function prepares(run: RunRecord): boolean {
  return planOf(run).resources.flatMap(({ changes }) => changes)
    .some(({ field, after }) => field === "log_max_qp" && after === 12);
}

function line({ vfs }: VfioSpec, verb: "prepare" | "release"): string[] {
  const set = verb === "prepare" ? ["--set", SET, "--vm", "web"] : [];
  return ["vfio", verb, ...vfs, ...set, "--yes", ...PATIENT];
}

function restore(dir: string, files: Left["files"]): void {
  for (const [path, bytes] of files) {
    const file = `${dir}/${path}`;
    Deno.mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    Deno.writeFileSync(file, bytes);
  }
}
