/**
 * Which nvconfig items a modelled card has, with what factory settings, and
 * what a scenario has different.
 *
 * Assumption: the items are those of the built-in parameters and of their
 * gates; a real card has many more. Their factory values are plausible ones.
 *
 * @module
 */
import { writeBits } from "../../../lib/bits/bits.ts";
import { type Bytes, fromHex } from "../../../lib/bytes.ts";
import { isFwctlError } from "../../../lib/errors.ts";
import { type ObjectReader, refuse } from "../../../lib/model/reader.ts";
import type { PlainData } from "../../../lib/plain.ts";
import { builtinKnowledge } from "../nvconfig/builtin.ts";
import { needParameter, suffixOf, typeWord } from "../nvconfig/names.ts";
import type { NvRef, NvTlv, NvValue } from "../nvconfig/types.ts";
import { checkedValue, putValue } from "../nvconfig/values.ts";

/** Who runs the card: nobody (no CPU of its own), its own CPU, or the host. */
export type DpuMode = "none" | "dpu" | "nic";

/** What decides which items there are. */
export interface NvOptions {
  /** `sriov_totalvfs` of the PF. */
  readonly totalVfs: number;
  /** What somebody stored before: values by parameter name. */
  readonly values: ReadonlyMap<NvRef, NvValue>;
  /** Parameters whose items who built the machine has stored, and keeps. */
  readonly locked: readonly NvRef[];
  /** Who runs the card. */
  readonly mode: DpuMode;
}

/** An item at the start. */
export interface InitialItem {
  /** Type word. */
  readonly type: number;
  /** Its default. */
  readonly factory: Bytes;
  /** What is in force and next; `factory` itself when nothing was stored. */
  readonly value: Bytes;
  /** Whether it can be written. */
  readonly writable: boolean;
  /** Version of its layout: that of its newest field. */
  readonly version: number;
  /** Whether who built the machine has stored it, and keeps it. */
  readonly locked: boolean;
}

/** Ports of the modelled cards, as MGIR says. */
const PORTS = 1;

/** Least of what all functions' MSI-X vectors may add up to. */
const MSIX_TOTAL = 4096;

/** Fields that are not 0 from the factory, by item. */
function factoryFields(
  { totalVfs, mode }: NvOptions,
): Readonly<Record<string, Readonly<Record<string, number>>>> {
  const own = mode === "none" ? 0 : 1;
  const vfs = Math.min(totalVfs, 0xffff);
  return {
    nv_pf_pci_conf: { total_vf: vfs },
    nv_vpi_link_type: { default_link_type: 2 },
    nv_sw_offload_conf: { uctx_en: 1 },
    nv_internal_cpu_conf: {
      internal_cpu_model: own,
      offload_engine: mode === "nic" ? 1 : 0,
    },
    nv_pci_conf: { exp_rom_pxe_enable: 1, exp_rom_uefi_x86_enable: 1 },
    nv_roce_cc: { roce_cc_enable_pri: 0xff },
    nv_roce_cc_ecn: { cnp_dscp: 48, cnp_802p_prio: 6 },
    nv_keep_link_up: { keep_eth_link_up: 1 },
    nv_global_pci_cap: {
      max_num_pfs: 2,
      max_vfs_per_pf: Math.max(127, vfs),
      max_num_vf_msix: 1023,
      max_num_pf_msix: 1023,
      max_log_vf_uar_bar_size: 10,
      max_total_msix: Math.max(MSIX_TOTAL, 4 * (127 + 11 * vfs)),
    },
  };
}

/** Capability items without the card's own CPU say no to everything about it. */
function allYes(tlv: NvTlv, { mode }: NvOptions): boolean {
  return tlv.name !== "nv_internal_cpu_cap" || mode !== "none";
}

/** Every item of a card. */
export function initialItems(options: NvOptions): InitialItem[] {
  const fields = factoryFields(options);
  const found: InitialItem[] = [];
  for (const tlv of builtinKnowledge().tlvs.values()) {
    const cap = tlv.name.includes("_cap");
    const factory = new Uint8Array(tlv.size);
    for (const { name, bit, width } of tlv.fields.values()) {
      const value = fields[tlv.name]?.[name] ??
        (cap && width === 1 && allYes(tlv, options) ? 1 : 0);
      writeBits(factory, bit, width, value);
    }
    if (tlv.name === "nv_global_pci_conf") {
      // sriov_valid, sriov_en, one PF, 127 and 11 vectors, and bits no table names.
      const vfs = Math.min(options.totalVfs, 0xffff);
      factory.set(
        fromHex(`c04000008001${vfs.toString(16).padStart(4, "0")}02c7f000`),
      );
    }
    const instances = suffixOf(tlv, 1) === "" ? [0] : range(PORTS);
    for (const instance of instances) {
      found.push({
        type: typeWord(tlv, instance),
        factory,
        value: stored(tlv, instance, factory, options),
        writable: !cap,
        locked: options.locked.some((ref) =>
          ref.tlv === tlv && ref.instance === instance
        ),
        version: Math.max(0, ...[...tlv.fields.values()].map((f) => f.since)),
      });
    }
  }
  return found;
}

function range(most: number): number[] {
  return Array.from({ length: most }, (_, i) => i + 1);
}

/** An item with what the scenario has different; `factory` itself when nothing is. */
function stored(
  tlv: NvTlv,
  instance: number,
  factory: Bytes,
  { values }: NvOptions,
): Bytes {
  const mine = [...values].filter(([ref]) =>
    ref.tlv === tlv && ref.instance === instance
  );
  if (mine.length === 0) return factory;
  const value = factory.slice();
  for (const [ref, given] of mine) {
    putValue(value, ref, given);
    const valid = tlv.fields.get(ref.field.valid);
    if (valid) writeBits(value, valid.bit, valid.width, 1);
  }
  return value;
}

/**
 * Reads the options of a scenario: `nvconfig` (`{ "NUM_OF_VFS": 16,
 * "LINK_TYPE_P1": "IB" }`, stored and in force), `nvconfigLocked` (parameters
 * whose items belong to who built the machine) and `cpu` (`none`, `dpu`: the
 * card's own CPU is in charge, `nic`: it has one, and the host is).
 *
 * @throws `ModelError` naming the key path
 */
export function readNvOptions(
  reader: ObjectReader,
): Pick<NvOptions, "values" | "locked" | "mode"> {
  const mode = reader.choice("cpu", ["none", "dpu", "nic"]) ?? "none";
  const values = new Map<NvRef, NvValue>();
  const given = reader.object("nvconfig");
  for (const name of given?.keys() ?? []) {
    const at = given?.path(name.slice(0, 64)) ?? "";
    named(at, () => {
      const ref = parameterOf(name, at);
      values.set(ref, checkedValue(ref, given?.raw(name) ?? null));
    });
  }
  const at = reader.path("nvconfigLocked");
  const list = reader.raw("nvconfigLocked") ?? [];
  if (!Array.isArray(list)) refuse(at, "must be a list of parameters");
  const locked = list.map((name: PlainData, index) =>
    named(
      `${at}[${index}]`,
      () =>
        typeof name === "string"
          ? parameterOf(name, `${at}[${index}]`)
          : refuse(`${at}[${index}]`, "must be text"),
    )
  );
  return { values, locked, mode };
}

function parameterOf(name: string, at: string): NvRef {
  const ref = needParameter(builtinKnowledge(), name);
  if (ref.instance > PORTS) refuse(at, "is of a port the card lacks");
  return ref;
}

/** Runs what a key is checked with: its failure names the key. */
function named<T>(at: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!isFwctlError(error) || error.code === "ModelError") throw error;
    refuse(at, `is wrong: ${error.message}`, error.hint);
  }
}
