/**
 * `fwctl serve --socket PATH --model SCENARIO`: one modelled machine for many
 * processes, which name it with `--model unix:PATH`.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { serveConnection } from "../model/served/server.ts";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { openModel } from "./model.ts";

/** The command's options. */
export interface ServeOptions {
  /** Where to listen. */
  readonly socket: string;
  /** Milliseconds every FWCTL_RPC takes. */
  readonly latency?: number | undefined;
}

/** Runs the command until a signal ends it. */
export async function serve(
  { globals, output }: Context,
  { socket, latency = 0 }: ServeOptions,
): Promise<ExitCode> {
  const { model, modelState } = globals;
  if (model === undefined) {
    throw new UsageError("There is no model to serve", {
      hint: "Name one: --model connectx; fwctl list --model help shows all",
    });
  }
  const { host, save, lock } = await openModel(model, modelState);
  using _lock = lock;
  using _ = host;
  using listener = listen(socket);
  const end = (): void => listener.close();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) Deno.addSignalListener(signal, end);
  output.note(`serving ${model} at ${socket}\n`);
  try {
    for await (const connection of listener) {
      void serveConnection(host, connection, { latency });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  } finally {
    for (const signal of signals) Deno.removeSignalListener(signal, end);
    save();
    removeSocket(socket);
  }
  return EXIT.done;
}

/** A socket for its owner alone; one that was left behind is replaced. */
function listen(path: string): Deno.UnixListener {
  try {
    if (Deno.lstatSync(path).isSocket) removeSocket(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw unusable(path, error);
  }
  try {
    const listener = Deno.listen({ transport: "unix", path });
    Deno.chmodSync(path, 0o600);
    return listener;
  } catch (error) {
    throw unusable(path, error);
  }
}

function removeSocket(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It is gone already.
  }
}

function unusable(path: string, cause: unknown): UsageError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UsageError(`${path} cannot be listened on: ${reason}`, {
    cause,
    hint:
      "Give a path in a folder you may write to, and Deno --allow-net=unix:PATH, --allow-read and --allow-write",
  });
}
