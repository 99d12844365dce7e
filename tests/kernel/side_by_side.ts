/**
 * Work that is done a few at a time.
 *
 * @module
 */

/** Starts every piece in order, `limit` at once. @throws what the first one threw, once the others have ended */
export async function sideBySide(
  limit: number,
  work: readonly (() => Promise<void>)[],
): Promise<void> {
  const queue = [...work];
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) await next();
  };
  const ended = await Promise.allSettled(Array.from({ length: limit }, lane));
  for (const one of ended) if (one.status === "rejected") throw one.reason;
}
