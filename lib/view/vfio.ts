/**
 * Virtual functions for people: whose they are, who holds them, and how they
 * stand to their profile.
 *
 * @module
 */
import { heldText } from "../vfio/gate.ts";
import { heldBy } from "../vfio/holders.ts";
import type { LeavingVf } from "../vfio/leaving.ts";
import type { VfLook } from "../vfio/look.ts";
import type { Look, Style } from "./style.ts";
import { type Cell, table } from "./table.ts";
import { hex } from "./words.ts";

/** A function that was identified. */
export interface IdentifiedVf {
  /** As the machine shows it. */
  readonly look: VfLook;
  /** As the firmware knows it. */
  readonly child: {
    readonly functionId: number;
    readonly vhcaId: number;
    readonly vuid: string | null;
    readonly checks: readonly string[];
  };
}

/** A function and its profile. */
export interface VfStatus {
  /** As the machine shows it. */
  readonly look: VfLook;
  /** The VM it was prepared for; null when for none, or not prepared. */
  readonly vm: string | null;
  /** How it stands to its profile. */
  readonly profile:
    /** It has none. */
    | "none"
    /** It holds what it is to. */
    | "as-declared"
    /** It holds something else. */
    | "differs"
    /** It was not looked at, or could not be: see `why`. */
    | "not-read";
  /** The fields that differ. */
  readonly differences: readonly {
    readonly type: string;
    readonly field: string;
    readonly wanted: number;
    readonly now: number;
  }[];
  /** Why it was not looked at; "" otherwise. */
  readonly why: string;
}

const STATE: Readonly<Record<VfLook["state"], readonly [string, Look]>> = {
  "free": ["no driver", "green"],
  "host-driver": ["driver of the host", "yellow"],
  "vfio-idle": ["idle", "green"],
  "in-use": ["in use", "yellow"],
  "unknown": ["not known whether in use", "yellow"],
};

/** One line a function: who it is, and how that was checked. */
export function vfLines(vfs: readonly IdentifiedVf[], style: Style): string[] {
  return table(
    vfs.map(({ look, child }): Cell[] => [
      [`VF ${look.index}`, "bold"],
      look.pci,
      `of ${look.device} ${look.pf}`,
      `function ${child.functionId}, vhca_id ${hex(child.vhcaId, 4)}`,
      [`checked by ${child.checks.join(", ")}`, "dim"],
    ]),
    {},
    style,
  );
}

/** The status of functions, what differs below each, and those on their way out. */
export function statusText(
  all: readonly VfStatus[],
  leaving: readonly LeavingVf[],
  style: Style,
): string {
  const out = leaving.map(({ pci, holders }) =>
    `${style("  !", "yellow")} ${
      style(
        `${pci} is being removed, and the kernel waits for whoever holds it${
          holders.length === 0 ? "" : `: ${heldBy(holders)}`
        }`,
      )
    }\n`
  ).join("");
  return (all.length === 0
    ? `${style("No virtual functions.")}\n`
    : statusTable(all, style)) + out;
}

function statusTable(all: readonly VfStatus[], style: Style): string {
  const rows = all.map(({ look, vm, profile, differences }): Cell[] => {
    const [state, colour] = STATE[look.state];
    return [
      [look.pci, "bold"],
      `VF ${look.index} of ${look.device}`,
      look.kernelDriver ?? "-",
      [look.noIommu ? `${state}, no IOMMU` : state, colour],
      vm ?? "-",
      profile === "none"
        ? "no profile"
        : profile === "as-declared"
        ? ["as its profile", "green"]
        : profile === "not-read"
        ? ["not read", "dim"]
        : [`differs in ${differences.length}`, "red"],
    ];
  });
  const header = ["function", "of", "driver", "state", "VM", "profile"];
  const [title = "", ...lines] = table(rows, { header }, style);
  const below = all.map(({ look, differences, why }) => [
    ...(look.holders.length > 0 ? [style(`    ${heldText(look)}`, "dim")] : []),
    ...(why === "" ? [] : [style(`    ${why}`, "dim")]),
    ...differences.map(({ type, field, wanted, now }) =>
      `    ${style(`${type}.${field}`)} is ${now}, its profile has ${wanted}`
    ),
  ]);
  return `${
    [title, ...lines.flatMap((line, at) => [line, ...below[at] ?? []])].join(
      "\n",
    )
  }\n`;
}
