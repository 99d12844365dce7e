/**
 * Where samples go: CSV as they come, the rest at the end, and a page in a file
 * beside either.
 *
 * @module
 */
import type { DiagState } from "../../../drivers/mlx5/reading/diag_device.ts";
import type { Round } from "../../../drivers/mlx5/reading/diag_series.ts";
import { UsageError } from "../../errors.ts";
import { type DiagRun, endSentences } from "../../view/diag.ts";
import { CSV_HEADER, csvLines, samplesBody } from "../../view/diag_data.ts";
import { samplesText } from "../../view/diag_text.ts";
import { fileExists, writeAtomically } from "../files.ts";
import type { Output } from "../output.ts";

/** How samples are shown. */
export interface DiagOutputOptions {
  /** Lines of CSV on standard output. */
  readonly csv?: boolean | undefined;
  /** A page, in this file. */
  readonly html?: string | undefined;
  /** Replace a file that is there. */
  readonly force?: boolean | undefined;
  /** All samples in the table. */
  readonly all?: boolean | undefined;
}

/** Most values that are kept; a million of 64 bits take some 100 MB. */
const MOST_VALUES = 1_000_000;

/** Takes samples and shows them. */
export class SampleOutput {
  readonly #output: Output;
  readonly #options: DiagOutputOptions;
  readonly #rounds: Round[] = [];
  #state: DiagState | undefined;
  #seen = 0;
  #start: number | undefined;

  /** @throws {UsageError} for options that do not go together, or a file that is there */
  constructor(output: Output, options: DiagOutputOptions) {
    if (options.csv && output.json) {
      throw new UsageError("--csv and --json exclude each other", {
        hint: "Choose one; --html goes with either",
      });
    }
    if (
      options.html !== undefined && !options.force &&
      fileExists(options.html, "the page")
    ) {
      throw new UsageError(`${options.html} is there already`, {
        hint: "Name another file, or add --force to replace it",
      });
    }
    this.#output = output;
    this.#options = options;
  }

  /** The samples that are kept. */
  get rounds(): readonly Round[] {
    return this.#rounds;
  }

  /** How many were taken in all. */
  get seen(): number {
    return this.#seen;
  }

  /** Before the first sample. */
  begin(state: DiagState): void {
    this.#state = state;
    if (this.#options.csv) this.#output.text(CSV_HEADER);
  }

  /** Takes more; false when there is no room for others after these. */
  take(given: readonly Round[]): boolean {
    const state = this.#state;
    if (!state) return false;
    const start = this.#start ??= given[0]?.clocks;
    const rounds = start ? given.map((round) => since(round, start)) : given;
    const { khz, params: { counters } } = state;
    this.#seen += rounds.length;
    if (this.#options.csv && rounds.length > 0) {
      this.#output.text(csvLines(rounds, { counters, khz }));
    }
    // Lines that are out need not be kept, unless a page wants them too.
    if (this.#options.csv && this.#options.html === undefined) return true;
    const most = Math.max(1, Math.floor(MOST_VALUES / counters.length));
    const room = most - this.#rounds.length;
    for (const round of rounds.slice(0, room)) this.#rounds.push(round);
    if (rounds.length < room) return true;
    this.#seen = this.#rounds.length;
    return false;
  }

  /** After the last one. */
  async end(run: DiagRun): Promise<void> {
    const { csv = false, html, all = false } = this.#options;
    if (html !== undefined) {
      const { diagPage } = await import("../../view/page/diag_page.ts");
      writeAtomically(html, await diagPage(run), "the page", 0o644);
    }
    if (csv) {
      for (const line of endSentences(run)) {
        this.#output.note(`${this.#output.errorStyle(line)}\n`);
      }
    } else {
      this.#output.result(
        "diag-samples",
        () => ({ ...samplesBody(run), page: html ?? null }),
        (style) => samplesText(run, style, { all }),
      );
    }
    if (html !== undefined && !this.#output.json) {
      this.#output.note(`The page is in ${this.#output.errorStyle(html)}\n`);
    }
  }
}

/** A sample by the time since the first that was asked for. */
function since(round: Round, start: number): Round {
  return { ...round, clocks: round.clocks - start };
}
