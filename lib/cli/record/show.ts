/**
 * `fwctl record show FILE` and `record close FILE`: what is in a recording, and
 * an end for one whose command was killed. The file may come from anybody; no
 * device is opened.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { describeExchange } from "../../recording/explain.ts";
import { writeRecording } from "../../recording/line.ts";
import { Devices } from "../../recording/message.ts";
import { readRecording } from "../../recording/read.ts";
import { recordingText } from "../../view/recording.ts";
import { count } from "../../view/words.ts";
import type { Context } from "../context.ts";
import { driversOf } from "../drivers.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { readText, writeAtomically } from "../files.ts";

/** The options of show. */
export interface RecordShowOptions {
  /** Also looks at files. */
  readonly all?: boolean | undefined;
}

/** Shows a recording, also one that was cut. */
export async function show(
  { globals, output }: Context,
  file: string,
  { all = false }: RecordShowOptions,
): Promise<ExitCode> {
  const text = readText(file, "the recording");
  const recording = readRecording(text, file, { cut: true });
  const devices = new Devices(recording.exchanges, await driversOf(globals));
  const shown = recording.exchanges.map((exchange, index) =>
    describeExchange(exchange, index + 2, devices)
  );
  const exchanges = all ? shown : shown.filter(({ device }) => device !== "");
  const view = {
    file,
    recording,
    exchanges,
    looks: shown.length - exchanges.length,
  };
  output.result(
    "recording",
    () => ({
      file,
      header: recording.header,
      end: recording.end,
      looks: view.looks,
      exchanges,
    }),
    (style) => recordingText(view, style),
  );
  return EXIT.done;
}

/** Puts an end to a recording that has none. */
export function close({ output }: Context, file: string): Promise<ExitCode> {
  const text = readText(file, "the recording");
  const recording = readRecording(text, file, { cut: true });
  if (recording.end !== null) {
    throw new UsageError(`${file} has its end already`, {
      hint: "Replay it: fwctl --replay FILE COMMAND",
    });
  }
  let closed = "";
  writeRecording({
    ...recording,
    end: { exchanges: 0, exit: null, cut: "its command was killed" },
  }, { write: (line) => closed += line });
  writeAtomically(file, closed, "the recording");
  const exchanges = recording.exchanges.length;
  const dropped = !text.endsWith("\n");
  output.result(
    "recording-close",
    () => ({ file, exchanges, dropped }),
    (style) =>
      `${style(file, "bold")} has an end now, after ${
        count(exchanges, "exchange")
      }${dropped ? "; its last line was not whole and is left out" : ""}.\n`,
  );
  return Promise.resolve(EXIT.done);
}
