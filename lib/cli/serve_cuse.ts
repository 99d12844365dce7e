/**
 * `fwctl serve --cuse`: a modelled machine's devices as nodes of this machine.
 *
 * @module
 */
import { CuseServer } from "../cuse/server.ts";
import { UsageError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { LinuxHost } from "../host/linux.ts";
import { modelCore, ModelHost } from "../model/host.ts";
import type { Output } from "./output.ts";

/** Nodes that are there until they are disposed of. */
export interface ServedNodes extends Disposable {
  /** Settles when the kernel has taken all nodes away, or after `close`. */
  readonly ended: Promise<void>;
  /** Ends serving. */
  close(): void;
}

/**
 * Makes the nodes and answers.
 *
 * @throws `UsageError` for a model that another process has, and where there is
 *   no CUSE for us
 */
export function serveNodes(
  model: Host,
  latency: number,
  output: Output,
): ServedNodes {
  if (!(model instanceof ModelHost)) {
    throw new UsageError("A model that another process serves has no nodes", {
      hint: "Serve both ways in one process: --cuse --socket PATH",
    });
  }
  const host = new LinuxHost();
  let server: CuseServer;
  try {
    server = new CuseServer(host, modelCore(model), { latency });
  } catch (error) {
    host[Symbol.dispose]();
    throw error;
  }
  for (const { model: name, path } of server.nodes) {
    const same = path.endsWith(`/${name}`);
    output.note(`serving ${same ? "" : `${name} as `}${path}\n`);
  }
  return {
    ended: server.run(),
    close: () => server.close(),
    [Symbol.dispose]: () => {
      server[Symbol.dispose]();
      host[Symbol.dispose]();
    },
  };
}
