/**
 * Plan files: a plan as JSON, to be looked at, kept, signed and applied later.
 *
 * `{ "schema": "fwctl/plan-file", "version": "1.0", …, "digest": "sha256:…" }`,
 * where the digest is over the canonical JSON of all other members. It finds
 * files that were cut or changed by accident; against somebody who means it,
 * sign the file. Bytes are hex. Images are kept once: those that are like
 * another say which and in which bytes they are not, because the images of
 * thousands of functions are nearly the same. `plan_file.schema.json` beside
 * this module is the JSON Schema.
 *
 * @module
 */
import type { PlainData, PlainObject } from "../plain.ts";
import { canonicalJson, sha256 } from "./digest.ts";
import { patchOf } from "./step.ts";
import type { Patch, Plan, PlannedStep } from "./types.ts";

/** What a plan file calls itself. */
export const PLAN_FILE_SCHEMA = "fwctl/plan-file";

/** Version of the file's form; a reader refuses another major. */
export const PLAN_FILE_VERSION = "1.0";

/** The plan as the data of a plan file, its digest included. */
export function planDocument(plan: Plan): PlainObject {
  const images = new Images();
  const steps = plan.steps.map((step) => stepData(step, images));
  const body: PlainObject = {
    schema: PLAN_FILE_SCHEMA,
    version: PLAN_FILE_VERSION,
    format: plan.format,
    // A plan that would do nothing is to be seen as such without counting.
    changes: plan.steps.length > 0,
    recipe: { ...plan.recipe },
    bootId: plan.bootId,
    definitions: plain(plan.definitions),
    devices: plain(plan.devices),
    resources: plain(plan.resources),
    images: images.data,
    steps,
  };
  return { ...body, digest: sha256(canonicalJson(body)) };
}

/** The text of a plan file: one line, and a newline. */
export function planFileText(plan: Plan): string {
  return `${JSON.stringify(planDocument(plan))}\n`;
}

/** Interfaces of plain data as plain data; TypeScript does not see that they are. */
function plain(value: Plan[keyof Plan]): PlainData {
  return value as unknown as PlainData;
}

function stepData(step: PlannedStep, images: Images): PlainObject {
  const base = {
    type: step.type,
    resource: step.resource,
    device: step.device,
    label: { ...step.label } as unknown as PlainObject,
  };
  if (step.type === "action") {
    return { ...base, request: step.request.toHex(), capacity: step.capacity };
  }
  const { read, payload } = step;
  return {
    ...base,
    live: step.live,
    reset: step.reset,
    verifiable: step.verifiable,
    read: { ...read, request: read.request.toHex() },
    before: images.add(step.before),
    patch: patchData(step.patch),
    writeHeader: step.writeHeader.toHex(),
    payload: payload && {
      write: payload.write.toHex(),
      undo: payload.undo.toHex(),
    },
    ...(step.undo === undefined ? {} : { undo: step.undo }),
    writeCapacity: step.writeCapacity,
  };
}

function patchData(patch: readonly Patch[]): PlainData {
  return patch.map(({ at, bytes }) => [at, bytes.toHex()]);
}

/** The table of images. */
class Images {
  readonly data: PlainObject[] = [];
  /** Where an image stands, by its bytes. */
  readonly #known = new Map<string, number>();
  /** The first of each length: what others are told as differences to. */
  readonly #first = new Map<number, { index: number; image: Uint8Array }>();

  /** Index of an image. */
  add(image: Uint8Array): number {
    const hex = image.toHex();
    const known = this.#known.get(hex);
    if (known !== undefined) return known;
    const first = this.#first.get(image.length);
    const index = this.data.push(
      (first && likeness(first, image, hex.length)) ?? { bytes: hex },
    ) - 1;
    this.#known.set(hex, index);
    if (!first) this.#first.set(image.length, { index, image });
    return index;
  }
}

/** An image told by its differences, unless that takes more room than its bytes. */
function likeness(
  first: { readonly index: number; readonly image: Uint8Array },
  image: Uint8Array,
  room: number,
): PlainObject | undefined {
  const patch = patchOf(first.image, image);
  const size = patch.reduce((sum, { bytes }) => sum + 2 * bytes.length + 12, 0);
  if (size >= room) return undefined;
  return { like: first.index, patch: patchData(patch) };
}
