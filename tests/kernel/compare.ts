/**
 * Holds fresh recordings against those that are kept: what another kernel does
 * otherwise, step by step, and told so that one change is one line.
 *
 * @module
 */
import { type Bytes, fromHex } from "../../lib/bytes.ts";
import { loadDrivers } from "../../drivers/load.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { TAINT_FWCTL } from "../../lib/uapi/fwctl.ts";
import { LabMemory } from "../oracle/lab_memory.ts";
import type { Case, Step } from "../oracle/recording.ts";

/** One field of one step that came out otherwise. */
export interface StepDifference {
  /** The recording's name. */
  readonly file: string;
  /** Kind of device. */
  readonly type: string;
  readonly caseId: string;
  /** The step in the case that is kept. */
  readonly index: number;
  readonly op: string;
  /** Of an RPC: the vendor's name of the request. */
  readonly request: string;
  /** Of an RPC: the scope's number; -1 else. */
  readonly scope: number;
  readonly field: string;
  readonly was: unknown;
  readonly is: unknown;
  /** The step that is kept. */
  readonly step: Step;
}

/** What a comparison came to. */
export interface Comparison {
  /** Steps that are in both. */
  readonly steps: number;
  /** Steps that are kept and have no fresh sister. */
  readonly missing: number;
  readonly differences: readonly StepDifference[];
}

const FIELDS = [
  ...["ret", "errno", "struct", "out", "outRest", "out2", "out2Rest"],
  ...["text", "fwctl", "tainted", "warnings", "error", "code", "stderr"],
  ...["exists", "devices", "sameName", "unbindWaitedForTheCall"],
];

const memory = new LabMemory();

/** Compares two recordings of the same calls. */
export async function compareCases(
  file: string,
  kept: readonly Case[],
  fresh: readonly Case[],
): Promise<Comparison> {
  const byName = new Map(fresh.map((one) => [`${one.type} ${one.id}`, one]));
  const names = await requestNames();
  const differences: StepDifference[] = [];
  let steps = 0;
  let missing = 0;
  for (const { type, id, steps: old } of kept) {
    const now = byName.get(`${type} ${id}`)?.steps ?? [];
    let at = 0;
    for (const [index, step] of old.entries()) {
      const other = now[at];
      // Steps that could not be performed were left out; the order is the same.
      if (!other || !sameCall(step, other)) {
        missing++;
        continue;
      }
      at++;
      steps++;
      const rpc = step.op === "rpc";
      const fields = different(step, other);
      if (fields.length === 0) continue;
      const about = {
        request: rpc ? names(type, step) : "",
        scope: rpc ? step.number("scope") : -1,
      };
      for (const field of fields) {
        differences.push({
          file,
          type,
          caseId: id,
          index,
          op: step.op,
          ...about,
          field,
          was: step.value(field),
          is: other.value(field),
          step,
        });
      }
    }
  }
  return { steps, missing, differences };
}

function sameCall(a: Step, b: Step): boolean {
  return JSON.stringify(a.inputs()) === JSON.stringify(b.inputs());
}

/** Fields of a step that came out otherwise and mean something. */
function different(was: Step, is: Step): string[] {
  const [before, after] = [was, is].map((step) =>
    step.value("errno") === ERRNO.EFAULT && cutShort(step)
  );
  // How far a copy got that faulted half way is the CPU's business.
  const unclear = before && after;
  return FIELDS.filter((field) => {
    if (unclear && field !== "ret" && field !== "errno") return false;
    // The value of a dup was not kept.
    if (was.op === "dup" && !was.has(field)) return false;
    return plain(field, was) !== plain(field, is);
  });
}

function plain(field: string, step: Step): string {
  const value = step.value(field);
  // The other bits say how the machine's modules were built.
  if (
    field === "tainted" ||
    step.op === "read" && step.text("path") === "/proc/sys/kernel/tainted"
  ) return String(Number(value) >>> TAINT_FWCTL & 1);
  const text = JSON.stringify(value) ?? "nothing";
  // The wording of an error is the recorder's; modules are listed as they were loaded.
  if (field === "error") return /os error (\d+)/.exec(text)?.[1] ?? text;
  if (field === "stderr") {
    return text.replaceAll('"', "").split(" ").sort().join(" ");
  }
  return text;
}

/** Whether what a call writes runs over the end of its region. */
function cutShort(step: Step): boolean {
  const info = step.op === "info";
  if (!info && step.op !== "rpc") return false;
  const at = memory.address(step.pointer(info ? "ptr" : "outPtr"));
  return memory.window(at, step.number(info ? "len" : "out_len")).cut;
}

/** The vendors' names of requests, from the drivers' own tables. */
async function requestNames(): Promise<(type: string, step: Step) => string> {
  const drivers = await loadDrivers();
  return (type, step) => {
    const bytes: Bytes = new Uint8Array(
      Math.min(step.number("in_len"), 1 << 16),
    );
    const given = fromHex(step.text("in", ""));
    bytes.set(given.subarray(0, bytes.length));
    const driver = drivers.find(({ name }) => name === type);
    return driver?.classify(bytes).name ?? "request";
  };
}
