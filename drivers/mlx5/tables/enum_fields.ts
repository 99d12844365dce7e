/**
 * Which fields of mlx5_ifc hold the values of which enum; written by hand,
 * because the header does not say so.
 *
 * @module
 */

/** How a field's values are named. */
export interface EnumField {
  /** What all names of the enum begin with. */
  readonly prefix: string;
  /** Each name is a bit of the field rather than a value. */
  readonly bits?: true;
  /** Names that begin so too but belong elsewhere. */
  readonly not?: RegExp;
}

/** By `structure.field`, names as in `ifc.ts`. */
export const ENUM_FIELDS: Readonly<Record<string, EnumField>> = {};
