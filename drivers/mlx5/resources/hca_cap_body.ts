/**
 * What a recipe says to declare an `mlx5.hca_cap`, and how it is checked.
 *
 * @module
 */
import { isReserved, type Layout, locate } from "../../../lib/bits/layout.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import { isFwctlError, RecipeError } from "../../../lib/errors.ts";
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../../lib/plain.ts";
import { type CapType, capTypeByName } from "../tables/cap_types.ts";
import { layout as layoutOf } from "../tables/ifc.ts";
import { isIdentity } from "./hca_cap_limits.ts";

/** A capability type whose fields are known. */
export interface SettableType extends CapType {
  readonly layout: string;
}

/** A checked declaration. Either `vf` or both `device` and `functionId` are there. */
export interface HcaCap {
  /** PCI address of the virtual function. */
  readonly vf?: string;
  /** The PF's device by any of its names. */
  readonly device?: string;
  /** The firmware's function id, 1 to 65535. */
  readonly functionId?: number;
  /** Which capabilities. */
  readonly capType: SettableType;
  /** Values by field path, each fitting its field. */
  readonly set: ReadonlyMap<string, number>;
}

const KEYS = ["vf", "device", "function_id", "cap_type", "set"];
const PCI = /^[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/i;

/**
 * Checks `{ vf } | { device, function_id }`, `cap_type` (default `GENERAL`) and
 * `set` (field → integer or boolean).
 *
 * @throws {RecipeError} naming the key that is wrong
 */
export function parseHcaCap(body: PlainObject): HcaCap {
  for (const key of Object.keys(body)) {
    if (KEYS.includes(key)) continue;
    throw new RecipeError(`mlx5.hca_cap has no key "${key}"`, {
      hint: didYouMean(key, KEYS) ?? `Its keys are ${KEYS.join(", ")}`,
    });
  }
  const type = parseType(body.cap_type ?? "GENERAL");
  const set = parseSet(body.set ?? null, type);
  const { vf, device, function_id: id } = body;
  if (vf !== undefined && device === undefined && id === undefined) {
    if (typeof vf === "string" && PCI.test(vf)) {
      return { vf: vf.toLowerCase(), capType: type, set };
    }
    throw new RecipeError(`vf: ${show(vf)} is not a PCI address`, {
      hint: "Write it whole: 0000:3b:00.2",
    });
  }
  if (typeof device === "string" && typeof id === "number" && !vf) {
    if (Number.isInteger(id) && id >= 1 && id <= 0xffff) {
      return { device, functionId: id, capType: type, set };
    }
    throw new RecipeError(`function_id: ${id} is not a function id`, {
      hint: "It is the index of the virtual function plus 1, 1 to 65535",
    });
  }
  throw new RecipeError("The function is not given", {
    hint: "Give either vf (a PCI address) or device and function_id",
  });
}

function parseType(value: PlainData): SettableType {
  if (typeof value !== "string") {
    throw new RecipeError(`cap_type: ${show(value)} is not a name`, {
      hint: "For instance GENERAL or GENERAL_2",
    });
  }
  const type = named("cap_type", () => capTypeByName(value));
  const { layout } = type;
  if (layout !== undefined) return { ...type, layout };
  throw new RecipeError(`cap_type: the fields of ${type.name} are not public`, {
    hint: "Take another type",
  });
}

/** Runs a look-up whose failure is the recipe's. */
function named<T>(key: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (!isFwctlError(error)) throw error;
    throw new RecipeError(
      `${key}: ${error.message}`,
      error.hint === undefined ? {} : { hint: error.hint },
    );
  }
}

function parseSet(value: PlainData, type: SettableType): Map<string, number> {
  if (!isPlainObject(value) || Object.keys(value).length === 0) {
    throw new RecipeError("set: must be an object of field: value", {
      hint: "For instance { log_max_qp: 12, roce: 0 }",
    });
  }
  const layout = layoutOf(type.layout);
  return new Map(
    Object.entries(value).map((
      [field, wanted],
    ) => [field, parseValue(layout, field, wanted)]),
  );
}

function parseValue(
  layout: Layout,
  field: string,
  value: PlainData,
): number {
  const wanted = typeof value === "boolean" ? Number(value) : value;
  const { width, field: { name } } = named(
    `set.${field}`,
    () => locate(layout, field),
  );
  if (isReserved(name) || isIdentity(field)) {
    throw new RecipeError(
      `set.${field}: ${
        isReserved(name) ? "is reserved" : "says what the function is"
      } and cannot be set`,
      { hint: "Leave it out" },
    );
  }
  if (width > 32) {
    throw new RecipeError(
      `set.${field}: is ${width} bits wide, not one number`,
      {
        hint: "Name one of its fields: a.b",
      },
    );
  }
  const most = 2 ** width - 1;
  if (
    typeof wanted === "number" && Number.isInteger(wanted) && wanted >= 0 &&
    wanted <= most
  ) return wanted;
  throw new RecipeError(
    `set.${field}: ${show(value)} does not fit its ${width} bits`,
    { hint: `It takes whole numbers from 0 to ${most}` },
  );
}

function show(value: PlainData): string {
  return JSON.stringify(value)?.slice(0, 80) ?? "nothing";
}
