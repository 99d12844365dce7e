/**
 * What the recipes of a site came to, each on a line.
 *
 * @module
 */
import type { ApplyOutcome } from "../apply/types.ts";
import type { FwctlError } from "../errors.ts";
import type { Look, Style } from "./style.ts";
import { type Cell, table } from "./table.ts";
import { count } from "./words.ts";

/** What came of one recipe of a site. */
export interface RecipeOutcome {
  /** Its file's name. */
  readonly recipe: string;
  /** Its file. */
  readonly source: string;
  /** The file of its parameters, or null. */
  readonly params: string | null;
  /** What `fwctl apply` of it alone would have exited with. */
  readonly exit: number;
  /** How it ended; `error` when there was no plan to apply, or it was refused. */
  readonly outcome: ApplyOutcome | "error";
  /** How many requests its plan had. */
  readonly requests: number;
  /** Its run on record, or null. */
  readonly run: string | null;
  /** The members of `fwctl/apply`, or null. */
  readonly apply: Record<string, unknown> | null;
  /** Why there is none. */
  readonly error?: FwctlError;
}

/** What came of all. */
export interface HostApplied {
  /** The site's folder. */
  readonly dir: string;
  /** Recipe by recipe. */
  readonly outcomes: readonly RecipeOutcome[];
  /** Devices that were waited for and did not come. */
  readonly missing: readonly string[];
  /** Recipes that were not reached. */
  readonly skipped: readonly string[];
  /** Addresses of devices that are sealed now. */
  readonly sealed: readonly string[];
}

const WORDS: Readonly<
  Record<RecipeOutcome["outcome"], readonly [text: string, look: Look]>
> = {
  nothing: ["as declared, nothing to do", "green"],
  applied: ["applied", "green"],
  failed: ["failed; nothing is changed", "red"],
  undone: ["failed, and undone", "yellow"],
  stopped: ["stopped on the way", "red"],
  "not-undone": ["FAILED AND NOT UNDONE", "red"],
  error: ["error", "red"],
};

/** The summary; ends with a newline. */
export function hostApplyText(
  { dir, outcomes, missing, skipped, sealed }: HostApplied,
  style: Style,
): string {
  if (outcomes.length === 0 && skipped.length === 0) {
    return `${style(`There is no recipe in ${dir}/recipes`)}\n`;
  }
  const rows = outcomes.map((each): Cell[] => {
    const { recipe, outcome, run } = each;
    const [text, look] = WORDS[outcome];
    return [
      recipe,
      [text, look],
      detail(each),
      run === null ? "" : `run ${run}`,
    ];
  });
  const lines = table(
    [...rows, ...skipped.map((name): Cell[] => [name, ["not reached", "dim"]])],
    {},
    style,
  );
  if (missing.length > 0) {
    lines.push(style(`Did not come: ${missing.join(", ")}`, "red"));
  }
  if (sealed.length > 0) {
    lines.push(style(`Sealed until the next boot: ${sealed.join(", ")}`));
  }
  return `${lines.join("\n")}\n`;
}

/** One recipe for a log: `10-sriov.ts applied, 3 requests, run …`. */
export function recipeOutcomeLine(each: RecipeOutcome): string {
  const { recipe, outcome, run } = each;
  const parts = [
    WORDS[outcome][0],
    detail(each),
    run === null ? "" : `run ${run}`,
  ];
  return `${recipe} ${parts.filter((part) => part !== "").join(", ")}`;
}

function detail({ outcome, error, requests }: RecipeOutcome): string {
  if (error) return error.message;
  return outcome === "nothing" ? "" : count(requests, "request");
}
