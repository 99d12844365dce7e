/**
 * "Did you mean": the names nearest to a misspelt one.
 *
 * @module
 */

/** Letters to insert, drop, change or swap to come from `a` to `b`. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** The nearest of `names`, at most `limit`, best first; empty when none is near. */
export function nearest(
  name: string,
  names: Iterable<string>,
  limit = 3,
): string[] {
  const given = name.slice(0, 64).toLowerCase();
  const reach = Math.max(1, Math.floor(given.length / 3));
  const found: { name: string; distance: number }[] = [];
  for (const candidate of names) {
    const known = candidate.toLowerCase();
    const within = given.length > 2 && known.includes(given);
    const distance = Math.abs(known.length - given.length) > reach
      ? reach + 1
      : editDistance(given, known);
    if (distance <= reach) found.push({ name: candidate, distance });
    else if (within) found.push({ name: candidate, distance });
  }
  return found.sort((a, b) =>
    a.distance - b.distance || (a.name < b.name ? -1 : 1)
  ).slice(0, limit).map((one) => one.name);
}

/** A hint such as `Did you mean log_max_qp or log_max_eq?`, or nothing. */
export function didYouMean(
  name: string,
  names: Iterable<string>,
): string | undefined {
  const near = nearest(name, names);
  if (near.length === 0) return undefined;
  const last = near.pop();
  return `Did you mean ${near.length ? `${near.join(", ")} or ` : ""}${last}?`;
}
