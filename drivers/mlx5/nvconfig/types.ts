/**
 * What is known of nvconfig: items (TLVs) and the parameters in their data.
 *
 * @module
 */

/** What a field holds. */
export type NvFieldType =
  | "bool"
  | "uint"
  | "int"
  | "enum"
  | "binary"
  | "bytes"
  | "string";

/** A value as it is shown and compared: a number, a name of an enum, hex digits or text. */
export type NvValue = number | string;

/** A field in an item's data. */
export interface NvField {
  /** The vendor's name of the field, such as `sriov_en`. */
  readonly name: string;
  /** The item it is in. */
  readonly tlv: string;
  /** First bit, counted from the first bit of the data's byte 0; of the first element where it is a list. */
  readonly bit: number;
  /** Bits of one element. */
  readonly width: number;
  /** Elements; 1 unless it is a list. */
  readonly count: number;
  /** What it holds. */
  readonly type: NvFieldType;
  /** The parameter's name without port and element, such as `LINK_TYPE`; null when it has none. */
  readonly parameter: string | null;
  /** Names of an enum's values; empty elsewhere. */
  readonly values: ReadonlyMap<string, number>;
  /** The field that must be 1 for the value to count; "" when there is none. */
  readonly valid: string;
  /** When it can be set: an expression, "" for always. */
  readonly gate: string;
  /** Least value: an expression, "" for what the width gives. */
  readonly min: string;
  /** Greatest value: an expression, "" for what the width gives. */
  readonly max: string;
  /** What must hold with the new value: an expression, "" for nothing. */
  readonly rule: string;
  /** Variables of the rule: `$_name=expression`, "" for none. */
  readonly variables: string;
  /** Version of the item that first has it. */
  readonly since: number;
  /** Unit of the number, such as `vectors`; "" when it is a plain one. */
  readonly unit: string;
}

/** One kind of item. */
export interface NvTlv {
  /** The vendor's name, such as `nv_global_pci_conf`. */
  readonly name: string;
  /** Class of its type word: 0 global, 1 port, 3 function, 7 host, 9 module and others. */
  readonly class: number;
  /** Index in its class. */
  readonly index: number;
  /** Bytes of its data. */
  readonly size: number;
  /** Its fields by name. */
  readonly fields: ReadonlyMap<string, NvField>;
}

/** A collection of items. */
export interface NvKnowledge {
  /** Where it comes from, for messages. */
  readonly source: string;
  /** Items by name. */
  readonly tlvs: ReadonlyMap<string, NvTlv>;
  /** Fields that are parameters, by the parameter's name. */
  readonly parameters: ReadonlyMap<string, NvField>;
}

/** One parameter of one item: which port or module, which element. */
export interface NvRef {
  /** As it is written: `LINK_TYPE_P1`, `NAME[3]`. */
  readonly label: string;
  /** The field. */
  readonly field: NvField;
  /** Its item's kind. */
  readonly tlv: NvTlv;
  /** Port from 1, or module; 0 where the class has neither. */
  readonly instance: number;
  /** Element of a list; 0 elsewhere. */
  readonly element: number;
}
