/**
 * Every point of an apply, or a sample of them; and every point of recoveries.
 *
 * @module
 */
import type { Left, Scene, Want } from "./trial.ts";

/** What was done. */
export interface Tally {
  /** Applies killed. */
  applies: number;
  /** Recoveries killed. */
  recoveriesKilled: number;
  /** Recoveries that were let run, each checked. */
  recovered: number;
  /** Points by the operation before which the process died. */
  readonly kinds: Map<string, number>;
  /** Recoveries by how they ended. */
  readonly outcomes: Map<string, number>;
}

/** How much of it is done. */
export interface Extent {
  /** Every how manyth point of the apply; 1 is all. */
  readonly step: number;
  /** At how many points, spread over the apply, the recovery is killed too, everywhere. */
  readonly deep: number;
  /** Every how manyth point of a recovery. */
  readonly deepStep: number;
  /** The first point. */
  readonly from?: number;
}

/** All points; at three of them every point of a recovery too. */
const ALL: Extent = { step: 1, deep: 3, deepStep: 1 };
/** Processes side by side. */
const AT_ONCE = 2;

/** Kills a scene everywhere that the extent says, and recovers each. */
export async function everyPoint(
  scene: Scene,
  { step, deep, deepStep, from = 1 }: Extent = ALL,
): Promise<Tally> {
  const tally: Tally = {
    applies: 0,
    recoveriesKilled: 0,
    recovered: 0,
    kinds: new Map(),
    outcomes: new Map(),
  };
  const found: Left[] = [];
  await sideBySide(from, step, async (point) => {
    const left = await scene.kill(point);
    if (!left) return false;
    tally.applies++;
    count(tally.kinds, `apply: ${left.before}`);
    found.push(left);
    await check(scene, left, wantAt(point), tally, `apply at ${point}`);
    return true;
  });
  // The middle of the run is where a recovery has something to do.
  for (let index = 1; index <= deep; index++) {
    const left =
      found[Math.floor(found.length * (0.3 + 0.6 * index / (deep + 1)))];
    if (!left) continue;
    const want = wantAt(index);
    await sideBySide(1, deepStep, async (point) => {
      const again = await scene.killRecovery(left, want, point);
      if (!again) return false;
      tally.recoveriesKilled++;
      count(tally.kinds, `${want}: ${again.before}`);
      await check(
        scene,
        again,
        wantAt(point),
        tally,
        `${want} at ${point} after ${left.before}`,
      );
      return true;
    });
  }
  return tally;
}

/** Taken back from odd points, finished from even ones. */
function wantAt(point: number): Want {
  return point % 2 === 0 ? "resume" : "undo";
}

async function check(
  scene: Scene,
  left: Left,
  want: Want,
  tally: Tally,
  where: string,
): Promise<void> {
  try {
    count(tally.outcomes, await scene.recover(left, want));
  } catch (error) {
    throw new Error(
      `${scene.spec.name}, killed in ${where} (${left.before}), then ${want}: ${
        error instanceof Error ? error.message : String(error)
      }`,
      { cause: error },
    );
  }
  tally.recovered++;
}

/** Runs `body` for one point after the other, some at once, until it says that there are no more. */
async function sideBySide(
  from: number,
  step: number,
  body: (point: number) => Promise<boolean>,
): Promise<void> {
  let next = from;
  let more = true;
  const worker = async (): Promise<void> => {
    while (more) {
      const point = next;
      next += step;
      if (!await body(point)) more = false;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
