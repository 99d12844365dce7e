/**
 * Steps and images of a plan file. Every offset is held against the image it
 * is in, and what changes must lie in the fields that are said to change.
 *
 * @module
 */
import type { FieldChange, RequestLabel } from "../../drivers/driver.ts";
import { EFFECTS } from "../../drivers/request.ts";
import type { Bytes } from "../bytes.ts";
import { type ObjectReader, refuse } from "../model/reader.ts";
import type { PlainData } from "../plain.ts";
import { MAX_RPC_LEN, SCOPES } from "../uapi/fwctl.ts";
import {
  asHex,
  asText,
  choice,
  flag,
  hex,
  integer,
  list,
  object,
  objects,
  text,
  textOrNull,
} from "./file_values.ts";
import type { Patch, PlannedResource, PlannedStep } from "./types.ts";

/** Most bytes that all images of a file may have when they are told in full. */
const MOST_IMAGE_BYTES = 512 << 20;

/** Reads the table of images. */
export function readImages(reader: ObjectReader): Bytes[] {
  const images: Bytes[] = [];
  let room = MOST_IMAGE_BYTES;
  objects(reader, "images", (item) => {
    const like = item.raw("like");
    let image: Bytes;
    if (like === undefined) image = hex(item, "bytes");
    else {
      const first = images[integer(item, "like", { max: images.length })];
      if (!first) refuse(item.path("like"), "must be an image before this one");
      image = new Uint8Array(first);
      for (const { at, bytes } of readPatch(item, image.length)) {
        image.set(bytes, at);
      }
    }
    room -= image.length;
    if (room < 0) refuse(item.at, "is more than all images may be");
    images.push(image);
  });
  return images;
}

/** Bytes that change in an image of `length` bytes, in rising order. */
function readPatch(reader: ObjectReader, length: number): Patch[] {
  let end = 0;
  return list(reader, "patch", (item, at) => {
    const [offset, bytes] = Array.isArray(item) && item.length === 2
      ? item as readonly PlainData[]
      : refuse(at, "must be [offset, bytes]");
    const patch = { at: Number(offset), bytes: asHex(bytes, `${at}[1]`) };
    if (
      typeof offset !== "number" || !Number.isSafeInteger(offset) ||
      offset < end || patch.bytes.length === 0 ||
      offset + patch.bytes.length > length
    ) refuse(`${at}[0]`, `must be within the ${length} bytes of the image`);
    end = patch.at + patch.bytes.length;
    return patch;
  });
}

/** What a step may refer to. */
export interface StepSurroundings {
  readonly images: readonly Bytes[];
  readonly resources: readonly PlannedResource[];
}

/** Reads one step. */
export function readStep(
  reader: ObjectReader,
  { images, resources }: StepSurroundings,
): PlannedStep {
  const type = choice(reader, "type", ["write", "action"]);
  const resource = integer(reader, "resource", { max: resources.length });
  const of = resources[resource];
  if (!of) refuse(reader.path("resource"), "is no resource of the plan");
  const device = text(reader, "device");
  if (device !== of.device) {
    refuse(reader.path("device"), `must be ${of.device}, its resource's`);
  }
  if ((type === "action") !== (of.arguments !== null)) {
    refuse(reader.path("type"), "is not what its resource is");
  }
  const label = object(reader, "label", readLabel);
  if (type === "action") {
    return {
      type,
      resource,
      device,
      label,
      request: hex(reader, "request"),
      capacity: capacity(reader, "capacity"),
    };
  }
  const read = object(reader, "read", (member) => ({
    request: hex(member, "request"),
    capacity: capacity(member, "capacity"),
    offset: capacity(member, "offset"),
    length: capacity(member, "length"),
  }));
  const before = images[integer(reader, "before", { max: images.length })];
  if (before?.length !== read.length) {
    refuse(reader.path("before"), "is no image of the length that is read");
  }
  const patch = readPatch(reader, before.length);
  withinFields(before, patch, of.changes, reader.path("patch"));
  const payload = reader.raw("payload");
  return {
    type,
    resource,
    device,
    label,
    live: choice(reader, "live", ["now", "next-reset"]),
    reset: textOrNull(reader, "reset"),
    verifiable: flag(reader, "verifiable"),
    read,
    before,
    patch,
    writeHeader: hex(reader, "writeHeader"),
    payload: payload === null ? null : object(reader, "payload", (member) => ({
      write: hex(member, "write"),
      undo: hex(member, "undo"),
    })),
    ...(reader.raw("undo") === undefined ? {} : { undo: text(reader, "undo") }),
    writeCapacity: capacity(reader, "writeCapacity"),
  };
}

function capacity(reader: ObjectReader, key: string): number {
  return integer(reader, key, { max: MAX_RPC_LEN });
}

function readLabel(reader: ObjectReader): RequestLabel {
  const groups = reader.raw("groups") === undefined
    ? {}
    : { groups: list(reader, "groups", asText) };
  return {
    name: text(reader, "name"),
    detail: text(reader, "detail"),
    allowed: flag(reader, "allowed"),
    scope: choice(reader, "scope", SCOPES),
    scopeReason: text(reader, "scopeReason"),
    effect: choice(reader, "effect", EFFECTS),
    effectReason: text(reader, "effectReason"),
    ...groups,
  };
}

/** What is shown must be all that is written: every bit that changes is in a field that says so. */
function withinFields(
  before: Uint8Array,
  patch: readonly Patch[],
  fields: readonly FieldChange[],
  path: string,
): void {
  const end = 8 * before.length;
  if (fields.some(({ bit, width }) => bit + width > end)) {
    refuse(path, "is of a field outside the image");
  }
  for (const { at, bytes } of patch) {
    for (const [index, byte] of bytes.entries()) {
      const changed = byte ^ (before[at + index] ?? 0);
      for (let bit = 0; bit < 8; bit++) {
        if ((changed & (0x80 >> bit)) === 0) continue;
        const place = 8 * (at + index) + bit;
        const named = fields.some((field) =>
          place >= field.bit && place < field.bit + field.width
        );
        if (!named) {
          refuse(path, `changes bit ${place}, which no declared field has`);
        }
      }
    }
  }
}
