/**
 * Work: what an apply does, apart from how its requests travel. It is a
 * generator that asks for one request after the other, so that the same steps
 * run in one go, with a pause in which a signal is heard, or over workers.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import type { PlainObject } from "../plain.ts";
import type { PlanSession } from "../plan/make.ts";

/** One request that is to be sent once. */
export interface Sending {
  /** Which device. */
  readonly device: string;
  /** The request, flat. */
  readonly request: Bytes;
  /** Room for the flat response. */
  readonly capacity: number;
  /** The kind of the action it carries out, whose answer is shown; absent for all else. */
  readonly action?: string | undefined;
}

/** What came back. */
export interface Reply {
  /** The flat response. */
  readonly answer: Bytes;
  /** An action's answer for people. It may throw: the action was done all the same. */
  readonly shown?: () => PlainObject | undefined;
}

/** A piece of work that ends with a `T`. An error of a request is thrown into it. */
export type Work<T> = Generator<Sending, T, Reply>;

/** Carries out work in one go. */
export function finish<T>(
  work: Work<T>,
  perform: (sending: Sending) => Reply,
): T {
  let next = work.next();
  while (!next.done) {
    let reply: Reply;
    try {
      reply = perform(next.value);
    } catch (error) {
      next = work.throw(error);
      continue;
    }
    next = work.next(reply);
  }
  return next.value;
}

/** The same where a request is waited for. */
export async function finishAsync<T>(
  work: Work<T>,
  perform: (sending: Sending) => Promise<Reply>,
): Promise<T> {
  let next = work.next();
  while (!next.done) {
    let reply: Reply;
    try {
      reply = await perform(next.value);
    } catch (error) {
      next = work.throw(error);
      continue;
    }
    next = work.next(reply);
  }
  return next.value;
}

/** Sends over the open devices of this thread. */
export function performOn(
  session: (device: string) => PlanSession,
): (sending: Sending) => Reply {
  return ({ device, request, capacity, action }) => {
    const { channel, driver, know } = session(device);
    const answer = channel.send(request, capacity);
    if (action === undefined) return { answer };
    const type = Object.values(driver.actions)
      .find(({ kind }) => kind === action);
    return { answer, shown: () => type?.answer(request, answer, know) };
  };
}

/** Milliseconds after which the rest of the program gets a turn. */
const BREATH_MS = 10;

/**
 * The same with pauses between requests, in which signals are heard and lines
 * are drawn. A device that answers at once is not slowed down by them.
 */
export function performBreathing(
  session: (device: string) => PlanSession,
): (sending: Sending) => Promise<Reply> {
  const perform = performOn(session);
  let last = performance.now();
  return async (sending) => {
    try {
      return perform(sending);
    } finally {
      if (performance.now() - last > BREATH_MS) {
        await new Promise((done) => setTimeout(done, 0));
        last = performance.now();
      }
    }
  };
}
