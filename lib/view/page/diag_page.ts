/**
 * A page with plots of diagnostic counters.
 *
 * @module
 */
import {
  counterId,
  counterName,
} from "../../../drivers/mlx5/reading/diag_counters.ts";
import { type DiagRun, endSentences, modeText, secondsOf } from "../diag.ts";
import { plotPage } from "./plot.ts";

/** The page as text. */
export async function diagPage(run: DiagRun): Promise<string> {
  const { device, counters, rounds, khz } = run;
  const timed = khz > 0;
  return await plotPage({
    title: `${device}: diagnostic counters`,
    about: [
      `${modeText(run)}.`,
      ...endSentences(run).map((line) => `${line}.`),
    ],
    x: rounds.map(({ clocks }) => secondsOf(clocks, khz) ?? clocks),
    xUnit: timed ? "s" : "clocks",
    per: timed ? "per second" : "per clock",
    labels: rounds.map(({ sample }) => sample),
    series: counters.map((id, at) => ({
      id: counterId(id),
      ...counterName(id),
      values: rounds.map(({ values }) => values[at]),
    })),
  });
}
