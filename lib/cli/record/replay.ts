/**
 * `--replay FILE`: a recording answers instead of a machine.
 *
 * @module
 */
import type { Host } from "../../host/host.ts";
import { readRecording } from "../../recording/read.ts";
import { ReplayHost } from "../../recording/replay.ts";
import type { Recording, ReplayMode } from "../../recording/types.ts";
import type { Context } from "../context.ts";
import { driversOf } from "../drivers.ts";
import { readText } from "../files.ts";

/**
 * Runs `body` with a recording.
 *
 * @throws `RecordingError` when it asked for something else than was recorded
 */
export async function withReplay<T>(
  { globals, output }: Context,
  file: string,
  mode: ReplayMode | undefined,
  body: (host: Host) => Promise<T> | T,
): Promise<T> {
  const recording = readRecording(readText(file, "the recording"), file);
  output.note(`${output.errorStyle(replayLine(file, recording))}\n`);
  using host = new ReplayHost(recording, {
    source: file,
    drivers: await driversOf(globals),
    ...(mode === undefined ? {} : { mode }),
  });
  let result: T;
  try {
    result = await body(host);
  } catch (error) {
    // Whatever followed from it, the first difference is the reason.
    throw host.failure ?? error;
  }
  host.finish();
  return result;
}

function replayLine(file: string, { header, end }: Recording): string {
  const { host, started, redacted } = header;
  return [
    `replay of ${file}: ${host === "model" ? "a modelled" : "a real"} host`,
    ...(started === null ? [] : [`recorded ${started}`]),
    ...(redacted ? ["redacted"] : []),
    ...(end?.cut ? [`cut (${end.cut})`] : []),
    "no device is touched",
  ].join(", ");
}
