/**
 * The `firmware` object of a scenario's mlx5 device, for the plausible cards.
 *
 * @module
 */
import type { FieldInputs } from "../../../lib/bits/mod.ts";
import type { ObjectReader } from "../../../lib/model/reader.ts";
import { asInteger, refuse } from "../../../lib/model/reader.ts";
import { CAP, type Card } from "./cards.ts";
import { capTypeNamed, type CapValues } from "./caps.ts";
import { type NvOptions, readNvOptions } from "./nvconfig_items.ts";
import { fieldWidth, type Mlx5Fault, readFaults } from "./faults.ts";

/** Options, checked. */
export interface FirmwareOptions {
  /** Version in three numbers. */
  readonly version: readonly [number, number, number];
  /** What the PF has different from the card. */
  readonly caps: CapValues;
  /** What all VFs have different. */
  readonly vfCaps: CapValues;
  /** What single VFs have different, by VF index. */
  readonly vf: ReadonlyMap<number, CapValues>;
  /** Contexts at a time, per function. */
  readonly maxUctx: number;
  /** What nvconfig has different, and who runs the card. */
  readonly nvconfig: Pick<NvOptions, "values" | "locked" | "mode">;
  /** What goes wrong. */
  readonly faults: readonly Mlx5Fault[];
}

/**
 * Reads the options beside `type`:
 *
 * - `firmwareVersion`: `22.41.1000`
 * - `tools`: whether contexts can have TOOLS_RESOURCES, default true
 * - `caps`: `{ "GENERAL": { "log_max_qp": 18 } }`, what the PF has different
 * - `vfCaps`: the same for all VFs
 * - `vfs`: `{ "0": { "GENERAL": { … } } }`, the same for single VFs by index
 * - `maxUctx`: contexts at a time
 * - `nvconfig`, `nvconfigLocked`, `cpu`: see nvconfig_items.ts
 * - `faults`: what goes wrong, see lib/model/faults.ts and faults.ts here
 *
 * @throws `ModelError` naming the key path
 */
export function readOptions(
  reader: ObjectReader,
  card: Card,
  vfs: number,
): FirmwareOptions {
  const tools = reader.flag("tools") ?? true;
  const caps = readCaps(reader.object("caps"));
  const vf = new Map<number, CapValues>();
  const each = reader.object("vfs");
  for (const name of each?.keys() ?? []) {
    if (!each) break;
    const at = each.path(name.slice(0, 64));
    if (!/^(0|[1-9]\d{0,4})$/.test(name)) refuse(at, "is no VF index");
    asInteger(Number(name), at, { max: Math.max(0, vfs - 1) });
    vf.set(Number(name), readCaps(each.object(name)));
  }
  const options: FirmwareOptions = {
    version: readVersion(reader, card),
    caps: tools ? caps : withoutTools(caps),
    vfCaps: readCaps(reader.object("vfCaps")),
    vf,
    maxUctx: reader.integer("maxUctx", { min: 1, max: 0xffff }) ?? 0xffff,
    nvconfig: readNvOptions(reader),
    faults: readFaults(reader, vfs),
  };
  reader.end();
  return options;
}

function readVersion(reader: ObjectReader, card: Card) {
  const text = reader.text("firmwareVersion") ?? card.firmwareVersion;
  const parts = /^(\d{1,3})\.(\d{1,4})\.(\d{1,5})$/.exec(text);
  if (!parts) {
    refuse(reader.path("firmwareVersion"), "must be as 22.41.1000");
  }
  const [, major, minor, sub] = parts;
  return [Number(major), Number(minor), Number(sub)] as const;
}

function readCaps(reader: ObjectReader | undefined): CapValues {
  const caps: Record<number, FieldInputs> = {};
  for (const name of reader?.keys() ?? []) {
    const fields = reader?.object(name);
    if (!fields) continue;
    const type = capTypeNamed(name, fields.at);
    const values: Record<string, number> = {};
    for (const field of fields.keys()) {
      const width = fieldWidth(type, field, fields.path(field.slice(0, 64)));
      values[field] = fields.integer(field, { max: 2 ** width - 1 }) ?? 0;
    }
    caps[type] = { ...caps[type], ...values };
  }
  return caps;
}

/** RAW_TX and INTERNAL_DEV_RES are left, bits 0 and 1. */
function withoutTools(caps: CapValues): CapValues {
  return {
    ...caps,
    [CAP.GENERAL]: { ...caps[CAP.GENERAL], uctx_cap: 0x3 },
  };
}
