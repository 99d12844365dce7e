/**
 * `--replay FILE`: a recording answers instead of a machine.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { readRecording } from "../recording/read.ts";
import { ReplayHost } from "../recording/replay.ts";
import type { Recording } from "../recording/types.ts";
import { loadDrivers } from "../../drivers/load.ts";
import type { Context } from "./context.ts";
import { readText } from "./files.ts";

/**
 * Runs `body` with a recording.
 *
 * @throws `RecordingError` when it asked for something else than was recorded
 */
export async function withReplay<T>(
  { globals, output }: Context,
  file: string,
  body: (host: Host) => Promise<T> | T,
): Promise<T> {
  const { model, modelState, replayMode } = globals;
  if (model !== undefined || modelState !== undefined) {
    throw new UsageError("A replay has no model: --replay is given with it", {
      hint: "Leave --model out: the recording is the machine",
    });
  }
  const recording = readRecording(readText(file, "the recording"), file);
  output.note(`${output.errorStyle(replayLine(file, recording))}\n`);
  using host = new ReplayHost(recording, {
    source: file,
    drivers: await loadDrivers(),
    ...(replayMode === undefined ? {} : { mode: replayMode }),
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
