/** Lanes without threads: several views of one model in this process. */
import { loadDrivers } from "../../drivers/load.ts";
import type { Driver } from "../../drivers/driver.ts";
import type { Host } from "../../lib/host/host.ts";
import { LaneWork } from "../../lib/parallel/lane_work.ts";
import { Lanes } from "../../lib/parallel/lanes.ts";
import type { Ask } from "../../lib/parallel/protocol.ts";

/** Every driver. */
export const DRIVERS: readonly Driver[] = await loadDrivers();

/** What is done with a question before a lane gets it. */
export type Meddling = (lane: number, ask: Ask) => Promise<void> | void;

/** Lanes over one host; what crosses is cloned as between threads. */
export function localLanes(
  count: number,
  host: Host,
  meddle: Meddling = () => {},
): Lanes {
  return new Lanes(count, (lane) => {
    const work = new LaneWork(host, DRIVERS);
    let last: Promise<unknown> = Promise.resolve();
    return {
      async ask(ask) {
        const before = last;
        const { promise, resolve } = Promise.withResolvers<void>();
        last = promise;
        await before;
        try {
          await meddle(lane, ask);
          return structuredClone(work.answer(structuredClone(ask)));
        } finally {
          resolve();
        }
      },
      end: () => work[Symbol.dispose](),
    };
  });
}
