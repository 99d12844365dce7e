/**
 * What a CXL memory device is configured to, for an attestation: every feature
 * by its UUID, with the values the device has of it.
 *
 * ```
 * features: { UUID: { name, id, versions, flags, effects,
 *   values: { current | default | saved: { hex, fields? } | { refused } } } }
 * ```
 *
 * Names and fields are those of the specification alone: a definition file
 * changes nothing of what is measured. Assumption: features are settings, as
 * the specification has them. A vendor's that counts would differ each time.
 *
 * @module
 */
import { toHex } from "../../lib/bytes.ts";
import { isFwctlError } from "../../lib/errors.ts";
import type { PlainData, PlainObject } from "../../lib/plain.ts";
import type { Channel, DeviceContext } from "../driver.ts";
import { decodeFields } from "./fields.ts";
import { CxlFeatures, knownFeatures } from "./knowledge.ts";
import { featureData } from "./answers.ts";
import {
  type FeatureEntry,
  getCapacity,
  getFeature,
  type Selection,
  selectionsOf,
} from "./protocol.ts";

/** Reads it. @throws `DecodeError` or `SyscallError` */
export function measure(
  { channel, know, entry: { name } }: DeviceContext,
): PlainObject {
  const features = new CxlFeatures(knownFeatures(know, name).entries);
  const found: Record<string, PlainData> = {};
  for (const entry of features.entries) {
    const { uuid, id, getVersion, setVersion, flags, effects } = entry;
    const values: Record<string, PlainData> = {};
    for (const selection of entry.getSize > 0 ? selectionsOf(entry) : []) {
      values[selection] = valueOf(channel, features, entry, selection);
    }
    found[uuid] = {
      name: features.nameOf(uuid),
      id,
      versions: { get: getVersion, set: setVersion },
      flags: `0x${flags.toString(16)}`,
      effects: `0x${effects.toString(16)}`,
      values,
    };
  }
  return { features: found };
}

function valueOf(
  channel: Channel,
  features: CxlFeatures,
  entry: FeatureEntry,
  selection: Selection,
): PlainObject {
  const { uuid, getSize } = entry;
  let data: Uint8Array<ArrayBuffer>;
  try {
    const request = getFeature(uuid, getSize, selection, 0);
    data = featureData(channel.send(request, getCapacity(getSize)), getSize);
  } catch (error) {
    // That the device does not give it is part of what it is.
    if (isFwctlError(error) && error.code === "DeviceError") {
      return { refused: String(error.details().statusName) };
    }
    throw error;
  }
  const schema = features.schema(entry);
  return {
    hex: toHex(data),
    ...(schema ? { fields: decodeFields(schema.get, data) } : {}),
  };
}
