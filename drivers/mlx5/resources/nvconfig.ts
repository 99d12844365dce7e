/**
 * Resource `mlx5.nvconfig`: parameters that survive power-off and that a reset
 * loads, by name.
 *
 * The unit is one item (TLV), read and written as a whole through register
 * MNVDA. A write changes what the next reset loads; what is in force and the
 * default are shown beside it. The field that makes a value count (its valid
 * bit) is set with it. Nothing arms a reset: that is an action of its own.
 *
 * @module
 */
import { readBits, writeBits } from "../../../lib/bits/bits.ts";
import type {
  Difference,
  FieldChange,
  ImageField,
  Located,
  ObserveContext,
  Observed,
  ResourceType,
} from "../../driver.ts";
import { itemOf } from "../nvconfig/knowledge.ts";
import { typeWord } from "../nvconfig/names.ts";
import {
  MNVDA_DATA_AT,
  MNVDA_MESSAGE_BYTES,
  readItem,
} from "../nvconfig/registers.ts";
import { locateNv } from "../nvconfig/target.ts";
import { placeOf, putValue, valueIn } from "../nvconfig/values.ts";
import { itemWrite } from "../nvconfig/write.ts";
import {
  expandNvConfig,
  type NvConfigBody,
  parseNvConfig,
  unitOf,
} from "./nvconfig_body.ts";
import {
  type NvLook,
  type NvObserved,
  observeItem,
  portText,
} from "./nvconfig_observe.ts";

function describeUnit({ set }: NvConfigBody) {
  const [ref] = set.keys();
  if (!ref) throw new TypeError("parse lets no empty set through");
  const type = typeWord(ref.tlv, ref.instance);
  return { tlv: ref.tlv, instance: ref.instance, type, unit: unitOf(ref) };
}

/** The resource. */
export const nvconfig: ResourceType<NvConfigBody> = {
  kind: "mlx5.nvconfig",
  summary:
    "Non-volatile configuration by parameter name, loaded by the next reset",
  scope: "configuration",
  effect: "next-reset",
  parse: parseNvConfig,
  expand: expandNvConfig,

  locate(body, inventory): Located {
    const { tlv, instance, unit } = describeUnit(body);
    return locateNv(
      inventory,
      body.device,
      `nvconfig ${unit}`,
      `nvconfig ${tlv.name}${portText(tlv, instance)}`,
    );
  },

  observe(body, _located, context: ObserveContext): Observed {
    const { tlv, instance, type, unit } = describeUnit(body);
    const seen = observeItem(body, tlv, instance, context);
    const { length } = seen.image;
    return {
      read: {
        request: readItem(type, length, "next"),
        capacity: MNVDA_MESSAGE_BYTES,
        offset: MNVDA_DATA_AT,
        length,
      },
      image: seen.image,
      identity: { type: `0x${unit}` },
      notes: seen.notes,
      context: seen,
    };
  },

  diff(body, observed): Difference {
    const { type } = describeUnit(body);
    const seen = observed.context as NvObserved;
    const { image } = seen;
    const after = image.slice();
    const changes: FieldChange[] = [];
    const same: FieldChange[] = [];
    const refused = [...seen.refused];
    for (const look of refused.length > 0 ? [] : seen.looks) {
      const change = changeOf(look, seen);
      if (change.before === look.wanted) {
        same.push(change);
        continue;
      }
      refused.push(...refusals(look));
      changes.push(change);
      putValue(after, look.ref, look.wanted);
    }
    if (refused.length === 0) changes.push(...validBits(seen, after));
    return {
      changes,
      same,
      after: changes.length > 0 ? after : image,
      ...itemWrite(type, image, after, seen.stored),
      writeCapacity: MNVDA_MESSAGE_BYTES,
      live: "next-reset",
      reset: seen.reset,
      refused,
    };
  },

  imageFields(unit): readonly ImageField[] | undefined {
    const type = Number(`0x${unit.replace(/^nvconfig /, "")}`);
    const tlv = itemOf(type)?.tlv;
    return tlv &&
      [...tlv.fields.values()].flatMap((field) =>
        Array.from({ length: field.count }, (_, element): ImageField => ({
          field: (field.parameter ?? field.name) +
            (field.count > 1 ? `[${element}]` : ""),
          bit: field.bit + element * field.width,
          width: field.width,
          ...(field.type === "bytes" || field.type === "string"
            ? { order: "bytes" }
            : {}),
        }))
      );
  },
};

function changeOf(look: NvLook, seen: NvObserved): FieldChange {
  const { ref, wanted } = look;
  const { bit, width } = placeOf(ref);
  const inForce = seen.current && valueIn(seen.current, ref);
  const standard = seen.standard && valueIn(seen.standard, ref);
  return {
    field: ref.label,
    before: valueIn(seen.image, ref),
    after: wanted,
    ...(inForce === undefined ? {} : { inForce }),
    ...(standard === undefined ? {} : { default: standard }),
    limit: [limitText(look), ref.field.unit].filter((part) => part !== "")
      .join(" "),
    bit,
    width,
  };
}

function limitText({ least, most }: NvLook): string {
  if (least !== undefined && most !== undefined) return `${least} to ${most}`;
  if (most !== undefined) return `at most ${most}`;
  return least === undefined ? "" : `at least ${least}`;
}

/** Why a value that changes is refused. */
function refusals(look: NvLook): string[] {
  const { ref, wanted, open, rule, least, most } = look;
  const head = `${ref.label} ${wanted} is refused: `;
  if (open.holds === false) {
    const more = open.parameters.join(" and ");
    return [
      `${head}it can be set only if ${open.why}${
        more === "" ? "" : `; set ${more} with it`
      }`,
    ];
  }
  if (open.holds === undefined) {
    return [
      `${head}the device does not tell whether it can be set: ${open.why}`,
    ];
  }
  const number = typeof wanted === "number" ? wanted : undefined;
  if (
    number !== undefined &&
    (number < (least ?? number) || number > (most ?? number))
  ) return [`${head}the device allows ${limitText(look)}`];
  return rule.holds === false
    ? [`${head}this would not hold: ${rule.why}`]
    : [];
}

/** Sets the fields that make the declared values count; each once. */
function validBits(seen: NvObserved, after: Uint8Array): FieldChange[] {
  const changes = new Map<string, FieldChange>();
  for (const { ref, valid } of seen.looks) {
    if (!valid || valid.bit + valid.width > 8 * after.length) continue;
    if (readBits(seen.image, valid.bit, valid.width) === 1) continue;
    const earlier = changes.get(valid.name)?.limit;
    writeBits(after, valid.bit, valid.width, 1);
    changes.set(valid.name, {
      field: valid.name,
      before: readBits(seen.image, valid.bit, valid.width),
      after: 1,
      limit: earlier ? `${earlier}, ${ref.label}` : `makes count ${ref.label}`,
      bit: valid.bit,
      width: valid.width,
    });
  }
  return [...changes.values()];
}
