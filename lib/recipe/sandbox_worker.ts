/**
 * The outer room of the sandbox: what runs in the worker without permissions.
 *
 * It makes the bare V8 context, evaluates the recipe in it under V8's timer,
 * and passes calls on. The recipe's values never are touched here: they go
 * into functions of the context, and JSON comes back.
 *
 * @module
 */
import type { ContextCall, ContextLimits, Phase } from "./sandbox_context.ts";
import { contextMain } from "./sandbox_context.ts";
import { PLAIN_LIMITS } from "./plain_check.ts";

/** A message to the worker. */
export type WorkerRequest =
  | { readonly open: string; readonly timeMs: number }
  | { readonly call: Phase; readonly context: string; readonly timeMs: number };

/** The worker's one answer to each message. */
export type WorkerAnswer =
  /** JSON from the recipe's context. */
  | { readonly json: string }
  /** The source is no module. */
  | { readonly syntax: string }
  /** It imports something. */
  | { readonly imports: string }
  /** Its top level waits for something that never comes. */
  | { readonly waits: true }
  | { readonly late: true }
  | { readonly deep: true };

interface Vm {
  createContext(object: object, options?: object): object;
  runInContext(code: string, context: object, options?: object): unknown;
  SourceTextModule: new (code: string, options: object) => VmModule;
}

interface VmModule {
  readonly status: string;
  readonly error: unknown;
  readonly namespace: { readonly default?: unknown };
  link(linker: (specifier: string) => never): Promise<void>;
  evaluate(): Promise<void>;
}

/**
 * Runs in the worker. It is handed over as text, so it must not refer to
 * anything outside of itself but its arguments.
 */
export function workerMain(
  vm: Vm,
  strip: (code: string) => string,
  context: { readonly code: string; readonly limits: ContextLimits },
): void {
  const scope = globalThis as unknown as {
    addEventListener(type: string, listener: (event: Event) => void): void;
    onmessage: (event: { data: WorkerRequest }) => void;
    postMessage(answer: WorkerAnswer): void;
  };
  const post = scope.postMessage.bind(scope);
  // A promise a recipe leaves rejected is no business of ours; Deno would print
  // its words on the terminal and end the worker.
  scope.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
  });
  const now = performance.now.bind(performance);
  // No code from text, no WebAssembly; jobs of promises run within the timer.
  const room = vm.createContext(Object.create(null), {
    codeGeneration: { strings: false, wasm: false },
    microtaskMode: "afterEvaluate",
  });
  const call = vm.runInContext(
    `"use strict";(${context.code})(${JSON.stringify(context.limits)})`,
    room,
  ) as ContextCall;
  // A context of its own to run under the timer: what is reachable from the
  // recipe's context must come from there only.
  const gate = vm.createContext(Object.create(null)) as { go?: () => void };

  // Should a recipe get hold of an object of this room nevertheless, then it
  // finds no way from there to code that runs here.
  for (
    const made of [
      function () {},
      async function () {},
      function* () {},
      async function* () {},
    ]
  ) {
    delete (Object.getPrototypeOf(made) as { constructor?: unknown })
      .constructor;
  }

  /** Runs `work` under the timer; the answer when it did not come to its end. */
  const timed = (
    timeMs: number,
    work: () => void,
  ): WorkerAnswer | undefined => {
    const start = now();
    gate.go = work;
    try {
      vm.runInContext("go()", gate, { timeout: timeMs });
      return undefined;
    } catch {
      // What was thrown may be the recipe's: not touched.
      return now() - start >= timeMs ? { late: true } : { deep: true };
    }
  };

  const open = async (
    source: string,
    timeMs: number,
  ): Promise<WorkerAnswer> => {
    let module: VmModule;
    let imported: string | undefined;
    try {
      module = new vm.SourceTextModule(strip(source), {
        context: room,
        identifier: "recipe",
        initializeImportMeta: () => {},
        // A text, not an error: an error would be an object of this room.
        importModuleDynamically: (specifier: string): never => {
          throw `import("${specifier}") is not available to a recipe`;
        },
      });
      await module.link((specifier): never => {
        imported = specifier;
        throw new Error("refused");
      });
    } catch (error) {
      // Nothing of the recipe has run yet: this error is V8's or ours.
      if (imported !== undefined) return { imports: imported };
      return { syntax: (error as Error).message };
    }
    let json = "";
    let waits = false;
    const failed = timed(timeMs, () => {
      module.evaluate().catch(() => {});
    }) ?? timed(timeMs, () => {
      if (module.status === "errored") json = call("thrown", module.error);
      else {
        let value: unknown;
        try {
          value = module.namespace.default;
        } catch {
          waits = true;
          return;
        }
        json = call("open", value);
      }
    });
    return failed ?? (waits ? { waits } : { json });
  };

  scope.onmessage = ({ data }) => {
    if ("open" in data) {
      void open(data.open, data.timeMs).then(post);
      return;
    }
    let json = "";
    const failed = timed(data.timeMs, () => {
      json = call(data.call, data.context);
    });
    post(failed ?? { json });
  };
}

/**
 * The URL of the worker: a data: URL, because a worker from a file would need
 * read permission of the parent and one from the network its own fetch.
 */
export function workerUrl(): string {
  const context = {
    code: contextMain.toString(),
    limits: PLAIN_LIMITS,
  };
  const code = `import vm from "node:vm";
import { stripTypeScriptTypes } from "node:module";
(${workerMain})(vm, stripTypeScriptTypes, ${JSON.stringify(context)});`;
  return `data:text/javascript;charset=utf-8,${encodeURIComponent(code)}`;
}
