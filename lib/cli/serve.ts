/**
 * `fwctl serve --model SCENARIO`: one modelled machine for many processes. With
 * `--socket PATH` fwctl itself names it by `--model unix:PATH`, sysfs and all;
 * with `--cuse` any program finds its devices in /dev/fwctl.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { serveConnection } from "../model/served/server.ts";
import type { Context } from "./context.ts";
import { driversOutside } from "./drivers.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { openModel } from "./model.ts";

/** The command's options. */
export interface ServeOptions {
  /** Where to listen. */
  readonly socket?: string | undefined;
  /** Whether to make device nodes. */
  readonly cuse?: boolean | undefined;
  /** What to serve, instead of the global `--model`. */
  readonly scenario?: string | undefined;
  /** Milliseconds every FWCTL_RPC takes. */
  readonly latency?: number | undefined;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Runs the command until a signal ends it. */
export async function serve(
  { globals, output }: Context,
  options: ServeOptions,
): Promise<ExitCode> {
  const { socket, cuse = false, latency = 0 } = options;
  if (socket === undefined && !cuse) {
    throw new UsageError("Where to serve the model is not said", {
      hint: "Give --socket PATH, --cuse, or both",
    });
  }
  const model = chosenModel(globals.model, options.scenario);
  const { host, save, lock } = await openModel(
    model,
    globals.modelState,
    await driversOutside(globals),
  );
  using _lock = lock;
  using _ = host;
  // Whatever was set up last is taken away first; the state is written at the end.
  using stack = new DisposableStack();
  const listener = socket === undefined ? undefined : stack.use(listen(socket));
  if (socket !== undefined) stack.defer(() => removeSocket(socket));
  const nodes = cuse
    ? stack.use(
      (await import("./serve_cuse.ts")).serveNodes(host, latency, output),
    )
    : undefined;
  const close = (): void => {
    nodes?.close();
    try {
      listener?.close();
    } catch {
      // It is closed already.
    }
  };
  for (const signal of SIGNALS) Deno.addSignalListener(signal, close);
  if (listener) output.note(`serving ${model} at ${socket}\n`);
  try {
    // Where one of them ends by itself, the other has no reason to stay.
    await Promise.all(
      [
        nodes?.ended,
        listener && connections(listener, host, latency),
      ].map((work) => work?.finally(close)),
    );
  } finally {
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, close);
    save();
  }
  return EXIT.done;
}

function chosenModel(model?: string, scenario?: string): string {
  if (model !== undefined && scenario !== undefined && model !== scenario) {
    throw new UsageError("--model and --scenario name two models", {
      hint: "They mean the same here: give one of them",
    });
  }
  const chosen = scenario ?? model;
  if (chosen !== undefined) return chosen;
  throw new UsageError("There is no model to serve", {
    hint: "Name one: --model connectx; fwctl list --model help shows all",
  });
}

async function connections(
  listener: Deno.UnixListener,
  host: Host,
  latency: number,
): Promise<void> {
  try {
    for await (const connection of listener) {
      void serveConnection(host, connection, { latency });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
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
