/**
 * The values a feature has: the image that is compared, and what else the
 * device tells beside it.
 *
 * @module
 */
import type { Bytes } from "../../../lib/bytes.ts";
import { isFwctlError } from "../../../lib/errors.ts";
import type { Channel, ImageRead } from "../../driver.ts";
import { isImmediate, resetsOf } from "../effects.ts";
import { featureData } from "../answers.ts";
import {
  type FeatureEntry,
  getCapacity,
  getFeature,
  OUT_PAYLOAD,
  type Selection,
  selectionsOf,
} from "../protocol.ts";

/** What was read of a feature. */
export interface FeatureValues {
  /** Which value the image is. */
  readonly selection: Selection;
  /** How the image was read. */
  readonly read: ImageRead;
  /** The image: the value a Set Feature shows itself in. */
  readonly image: Bytes;
  /** The value in force where the image is another; undefined when it is the image. */
  readonly inForce: Bytes | undefined;
  /** The vendor's default, where the device tells. */
  readonly byDefault: Bytes | undefined;
}

/**
 * The value in which a write shows itself at once: the current one, or the
 * saved one when the change waits for a reset and the device tells it. The
 * kernel has every write saved across resets.
 */
export function imageSelection(entry: FeatureEntry): Selection {
  return resetsOf(entry.effects) !== "" && selectionsOf(entry).includes("saved")
    ? "saved"
    : "current";
}

/** Whether the image shows a write before the reset it waits for. */
export function showsWrite(entry: FeatureEntry): boolean {
  return resetsOf(entry.effects) === "" || imageSelection(entry) === "saved";
}

/** Whether nothing of a write takes hold before a reset. */
export function waitsForReset({ effects }: FeatureEntry): boolean {
  return resetsOf(effects) !== "" && !isImmediate(effects);
}

/** Reads all values of a feature that has data. */
export function readValues(
  channel: Channel,
  entry: FeatureEntry,
): FeatureValues {
  const { getSize, uuid } = entry;
  const selection = imageSelection(entry);
  const value = (which: Selection): Bytes =>
    featureData(
      channel.send(getFeature(uuid, getSize, which), getCapacity(getSize)),
      getSize,
    ).slice();
  const read: ImageRead = {
    request: getFeature(uuid, getSize, selection),
    capacity: getCapacity(getSize),
    offset: OUT_PAYLOAD,
    length: getSize,
  };
  return {
    selection,
    read,
    image: value(selection),
    inForce: selection === "saved" ? value("current") : undefined,
    byDefault: selectionsOf(entry).includes("default")
      ? orNothing(() => value("default"))
      : undefined,
  };
}

/** The default is only shown: a device that refuses to tell it does not stop a plan. */
function orNothing(read: () => Bytes): Bytes | undefined {
  try {
    return read();
  } catch (error) {
    if (isFwctlError(error) && error.code === "DeviceError") return undefined;
    throw error;
  }
}
