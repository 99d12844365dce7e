/**
 * Two texts, and how they differ, in the unified form that diff(1) prints.
 *
 * @module
 */

/** Lines around a change. */
const AROUND = 3;

/** One line of both texts, the old (`-`) or the new (`+`) one. */
interface Step {
  readonly sign: " " | "-" | "+";
  readonly line: string;
  /** How many lines of the old and of the new text come before it. */
  readonly at: readonly [before: number, after: number];
}

/**
 * The lines of a unified diff, without the two that name the files; none when
 * the texts are equal. For files of hundreds of lines, not of millions.
 */
export function unifiedDiff(before: string, after: string): string[] {
  const steps = compare(lines(before), lines(after));
  const changed = steps.flatMap(({ sign }, index) => sign === " " ? [] : index);
  const out: string[] = [];
  for (let from = 0; from < changed.length;) {
    let to = from;
    while ((changed[to + 1] ?? Infinity) - (changed[to] ?? 0) <= 2 * AROUND) {
      to++;
    }
    const first = Math.max(0, (changed[from] ?? 0) - AROUND);
    out.push(...hunk(steps.slice(first, (changed[to] ?? 0) + AROUND + 1)));
    from = to + 1;
  }
  return out;
}

function lines(text: string): string[] {
  const all = text.split("\n");
  if (all.at(-1) === "") all.pop();
  return all;
}

/** Longest common subsequence, from the end so that steps come in order. */
function compare(a: readonly string[], b: readonly string[]): Step[] {
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] = a[i] === b[j]
        ? at(i + 1, j + 1) + 1
        : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const steps: Step[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const [old = "", young = ""] = [a[i], b[j]];
    const where = [i, j] as const;
    if (i < a.length && j < b.length && old === young) {
      steps.push({ sign: " ", line: old, at: where });
      i++;
      j++;
    } else if (
      j === b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))
    ) {
      steps.push({ sign: "-", line: old, at: where });
      i++;
    } else {
      steps.push({ sign: "+", line: young, at: where });
      j++;
    }
  }
  return steps;
}

function hunk(steps: readonly Step[]): string[] {
  const [first] = steps;
  const range = (gone: Step["sign"], at: number): string => {
    const length = steps.filter(({ sign }) => sign !== gone).length;
    // An empty range names the line before it.
    return `${length === 0 ? at : at + 1}${length === 1 ? "" : `,${length}`}`;
  };
  const [before = 0, after = 0] = first?.at ?? [];
  return [
    `@@ -${range("+", before)} +${range("-", after)} @@`,
    ...steps.map(({ sign, line }) => `${sign}${line}`),
  ];
}
