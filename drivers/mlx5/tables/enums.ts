/**
 * Names for the values of fields that hold an enum.
 *
 * @module
 */
import { ENUM_TEXT } from "./constants_table.ts";
import { ENUM_FIELDS } from "./enum_fields.ts";

/** One enumerator. */
export interface EnumValue {
  /** Without what all names of the enum begin with: `ETH`. */
  readonly name: string;
  /** The kernel's spelling: `MLX5_CAP_PORT_TYPE_ETH`. */
  readonly kernelName: string;
  /** A value, or one bit when the enum names bits. */
  readonly value: bigint;
}

let enums: Map<string, readonly (readonly [bigint, string])[]> | undefined;

/** Values by prefix. */
function allEnums(): ReadonlyMap<
  string,
  readonly (readonly [bigint, string])[]
> {
  if (enums === undefined) {
    enums = new Map();
    for (
      const [, prefix = "", body = ""] of ENUM_TEXT.matchAll(
        /^(\S+)\n((?: .*\n)*)/gm,
      )
    ) {
      enums.set(
        prefix,
        [...body.matchAll(/^ (\w+) (\w+)$/gm)].map((
          [, value = "", name = ""],
        ) => [BigInt(`0x${value}`), name] as const),
      );
    }
  }
  return enums;
}

/** The enumerators of a field, in the header's order; empty when it has none. */
export function enumValues(struct: string, field: string): EnumValue[] {
  const key = `${struct}.${field}`;
  const known = Object.hasOwn(ENUM_FIELDS, key) ? ENUM_FIELDS[key] : undefined;
  if (known === undefined) return [];
  return (allEnums().get(known.prefix) ?? []).map(([value, rest]) => ({
    name: (known.label ?? "") + rest,
    kernelName: known.prefix + rest,
    value,
  }));
}

/** Whether the field's enumerators are bits to be combined. */
export function isBitEnum(struct: string, field: string): boolean {
  const key = `${struct}.${field}`;
  return Object.hasOwn(ENUM_FIELDS, key) && ENUM_FIELDS[key]?.bits === true;
}

/**
 * The name of a field's value: `ETH`. Bits are joined by `|`, those without a
 * name as one hexadecimal number: `RAW_TX|0x20`. Undefined when the field has
 * no enum, the value has no name, or no bit is set.
 */
export function enumName(
  struct: string,
  field: string,
  value: number | bigint,
): string | undefined {
  const known = enumValues(struct, field);
  if (known.length === 0) return undefined;
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    return undefined;
  }
  const wanted = BigInt(value);
  if (!isBitEnum(struct, field)) {
    return known.find((one) => one.value === wanted)?.name;
  }
  const names: string[] = [];
  let rest = wanted;
  for (const one of known) {
    if ((wanted & one.value) === 0n) continue;
    names.push(one.name);
    rest &= ~one.value;
  }
  if (names.length === 0) return undefined;
  return [...names, ...(rest ? [`0x${rest.toString(16)}`] : [])].join("|");
}

/** The value of a name, in any case and with or without the prefix. */
export function enumValue(
  struct: string,
  field: string,
  name: string,
): bigint | undefined {
  const wanted = name.toUpperCase();
  return enumValues(struct, field).find((one) =>
    one.name.toUpperCase() === wanted || one.kernelName.toUpperCase() === wanted
  )?.value;
}
