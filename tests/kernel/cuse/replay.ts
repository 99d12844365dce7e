/**
 * Recordings of the real kernel, performed on the lab behind CUSE by another
 * process, and held against what the real devices answered.
 *
 * @module
 */
import { ERRNO } from "../../../lib/uapi/errno.ts";
import { fromFileUrl } from "../../paths.ts";
import { LAB_TYPES } from "../../oracle/lab_types.ts";
import { type Case, readRecording, Step } from "../../oracle/recording.ts";
import { compareCases, type StepDifference } from "../compare.ts";
import { type RealDevice, RealDevices } from "../real/devices.ts";
import { runAs } from "../real/identity.ts";
import { RealMachine, RealSession } from "../real/session.ts";
import { identityOf } from "../record.ts";

const FIXTURES = new URL("../../fixtures/oracle/", import.meta.url);

/** The first number of each kind in the lab. */
const FIRST: Readonly<Record<string, number>> = {
  mlx5: 0,
  pds: 3,
  bnxt: 4,
  cxl: 5,
};

/** Calls on a descriptor: the rest is about sysfs, modules and the log, which CUSE has not. */
const CALLS = new Set(
  ["open", "close", "dup", "info", "rpc", "raw"].concat(
    ["read0", "write0", "lseek0", "mmap0"],
  ),
);

/** The lab's nodes: sysfs knows nothing of them. */
class ServedDevices extends RealDevices {
  override find(type: string, index: number): RealDevice | undefined {
    const first = FIRST[type];
    if (first === undefined) return undefined;
    return { type, folder: "", bindName: `fwctl${first + index}` };
  }

  override bound(device: RealDevice): string {
    return device.bindName;
  }

  override node(device: RealDevice): string {
    return `/dev/fwctl/${device.bindName}`;
  }
}

/** This machine with the lab's devices. */
export class ServedMachine extends RealMachine {
  override readonly devices: ServedDevices = new ServedDevices();
}

/** What came of one recording. */
export interface Replayed {
  readonly name: string;
  readonly steps: number;
  /** Cases about what CUSE does not have. */
  readonly left: number;
  readonly seconds: number;
  /** Differences without a reason. */
  readonly unknown: readonly StepDifference[];
  /** Those with one, by it. */
  readonly known: Readonly<Record<string, number>>;
}

/** Performs one recording. */
export async function replayServed(
  machine: ServedMachine,
  name: string,
): Promise<Replayed> {
  const start = performance.now();
  const kept: Case[] = [];
  let left = 0;
  const path = fromFileUrl(new URL(`${name}.jsonl.gz`, FIXTURES));
  for await (const one of readRecording(path)) {
    if (one instanceof SyntaxError) throw one;
    // What changes the machine changes what the later steps of its case meet.
    if (one.steps.some(({ op }) => op === "write" || op === "run")) left++;
    else kept.push(one);
  }
  const fresh: Case[] = [];
  await runAs(machine.libc, identityOf(name), async () => {
    for (const one of kept) fresh.push(await perform(machine, one));
  });
  const { steps, differences } = await compareCases(name, kept, fresh);
  const known: Record<string, number> = {};
  const unknown: StepDifference[] = [];
  for (const one of differences) {
    const reason = reasonOf(one);
    if (reason === undefined) unknown.push(one);
    else known[reason] = (known[reason] ?? 0) + 1;
  }
  const seconds = (performance.now() - start) / 1000;
  return { name, steps, left, seconds, unknown, known };
}

async function perform(machine: ServedMachine, one: Case): Promise<Case> {
  const { type, id, steps } = one;
  const device = machine.devices.find(type, LAB_TYPES[type]?.target(id) ?? 0);
  if (!device) throw new Error(`no ${type} in the lab`);
  using session = new RealSession(machine, device);
  const fresh = steps.filter(({ op }) => CALLS.has(op)).map((step) =>
    new Step({ ...step.inputs(), ...session.perform(step) })
  );
  // The calls of other processes have their turn.
  await Promise.resolve();
  return { type, id, steps: fresh };
}

/** Why a difference must be: the list in lib/cuse/device.ts. */
function reasonOf({ op, field, was, is }: StepDifference): string | undefined {
  if (op === "lseek0" && (field === "errno" || field === "ret")) {
    return was === ERRNO.ESPIPE && is === 0 || was === -1 && is === 0
      ? "lseek gives 0"
      : undefined;
  }
  return undefined;
}
