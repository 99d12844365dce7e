/**
 * Every point of an apply, or a sample of them; and every point of recoveries.
 *
 * @module
 */
import type { Left } from "./left.ts";

/** Something that can be killed anywhere, and must be whole after what comes next. */
export interface Trial<Want extends string = string> {
  /** For people. */
  readonly name: string;
  /** What comes next, where it was killed at a point: each from the same remains. */
  wants(point: number): readonly Want[];
  /** Kills it before its `point`th operation; undefined when it ended by itself. */
  kill(point: number): Promise<Left | undefined>;
  /** Kills what comes next; undefined when it ended by itself, or there is nothing for it to do. */
  killRecovery(
    left: Left,
    want: Want,
    point: number,
  ): Promise<Left | undefined>;
  /** Lets it run and checks everything there is to promise; says how it ended. */
  recover(left: Left, want: Want): Promise<string>;
}

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
export async function everyPoint<Want extends string>(
  scene: Trial<Want>,
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
    await check(scene, left, point, tally, `apply at ${point}`);
    return true;
  });
  // The middle of the run is where a recovery has something to do.
  for (let index = 1; index <= deep; index++) {
    const left =
      found[Math.floor(found.length * (0.3 + 0.6 * index / (deep + 1)))];
    if (!left) continue;
    const wants = scene.wants(index);
    const want = wants[(index - 1) % wants.length];
    if (want === undefined) continue;
    await sideBySide(1, deepStep, async (point) => {
      const again = await scene.killRecovery(left, want, point);
      if (!again) return false;
      tally.recoveriesKilled++;
      count(tally.kinds, `${want}: ${again.before}`);
      await check(
        scene,
        again,
        point,
        tally,
        `${want} at ${point} after ${left.before}`,
      );
      return true;
    });
  }
  return tally;
}

async function check<Want extends string>(
  scene: Trial<Want>,
  left: Left,
  point: number,
  tally: Tally,
  where: string,
): Promise<void> {
  for (const want of scene.wants(point)) {
    try {
      count(tally.outcomes, await scene.recover(left, want));
    } catch (error) {
      throw new Error(
        `${scene.name}, killed in ${where} (${left.before}), then ${want}: ${
          error instanceof Error ? error.message : String(error)
        }`,
        { cause: error },
      );
    }
    tally.recovered++;
  }
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
