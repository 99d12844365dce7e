/**
 * What the queries share that need requests with buffers: arguments, and what is
 * said where the kernel is too old for it.
 *
 * @module
 */
import { UsageError } from "../../../lib/errors.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import type { Channel, DeviceContext } from "../../driver.ts";
import { tryAsk } from "../ask.ts";
import { kernelOf } from "../knowledge.ts";
import { OWN_FID } from "../protocol.ts";

/** @throws `UsageError` where the kernel's driver takes no requests with buffers */
export function needBuffers(
  { know, channel }: DeviceContext,
  what: string,
): void {
  if (kernelOf(know) !== "7.2") return;
  throw new UsageError(
    `The kernel is too old for ${what}: the bnxt_fwctl of ${channel.device} takes no requests with buffers`,
    {
      device: channel.device,
      hint:
        "Linux 7.3 and later take them; fwctl describe says what this one takes",
    },
  );
}

/** @throws `UsageError` for an argument the query has not */
export function checkArguments(
  query: string,
  args: PlainObject,
  known: readonly string[],
): void {
  for (const key of Object.keys(args)) {
    if (known.includes(key)) continue;
    throw new UsageError(`The query ${query} has no argument "${key}"`, {
      hint: didYouMean(key, known) ??
        (known.length === 0
          ? "It has none"
          : `Its arguments are ${known.join(", ")}`),
    });
  }
}

/** A whole number within limits. @throws `UsageError` */
export function wholeNumber(
  name: string,
  value: PlainData,
  most: number,
  least = 0,
): number {
  if (
    typeof value === "number" && Number.isInteger(value) && value >= least &&
    value <= most
  ) return value;
  throw new UsageError(`${name} cannot be ${JSON.stringify(value)}`, {
    hint: `It is a whole number from ${least} to ${most}`,
  });
}

/** FUNC_QCAPS of the asking function; empty where it is refused. */
export function ownCaps(channel: Channel): PlainObject {
  const asked = tryAsk(channel, "FUNC_QCAPS", { fid: OWN_FID });
  return "answer" in asked ? asked.answer.fields : {};
}

/** The port of the asking function; 0 where it does not tell. */
export function ownPort(channel: Channel): number {
  const port = ownCaps(channel).port_id;
  return typeof port === "number" ? port : 0;
}
