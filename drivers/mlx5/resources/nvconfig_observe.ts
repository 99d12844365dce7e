/**
 * What `mlx5.nvconfig` reads of an item before it is compared: its three
 * values, and for each parameter whether and how far it can be set.
 *
 * @module
 */
import type { Bytes } from "../../../lib/bytes.ts";
import type { ObserveContext } from "../../driver.ts";
import { Gates, type Verdict } from "../nvconfig/gate.ts";
import { NV_CLASS, suffixOf, typeWord } from "../nvconfig/names.ts";
import type { NvReader } from "../nvconfig/reader.ts";
import { NV_DATA_BYTES, type NvItem } from "../nvconfig/registers.ts";
import {
  DPU_NOTE,
  resetOf,
  sharedReader,
  wasStored,
} from "../nvconfig/target.ts";
import type { NvField, NvRef, NvTlv, NvValue } from "../nvconfig/types.ts";
import { numberIn, placeOf, valueIn } from "../nvconfig/values.ts";
import type { NvConfigBody } from "./nvconfig_body.ts";

/** One declared parameter. */
export interface NvLook {
  /** Which. */
  readonly ref: NvRef;
  /** What it is to be. */
  readonly wanted: NvValue;
  /** Whether it can be set. */
  readonly open: Verdict;
  /** Whether what must hold with the new values does. */
  readonly rule: Verdict;
  /** Least value the device allows. */
  readonly least: number | undefined;
  /** Greatest value the device allows. */
  readonly most: number | undefined;
  /** The field that must be 1 for the value to count. */
  readonly valid: NvField | undefined;
}

/** One item. */
export interface NvObserved {
  /** What the next reset loads; zeros when the device has none. */
  readonly image: Bytes;
  /** What is in force, where the device tells. */
  readonly current: Bytes | undefined;
  /** The default, where the device tells. */
  readonly standard: Bytes | undefined;
  /** The declared parameters. */
  readonly looks: readonly NvLook[];
  /** Whether the device stores it; true where nothing is written. */
  readonly stored: boolean;
  /** Which reset loads it. */
  readonly reset: string;
  /** Full sentences. */
  readonly notes: readonly string[];
  /** Why nothing of it can be set. */
  readonly refused: readonly string[];
}

/**
 * Parameters that the kernel writes too, with devlink's name. Source:
 * lib/nv_param.c of mlx5_core, Linux 7.2.
 */
const DEVLINK: ReadonlyMap<string, string> = new Map([
  ["SRIOV_EN", "enable_sriov"],
  ["NUM_OF_VFS", "total_vfs"],
  ["PF_NUM_OF_VF", "total_vfs"],
  ["CQE_COMPRESSION", "cqe_compress_type"],
  ["SWP_L4_CHECKSUM_MODE", "swp_l4_csum_mode"],
]);

/** ` port 1` or ` module 0`; "" for other classes. */
export function portText(tlv: NvTlv, instance: number): string {
  if (tlv.class === NV_CLASS.PORT) return ` port ${instance}`;
  return tlv.class === NV_CLASS.MODULE ? ` module ${instance}` : "";
}

/** Reads an item and what stands around the declared parameters. */
export function observeItem(
  body: NvConfigBody,
  tlv: NvTlv,
  instance: number,
  context: ObserveContext,
): NvObserved {
  const reader = sharedReader(context);
  const refused = impossible(body, tlv, instance, reader);
  const next = refused.length > 0
    ? undefined
    : reader.item(tlv, instance, "next");
  if (refused.length === 0) {
    refused.push(...tooShort(body, tlv, next?.data));
  }
  const usable = refused.length === 0;
  const image = (usable ? next?.data : undefined) ??
    new Uint8Array(Math.min(tlv.size, NV_DATA_BYTES));
  const gates = new Gates(
    body.knowledge,
    reader,
    new Map([...body.beside, ...body.set]),
  );
  const looks = !usable ? [] : [...body.set].map(([ref, wanted]): NvLook => ({
    ref,
    wanted,
    open: gates.open(ref),
    rule: gates.rule(ref),
    // An enum's names say how far it goes.
    least: ref.field.type === "enum" ? undefined : gates.limit(ref, "min"),
    most: ref.field.type === "enum" ? undefined : gates.limit(ref, "max"),
    valid: ref.field.valid === "" ? undefined : tlv.fields.get(ref.field.valid),
  }));
  const reset = resetOf(reader);
  const other = (mode: "current" | "default"): Bytes | undefined => {
    const data = usable ? reader.item(tlv, instance, mode)?.data : undefined;
    return data && data.length >= image.length ? data : undefined;
  };
  const standard = other("default");
  return {
    image,
    current: other("current"),
    standard,
    looks,
    stored: !writes(looks, image) ||
      wasStored(reader, typeWord(tlv, instance), image, standard),
    reset: reset.name,
    notes: [
      ...(reset.dpu ? [DPU_NOTE] : []),
      ...(usable && !reader.abilities().current
        ? ["The device does not tell which values are in force"]
        : []),
      ...(usable ? owners(body, image) : []),
      ...(next && isKept(next)
        ? [
          `${tlv.name} was stored with priority ${
            PRIORITIES[next.priority] ?? next.priority
          } and over_en 0: the device may refuse to have it written over`,
        ]
        : []),
      ...looks.filter(({ rule }) => rule.holds === undefined).map((
        { ref, rule },
      ) => `The rule of ${ref.label} cannot be checked: ${rule.why}`),
    ],
    refused,
  };
}

/** Names of priorities. Source: the vendor's open-source tools. */
const PRIORITIES: Readonly<Record<number, string>> = {
  0: "USER",
  1: "OEM",
  3: "MLNX",
};

function isKept({ priority, overwritable }: NvItem): boolean {
  return priority > 0 && !overwritable;
}

/** Whether anything of the item will be written: a value, or what makes it count. */
function writes(looks: readonly NvLook[], image: Bytes): boolean {
  return looks.some(({ ref, wanted, valid }) =>
    valueIn(image, ref) !== wanted || valid && numberIn(image, valid) === 0
  );
}

/** Why the device cannot take any parameter of the item. */
function impossible(
  { set }: NvConfigBody,
  tlv: NvTlv,
  instance: number,
  reader: NvReader,
): string[] {
  const names = [...set.keys()].map((ref) => ref.label).join(", ");
  const head = `${names} is refused: `;
  if (tlv.size > NV_DATA_BYTES) {
    return [
      `${head}${tlv.name} has ${tlv.size} bytes, a register has room for ${NV_DATA_BYTES}`,
    ];
  }
  if (tlv.class === NV_CLASS.PORT && instance > reader.ports()) {
    return [`${head}the device has ${reader.ports()} port(s)`];
  }
  const support = reader.support(tlv, instance);
  if (!support.read || !support.write) {
    return [
      `${head}the device ${
        support.read ? "does not let write" : "does not have"
      } ${tlv.name}${suffixOf(tlv, instance)} (MNVQC: read ${
        Number(support.read)
      }, write ${Number(support.write)})`,
    ];
  }
  return [...set.keys()].filter(({ field }) => field.since > support.version)
    .map(({ label, field }) =>
      `${label} is refused: it came with version ${field.since} of ${tlv.name}, the device has version ${support.version}`
    );
}

function tooShort(
  { set }: NvConfigBody,
  tlv: NvTlv,
  data: Bytes | undefined,
): string[] {
  const names = [...set.keys()].map((ref) => ref.label).join(", ");
  if (!data) {
    return [
      `${names} is refused: the device tells no value of ${tlv.name}, so nothing could be kept of it`,
    ];
  }
  return [...set.keys()].filter((ref) => {
    const { bit, width } = placeOf(ref);
    return bit + width > 8 * data.length;
  }).map(({ label }) =>
    `${label} is refused: the device's ${tlv.name} has only ${data.length} bytes`
  );
}

/** Who else writes what is about to change. */
function owners({ set }: NvConfigBody, image: Bytes): string[] {
  return [...set].flatMap(([ref, wanted]) => {
    const { label } = ref;
    const devlink = DEVLINK.get(label);
    return devlink === undefined || valueIn(image, ref) === wanted ? [] : [
      `The kernel writes ${label} too, as devlink parameter ${devlink}: neither must write while the other does`,
    ];
  });
}
