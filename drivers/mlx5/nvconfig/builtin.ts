/**
 * The built-in parameters, parsed from their table at first use.
 *
 * @module
 */
import { BUILTIN_TEXT } from "./builtin_table.ts";
import type { NvField, NvFieldType, NvKnowledge, NvTlv } from "./types.ts";

const CAP = "$nv_global_pci_cap";
const PROFILES: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10];

/** Expressions the table names instead of repeating them. */
const MACROS: Readonly<Record<string, string>> = {
  // All vectors of all functions within the device's total, where it has one.
  "@msix":
    `(${CAP}.max_total_msix_valid==0)||(${CAP}.max_total_msix==0)||(($num_pfs*($num_pf_msix+$total_vfs*$num_vf_msix))<=${CAP}.max_total_msix)`,
  "@flex": PROFILES.map((n) =>
    `($nv_flex_parser_cap.flex_parser_profile_${n}_supported==1)`
  ).join("||"),
  "@flexrule": PROFILES.map((n) =>
    `($flex_parser_profile_enable==${n}&&$nv_flex_parser_cap.flex_parser_profile_${n}_supported==1)`
  ).join("||"),
};

let known: NvKnowledge | undefined;

/** The parameters that need no vendor file. */
export function builtinKnowledge(): NvKnowledge {
  return known ??= knowledgeOf("built in", parse(BUILTIN_TEXT));
}

/** Puts items together; of two parameters with one name the first counts. */
export function knowledgeOf(
  source: string,
  tlvs: readonly NvTlv[],
): NvKnowledge {
  const parameters = new Map<string, NvField>();
  for (const { fields } of tlvs) {
    for (const field of fields.values()) {
      if (field.parameter === null || parameters.has(field.parameter)) continue;
      parameters.set(field.parameter, field);
    }
  }
  return {
    source,
    tlvs: new Map(tlvs.map((tlv) => [tlv.name, tlv])),
    parameters,
  };
}

function parse(text: string): NvTlv[] {
  const tlvs: NvTlv[] = [];
  let fields = new Map<string, NvField>();
  for (const line of text.split("\n")) {
    const words = line.trim().split(" ");
    const [name = ""] = words;
    if (name === "") continue;
    if (line.startsWith(" ")) {
      fields.set(name, fieldOf(tlvs.at(-1)?.name ?? "", words));
      continue;
    }
    fields = new Map();
    const [class_ = 0, index = 0, size = 0] = words.slice(1).map(Number);
    tlvs.push({ name, class: class_, index, size, fields });
  }
  return tlvs;
}

function fieldOf(tlv: string, words: readonly string[]): NvField {
  const [name = "", bit = "0", width = "0", type = "uint", ...rest] = words;
  const options = new Map<string, string>();
  let parameter: string | null = null;
  for (const word of rest) {
    const at = word.indexOf("=");
    if (at < 0) parameter = word;
    else options.set(word.slice(0, at), word.slice(at + 1));
  }
  const get = (key: string): string => {
    const value = options.get(key) ?? "";
    return MACROS[value] ?? value;
  };
  const values = new Map<string, number>();
  for (const pair of get("values").split(",")) {
    const [value = "", number = ""] = pair.split(":");
    if (value !== "") values.set(value, Number(number));
  }
  return {
    name,
    tlv,
    bit: Number(bit),
    width: Number(width),
    count: 1,
    type: type as NvFieldType,
    parameter,
    values,
    valid: get("valid"),
    gate: get("gate"),
    min: get("min"),
    max: get("max"),
    rule: get("rule"),
    variables: "",
    since: Number(get("since")),
    unit: get("unit").replaceAll("_", " "),
  };
}
