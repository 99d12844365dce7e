/**
 * nvconfig for people: a line for each parameter, with its three values, and
 * which of them wait for a reset.
 *
 * @module
 */
import { isPlainObject, type PlainData, type PlainObject } from "../plain.ts";
import type { Style } from "./style.ts";
import { type Cell, table } from "./table.ts";
import { count } from "./words.ts";

/** Longest list of values that is shown beside a parameter. */
const TAKES = 40;
/** Longest value: keys and addresses are longer, and whole in JSON. */
const VALUE = 24;
/** Longest expression. */
const GATE = 72;

/** The answer of the query `nvconfig`, with that of `firmware_resets` where there is one. */
export function nvconfigText(
  device: string,
  answer: PlainObject,
  resets: PlainData,
  style: Style,
): string {
  const rows = objects(answer.parameters);
  const lines = [
    `${style(device, "bold")}  nvconfig  ${
      style(`names: ${scalar(answer.knowledge)}`, "dim")
    }`,
    "",
    ...table(rows.map(cells), {
      header: ["", "parameter", "default", "current", "next", "takes", ""],
      right: [2, 3, 4],
    }, style),
    "",
    ...footer(rows, answer, resets, style),
  ];
  return `${lines.join("\n")}\n`;
}

function cells(row: PlainObject): Cell[] {
  const name = scalar(row.parameter);
  const takes = cut(
    [scalar(row.takes), scalar(row.unit)].filter((part) => part !== "")
      .join(" "),
    TAKES,
  );
  if (row.state === "unsupported") {
    return ["", [name, "dim"], "", "", "", [takes, "dim"], [
      "the device does not have it",
      "dim",
    ]];
  }
  const pending = row.pending === true;
  const next = cut(scalar(row.next), VALUE);
  return [
    pending ? ["*", "yellow"] : "",
    name,
    told(row.default),
    told(row.current),
    pending ? [next, "yellow"] : next,
    [takes, "dim"],
    pending
      ? ["waits for a reset", "yellow"]
      : row.state === "gated"
      ? [closedText(row), "dim"]
      : "",
  ];
}

/** Why it cannot be set: the parameters it needs, or the vendor's expression. */
function closedText({ needs, gate }: PlainObject): string {
  const names = Array.isArray(needs) ? needs.map(scalar) : [];
  return names.length > 0
    ? `needs ${names.join(", ")}`
    : `cannot be set: ${cut(scalar(gate), GATE)}`;
}

function footer(
  rows: readonly PlainObject[],
  answer: PlainObject,
  resets: PlainData,
  style: Style,
): string[] {
  const waiting = rows.filter(({ pending }) => pending === true).length;
  const all = count(rows.length, "parameter");
  const lines = [
    waiting === 0
      ? `${all}; nothing waits for a reset.`
      : `${all}; ${waiting} ${waiting === 1 ? "waits" : "wait"} for the next ${
        scalar(answer.loaded_by)
      }${levelsText(resets)}.`,
  ];
  if (answer.dpu_mode === true) {
    lines.push(
      "The card is in DPU mode: a reboot of the host does not load nvconfig, only a power cycle of the card does.",
    );
  }
  return lines.map((line) => style(line));
}

/** ` (MFRL level 3 pci, 7 power-cycle)`: the resets that load nvconfig; "" where none is told. */
export function levelsText(resets: PlainData): string {
  const levels = objects(isPlainObject(resets) ? resets.levels : undefined)
    .filter((level) => level.loads_nvconfig === true)
    .map((level) => `${scalar(level.mfrl)} ${scalar(level.level)}`);
  return levels.length === 0 ? "" : ` (MFRL level ${levels.join(", ")})`;
}

function objects(data: PlainData | undefined): readonly PlainObject[] {
  return Array.isArray(data) ? data.filter(isPlainObject) : [];
}

function scalar(data: PlainData | undefined): string {
  return data === undefined || data === null || typeof data === "object"
    ? ""
    : String(data);
}

/** What the device does not tell is not an empty value. */
function told(data: PlainData | undefined): Cell {
  return data === null || data === undefined
    ? ["-", "dim"]
    : cut(scalar(data), VALUE);
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
