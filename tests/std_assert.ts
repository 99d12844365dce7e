/**
 * The part of `@std/assert` the tests use, on node:assert: JSR cannot be
 * reached from every site. A site that reaches it points the import map of
 * deno.json to `jsr:@std/assert` and deletes this file.
 *
 * @module
 */
import nodeAssert from "node:assert/strict";

// deno-lint-ignore no-explicit-any -- a constructor type, as in the original
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

export function assert(value: unknown, message?: string): asserts value {
  nodeAssert.ok(value, message);
}

export function assertFalse(value: unknown, message?: string): void {
  nodeAssert.ok(!value, message);
}

export function assertEquals<T>(
  actual: T,
  expected: T,
  message?: string,
): void {
  nodeAssert.deepEqual(actual, expected, message);
}

export function assertNotEquals<T>(
  actual: T,
  expected: T,
  message?: string,
): void {
  nodeAssert.notDeepEqual(actual, expected, message);
}

export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  message?: string,
): asserts actual is T {
  nodeAssert.equal(actual, expected, message);
}

export function assertExists<T>(
  actual: T,
  message?: string,
): asserts actual is NonNullable<T> {
  nodeAssert.ok(actual !== undefined && actual !== null, message);
}

export function assertMatch(
  actual: string,
  expected: RegExp,
  message?: string,
): void {
  nodeAssert.match(actual, expected, message);
}

export function assertNotMatch(
  actual: string,
  expected: RegExp,
  message?: string,
): void {
  nodeAssert.doesNotMatch(actual, expected, message);
}

export function assertStringIncludes(
  actual: string,
  expected: string,
  message?: string,
): void {
  nodeAssert.ok(
    actual.includes(expected),
    message ?? `expected to find ${JSON.stringify(expected)} in:\n${actual}`,
  );
}

export function assertInstanceOf<E extends Error>(
  actual: unknown,
  expected: ErrorClass<E>,
  message?: string,
): asserts actual is E {
  nodeAssert.ok(actual instanceof expected, message);
}

export function assertLess(
  actual: number,
  expected: number,
  message?: string,
): void {
  nodeAssert.ok(
    actual < expected,
    message ?? `${actual} is not below ${expected}`,
  );
}

export function assertLessOrEqual(
  actual: number,
  expected: number,
  message?: string,
): void {
  nodeAssert.ok(
    actual <= expected,
    message ?? `${actual} is above ${expected}`,
  );
}

export function assertGreater(
  actual: number,
  expected: number,
  message?: string,
): void {
  nodeAssert.ok(
    actual > expected,
    message ?? `${actual} is not above ${expected}`,
  );
}

/** Runs `fn`, which must throw; returns what it threw. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClass?: ErrorClass<E>,
  messageIncludes?: string,
  message?: string,
): E {
  let thrown: unknown;
  try {
    fn();
  } catch (error) {
    thrown = error;
  }
  return checkThrown(thrown, errorClass, messageIncludes, message);
}

/** Awaits `fn`, which must reject; returns what it rejected with. */
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClass?: ErrorClass<E>,
  messageIncludes?: string,
  message?: string,
): Promise<E> {
  let thrown: unknown;
  try {
    await fn();
  } catch (error) {
    thrown = error;
  }
  return checkThrown(thrown, errorClass, messageIncludes, message);
}

function checkThrown<E extends Error>(
  thrown: unknown,
  errorClass: ErrorClass<E> | undefined,
  messageIncludes: string | undefined,
  message: string | undefined,
): E {
  if (thrown === undefined) nodeAssert.fail(message ?? "nothing was thrown");
  if (errorClass && !(thrown instanceof errorClass)) {
    nodeAssert.fail(message ?? `expected ${errorClass.name}, got ${thrown}`);
  }
  if (messageIncludes !== undefined) {
    assertStringIncludes(String((thrown as Error).message), messageIncludes);
  }
  return thrown as E;
}

export function fail(message?: string): never {
  nodeAssert.fail(message);
}
