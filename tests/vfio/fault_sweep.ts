/**
 * A fault at each request of a prepare, one prepare after the other: whatever
 * fails, the functions are as before or as declared, or the output says what is
 * left.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { Lab, VF } from "./vm.ts";

/** What fails, by name. */
export const FAULTS: Readonly<Record<string, Record<string, unknown>>> = {
  "the firmware refuses (BAD_SYS_STATE)": { status: 4 },
  "the request is lost (EIO)": { errno: "EIO" },
  "the answer is lost (ETIMEDOUT, carried out)": {
    errno: "ETIMEDOUT",
    executes: true,
  },
  "the answer is cut after 8 bytes": { truncate: 8 },
  "the answer has a bit that is wrong": { corrupt: { byte: 22, xor: 1 } },
  "the device goes away": { unplug: true },
  "nothing works any more (EIO)": { errno: "EIO", repeat: true },
};

/** Two functions with two capability types each: four writes. */
const VFS = [VF, "0000:3b:00.3"];

/** How many prepares ended with each exit code. */
export type Codes = Map<number, number>;

/**
 * Prepares with the fault at every `step`th request, until it strikes no more.
 *
 * @returns how the prepares ended
 */
export async function sweepFaults(
  fault: Record<string, unknown>,
  step: number,
  from = 1,
): Promise<Codes> {
  const codes: Codes = new Map();
  const whole = await wholePrepare();
  for (let nth = from; nth <= whole.requests; nth += step) {
    const code = await one({ request: "*", nth, ...fault }, whole.held);
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  return codes;
}

/** What a prepare comes to where nothing fails. */
async function wholePrepare(): Promise<{ held: string; requests: number }> {
  using lab = new Lab();
  assertEquals((await lab.prepare(VFS)).code, 0);
  return { held: lab.held(), requests: lab.sent().all };
}

async function one(
  fault: Record<string, unknown>,
  prepared: string,
): Promise<number> {
  using lab = new Lab({ firmware: { faults: [fault] } });
  const { code, out, err } = await lab.prepare(VFS);
  const said = `${JSON.stringify(fault)}: exit ${code}\n${out}${err}`;
  const before = lab.untouched();
  switch (code) {
    case 0:
      assertEquals(lab.held(), prepared, said);
      assertEquals(lab.records().length, VFS.length, said);
      break;
    case 1:
    case 3:
    case 5:
      assert(before, said);
      assertEquals(lab.records(), [], said);
      assert(code !== 5 || /undone, read back and as before/.test(out), said);
      break;
    case 6: {
      // What may be left is named, function by function, and is on record.
      assert(/NOT UNDONE|NOT KNOWN/.test(out), said);
      const named = VFS.filter((vf) =>
        new RegExp(`✗.*${vf}.*NOT (UNDONE|KNOWN)`).test(out)
      );
      assert(named.length > 0, said);
      for (const vf of VFS) {
        assert(named.includes(vf) || lab.untouched(vf), said);
      }
      assertEquals(lab.records().length, VFS.length, said);
      break;
    }
    default:
      throw new Error(said);
  }
  return code;
}
