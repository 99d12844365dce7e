/**
 * The machine that a command works with: this one, a model, or a recording.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";
import { UsageError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { Context, Globals } from "./context.ts";

/** Drivers from outside, for their side of a model; almost always none. */
async function outside(globals: Globals): Promise<readonly Driver[]> {
  if (globals.driverModule === undefined) return [];
  return await (await import("./drivers.ts")).driversOutside(globals);
}

/**
 * Runs `body` with the host that the options name: this machine, a model, or a
 * recording. The model's state is written when `body` is through, also when it
 * failed.
 */
export async function withHost<T>(
  context: Context,
  use: (host: Host) => Promise<T> | T,
): Promise<T> {
  const { globals, output } = context;
  const { model, modelState, replay, replayMode, recorder } = globals;
  const body = recorder ? (host: Host) => use(recorder.host(host)) : use;
  if (replay !== undefined) {
    if (model !== undefined || modelState !== undefined) {
      throw new UsageError("A replay has no model: --replay is given with it", {
        hint: "Leave --model out: the recording is the machine",
      });
    }
    const { withReplay } = await import("./record/replay.ts");
    return await withReplay(context, replay, replayMode, body);
  }
  if (model === undefined) {
    if (modelState !== undefined) {
      throw new UsageError("--model-state is given without --model", {
        hint: "Say which scenario the state belongs to: --model connectx",
      });
    }
    const { LinuxHost } = await import("../host/linux.ts");
    using host = new LinuxHost();
    return await body(host);
  }
  const { openModel } = await import("./model.ts");
  const { host, save, lock } = await openModel(
    model,
    modelState,
    await outside(globals),
  );
  using _lock = lock;
  using _ = host;
  let result: T;
  try {
    result = await body(host);
  } catch (error) {
    try {
      save();
    } catch (second) {
      // The first error is what the user must see as the command's.
      output.warn(second instanceof Error ? second.message : String(second));
    }
    throw error;
  }
  save();
  return result;
}
