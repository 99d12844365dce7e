// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * Runs in the machine, on cases of a file:
 *
 *     guest.ts shrink FILE [planted]   the shortest cases that differ: /out/found.json
 *     guest.ts record FILE             what the kernel answers: /out/recorded.jsonl
 *
 * FILE holds a case in each line. `planted` is the model with a bug.
 *
 * @module
 */
import { newer } from "../cache.ts";
import { LAB_TYPES } from "../../oracle/lab_types.ts";
import { Step } from "../../oracle/recording.ts";
import { type Identity, runAs } from "../real/identity.ts";
import { RealMachine, RealSession } from "../real/session.ts";
import { foundIn } from "./campaign.ts";
import type { FuzzCase } from "./case.ts";
import { labOf } from "./chunk.ts";
import { Duel } from "./duel.ts";
import { PLANTED_TYPES } from "./planted.ts";
import { RealSide } from "./real_side.ts";
import { ModelSide } from "./side.ts";

function shrinkAll(cases: readonly FuzzCase[], planted: boolean): void {
  const kernel = newer(Deno.osRelease(), "7.3") >= 0 ? "7.3" : "7.2";
  const real = new RealSide();
  const types = planted ? PLANTED_TYPES : LAB_TYPES;
  const duels = new Map<string, Duel>();
  const found = cases.flatMap((fuzzCase) => {
    const { type } = fuzzCase;
    const duel = duels.get(type) ??
      new Duel(real, new ModelSide(labOf(type, kernel), types));
    duels.set(type, duel);
    const { difference } = duel.run(fuzzCase);
    return difference ? [foundIn(duel, fuzzCase, difference)] : [];
  });
  Deno.writeTextFileSync("/out/found.json", JSON.stringify(found));
}

/** In the form of the recordings, a line for each case. */
async function recordAll(cases: readonly FuzzCase[]): Promise<void> {
  using machine = new RealMachine();
  const lines: string[] = [];
  for (const { type, id, nocap, steps } of cases) {
    const device = machine.devices.find(type, LAB_TYPES[type]?.target(id) ?? 0);
    if (!device) throw new Error(`there is no device for ${id}`);
    const identity: Identity = nocap ? "nocap" : "root";
    await runAs(machine.libc, identity, () => {
      using session = new RealSession(machine, device);
      const recorded = steps.map((fields) => {
        const step = new Step(fields);
        return { ...step.inputs(), ...session.perform(step) };
      });
      lines.push(
        JSON.stringify({ device_type: type, caseId: id, steps: recorded }),
      );
      return Promise.resolve();
    });
  }
  Deno.writeTextFileSync("/out/recorded.jsonl", lines.join("\n") + "\n");
}

const [mode, file = "", planted] = Deno.args;
const cases = Deno.readTextFileSync(file).trim().split("\n")
  .map((line) => JSON.parse(line) as FuzzCase);
if (mode === "shrink") shrinkAll(cases, planted === "planted");
else if (mode === "record") await recordAll(cases);
else throw new TypeError(`"${mode}" is neither shrink nor record`);
console.log(`${mode}: ${cases.length} cases`);
