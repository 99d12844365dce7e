/**
 * The struct-table engine: reading, writing and showing structures that are
 * described by data.
 *
 * @module
 */
export {
  type BitOrder,
  type Field,
  fieldOf,
  isReserved,
  type Layout,
  layoutBytes,
  locate,
  type Place,
} from "./layout.ts";
export {
  fits,
  readBigBits,
  readBits,
  readWide,
  writeBits,
  writeWide,
} from "./bits.ts";
export { decode, type DecodeOptions } from "./decode.ts";
export { encode, encodeInto, readField } from "./encode.ts";
export {
  describe,
  type DescribeOptions,
  differences,
  type FieldDifference,
  type FlatField,
} from "./describe.ts";
export {
  type FieldInput,
  type FieldInputs,
  type FieldValue,
  type FieldValues,
  toPlain,
} from "./value.ts";
export {
  type CMember,
  cStruct,
  type CStructOptions,
  type CType,
} from "./cstruct.ts";
