/**
 * What identifies a customer, by the name of a field and by the shape of a
 * text. Firmware versions, PSIDs, models and UUIDs of CXL features say what a
 * thing is, not whose, and stay.
 *
 * @module
 */

/** The kinds of what is replaced; the beginning of each pseudonym. */
export type RedactKind =
  | "serial"
  | "mac"
  | "vuid"
  | "vpd"
  | "host"
  | "boot"
  | "text"
  | "ip"
  | "pci"
  | "bytes";

/** Words of a field's name, and the kind of its value. The first that fits counts. */
const NAMES: readonly (readonly [RedactKind, RegExp])[] = [
  ["vuid", word("vuid")],
  ["vpd", /(^|[^a-z])vpd([^a-z]|$)|(^|\.)vsd$/],
  ["mac", word("mac|macs|guid|guids|gid|gids|eui|wwn|wwnn|wwpn")],
  ["serial", word("serial|sn|dsn|serialnumber")],
  ["host", word("host_?name|domain_?name|fqdn|nodename|iqn|nqn")],
  ["boot", word("boot_?id|machine_?id")],
  ["ip", word("ip_?addr|ip_?address|l3_address")],
  [
    "text",
    word(
      "asset|location|contact|owner|user_?name|customer|comment|node_desc|node_description",
    ),
  ],
  ["bytes", /^(raw|data|hex|payload|csv)$/],
];
/** Kinds of which a number is no value: `location: 3`. */
const TEXTS: ReadonlySet<RedactKind> = new Set(["text", "host", "bytes"]);

/** A name of one word, with what separates words around it. */
function word(names: string): RegExp {
  return new RegExp(`(^|[^a-z])(${names})([^a-z]|$)`);
}

/** Names of counts and limits, not of values: `log_max_mac`, `gid_table_size`. */
const COUNTED =
  /(^|\.)(log|max|num|is|has|supports?)_[a-z0-9_]*$|_(size|index|count|num|len|length|en|enable|valid|type|mode|state|cap|caps|supported|version)(\[\d+\])?$/;

/** The kind of a field's value by its name; undefined for one that stays. */
export function kindOfName(name: string): RedactKind | undefined {
  // deviceSerial and serial_number are the same words.
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
  if (COUNTED.test(words)) return undefined;
  return NAMES.find(([, pattern]) => pattern.test(words))?.[0];
}

/** Whether a number below such a name is a value to hide: flags and single bits are not. */
export function hidesNumber(kind: RedactKind, value: number): boolean {
  return !TEXTS.has(kind) && Math.abs(value) > 1;
}

/** Bytes in a dump, and eight bytes and more in one run. */
export const RUNS: readonly RegExp[] = [
  /(?<![0-9a-f])[0-9a-f]{2}(?: [0-9a-f]{2}){7,}(?![0-9a-f])/gi,
  /(?<![0-9a-z])(?:0x)?[0-9a-f]{16,}(?![0-9a-z])/gi,
];

/** Shapes in any text, tried in this order. */
export const SHAPES: readonly (readonly [RedactKind, RegExp])[] = [
  // A VUID: the serial number, the vendor and the function.
  ["vuid", /\b[A-Z0-9]{6,40}(?:MLNX|NVDA)S\d{1,3}D\d{1,3}F\d{1,3}\b/g],
  // EUI-48 and longer: 6 to 20 bytes with : or - between.
  [
    "mac",
    /(?<![0-9a-f:-])[0-9a-f]{2}(?:([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4,18})(?![0-9a-f:-])/gi,
  ],
  // A GUID or a GID: groups of four.
  ["mac", /(?<![0-9a-f:])[0-9a-f]{4}(?::[0-9a-f]{4}){3,7}(?![0-9a-f:])/gi],
  // An EUI-48 in one run; the last group of a UUID is none.
  ["mac", /(?<![0-9a-z-])(?:0x)?(?=[0-9]*[a-f])[0-9a-f]{12}(?![0-9a-z-])/gi],
  ...RUNS.map((shape) => ["bytes", shape] as const),
  [
    "host",
    /(?<![\w.-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:com|net|org|edu|gov|io|local|localdomain|lan|intra|internal|corp|home|example|invalid|test)(?![\w-])/gi,
  ],
];

/** Shapes in lines of the kernel log alone: a firmware version looks like an address. */
export const LOG_SHAPES: readonly (readonly [RedactKind, RegExp])[] = [
  [
    "ip",
    /(?<!\b(?:fw|firmware|ver|version)[ :=v]{1,4})(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])/gi,
  ],
  [
    "ip",
    /(?<![\w:])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6}::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?)(?![\w:])/gi,
  ],
];

/** PCI addresses, with and without domain. */
export const PCI_SHAPE =
  /(?<![0-9a-z:])(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7](?![0-9a-z])/gi;

/** Whether a text says nothing of anybody: empty, a word for nothing, only zeros or only ones. */
export function isNobody(text: string): boolean {
  return /^(0x)?[0:. -]*$|^(0x)?[f:. -]*$|^(none|unknown|null|true|false|not told|n\/a|localhost|localhost\.localdomain|\(none\))$/i
    .test(text);
}
