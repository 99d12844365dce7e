/**
 * A recording for people: when what was asked of which device, and what came of
 * it.
 *
 * @module
 */
import type { ExchangeWords } from "../recording/explain.ts";
import type { Recording } from "../recording/types.ts";
import type { Style } from "./style.ts";
import { type Cell, table } from "./table.ts";
import { count } from "./words.ts";

/** What is shown. */
export interface RecordingView {
  /** The file. */
  readonly file: string;
  /** What it holds. */
  readonly recording: Recording;
  /** Its exchanges, in words. */
  readonly exchanges: readonly ExchangeWords[];
  /** Looks at files that are not shown. */
  readonly looks: number;
}

/** The text; ends with a newline. */
export function recordingText(view: RecordingView, style: Style): string {
  const { file, recording, exchanges, looks } = view;
  const { header, end } = recording;
  const rows = exchanges.map((each): Cell[] => [
    [String(each.line), "dim"],
    each.t.toFixed(1),
    each.us === null ? "" : String(each.us),
    each.device,
    each.what,
    each.scope,
    each.refused ? [each.result, "red"] : each.result,
  ]);
  const lines = [
    [
      style(file, "bold"),
      header.host === "model" ? "a modelled host" : "a real host",
      header.tool,
      ...(header.started === null ? [] : [header.started]),
    ].join("  "),
    ...(header.command
      ? [`command: ${style(`fwctl ${header.command.join(" ")}`)}`]
      : []),
    "",
    ...table(
      rows,
      {
        header: ["LINE", "MS", "US", "DEVICE", "WHAT", "SCOPE", "RESULT"],
        right: [0, 1, 2],
      },
      style,
    ),
    ...(rows.length > 0 ? [""] : []),
    summary(view, style),
  ];
  if (header.redacted) {
    const { kinds, limits } = header.redacted;
    lines.push(
      `Redacted: ${
        kinds.map(({ kind, values, places }) =>
          `${style(kind)} ${values} in ${count(places, "place")}`
        ).join(", ") || "nothing was found"
      }.`,
      ...limits.map((limit) => `Not redacted: ${style(limit)}.`),
    );
  }
  if (end === null) {
    lines.push(
      style(
        "It has no end: the command was killed, or the file is cut.",
        "red",
      ),
    );
  } else if (end.cut !== null) {
    lines.push(style(`It does not hold all that happened: ${end.cut}.`, "red"));
  }
  return `${lines.join("\n")}\n`;

  function summary({ recording }: RecordingView, style: Style): string {
    const calls = recording.exchanges.filter(({ op }) => op === "ioctl").length;
    const exit = recording.end?.exit ?? null;
    return `Recording: ${count(calls, "request")} to devices, ${
      count(recording.exchanges.length - calls, "other call")
    }${looks > 0 ? `, ${looks} of them looks at files (--all)` : ""}${
      exit === null
        ? ""
        : `; the command's exit code was ${style(String(exit))}`
    }.`;
  }
}
