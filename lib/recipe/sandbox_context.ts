/**
 * The innermost room of the sandbox: what runs in the recipe's own V8 context.
 *
 * @module
 */

/** The recipe's functions that can be called. */
export type Phase = "observe" | "desired" | "report";

/** What the context can be asked to do; the answer is JSON. */
export type ContextCall = (
  what: "open" | "thrown" | Phase,
  value: unknown,
) => string;

/** What the context answers. */
export type ContextAnswer =
  | { readonly ok: unknown }
  | { readonly refused: string }
  | {
    readonly threw: {
      readonly name: string;
      readonly message: string;
      readonly at: string;
    };
  };

/** Limits of what a recipe may answer. */
export interface ContextLimits {
  readonly depth: number;
  readonly nodes: number;
  readonly text: number;
}

/**
 * Runs in the recipe's context before the recipe does. It is handed over as
 * text, so it must not refer to anything outside of itself.
 *
 * It hides what a recipe must not count on, calls the recipe's functions with
 * frozen data, and turns what they return into JSON, naming the path of what
 * is no plain data. Whatever it says is checked again outside: nothing here is
 * a wall, the walls are the context and the worker without permissions.
 */
export function contextMain(limits: ContextLimits): ContextCall {
  const { stringify, parse } = JSON;
  const { freeze, keys, getPrototypeOf, getOwnPropertySymbols } = Object;
  const { defineProperty } = Object;
  const { isArray } = Array;
  const { isFinite } = Number;
  const objectPrototype = Object.prototype;
  const text = String;
  let recipe: Record<string, unknown> = {};

  // A set, because instanceof would ask a hostile proxy.
  const refusals = new WeakSet<object>();
  const refusal = (why: string): { readonly why: string } => {
    const made = { why };
    refusals.add(made);
    return made;
  };

  // Uninterruptible or outside of V8's heap limit, and nothing a recipe needs.
  const removed = [
    "Atomics",
    "SharedArrayBuffer",
    "ArrayBuffer",
    "DataView",
    "WebAssembly",
    "FinalizationRegistry",
    "WeakRef",
    "Int8Array",
    "Uint8Array",
    "Uint8ClampedArray",
    "Int16Array",
    "Uint16Array",
    "Int32Array",
    "Uint32Array",
    "BigInt64Array",
    "BigUint64Array",
    "Float16Array",
    "Float32Array",
    "Float64Array",
  ];
  for (const name of removed) {
    delete (globalThis as Record<string, unknown>)[name];
  }

  // None of these exist in a bare context; saying so by name helps the author.
  const absent = (name: string): Error =>
    new Error(`${name} is not available to a recipe`);
  for (const name of ["Deno", "process", "navigator", "localStorage"]) {
    const value = new Proxy({}, {
      get: (_, key) => {
        throw absent(`${name}.${text(key)}`);
      },
    });
    defineProperty(globalThis, name, { value, configurable: true });
  }
  const functions = [
    "fetch",
    "require",
    "setTimeout",
    "setInterval",
    "Worker",
    "WebSocket",
    "EventSource",
    "XMLHttpRequest",
    "postMessage",
    "alert",
    "confirm",
    "prompt",
  ];
  for (const name of functions) {
    const value = function (): never {
      throw absent(name);
    };
    defineProperty(globalThis, name, { value, configurable: true });
  }

  const step = (key: string | number): string =>
    typeof key === "number"
      ? `[${key}]`
      : /^[A-Za-z_$][\w$]{0,60}$/.test(key)
      ? `.${key}`
      : `[${stringify(key.slice(0, 60))}]`;

  /** A copy of plain data; refuses everything else by its path. */
  const plain = (value: unknown, at: string): unknown => {
    let nodes = 0;
    let characters = 0;
    const ancestors: unknown[] = [];
    const copy = (value: unknown, at: string): unknown => {
      if (++nodes > limits.nodes) {
        throw refusal(`${at} has more than ${limits.nodes} values`);
      }
      switch (typeof value) {
        case "string":
          characters += value.length;
          if (characters <= limits.text) return value;
          throw refusal(`${at} makes more than ${limits.text} characters`);
        case "boolean":
          return value;
        case "number":
          if (isFinite(value)) return value;
          throw refusal(`${at} is ${value}`);
        case "object":
          if (value === null) return null;
          break;
        case "undefined":
          throw refusal(`${at} is undefined`);
        default:
          throw refusal(`${at} is a ${typeof value}`);
      }
      for (let i = 0; i < ancestors.length; i++) {
        if (ancestors[i] === value) {
          throw refusal(`${at} refers back to itself`);
        }
      }
      if (ancestors.length >= limits.depth) {
        throw refusal(`${at} is nested deeper than ${limits.depth} levels`);
      }
      ancestors[ancestors.length] = value;
      let result: unknown;
      if (isArray(value)) {
        const list: unknown[] = [];
        for (let i = 0; i < value.length; i++) {
          list[i] = copy(value[i], at + step(i));
        }
        result = list;
      } else {
        result = copyObject(value, at, copy);
      }
      ancestors.length--;
      return result;
    };
    return copy(value, at);
  };

  const copyObject = (
    value: object,
    at: string,
    copy: (value: unknown, at: string) => unknown,
  ): unknown => {
    const prototype: unknown = getPrototypeOf(value);
    if (prototype !== null && prototype !== objectPrototype) {
      const made = (prototype as { constructor?: { name?: unknown } })
        .constructor;
      throw refusal(`${at} is a ${text(made?.name).slice(0, 60)}`);
    }
    if (getOwnPropertySymbols(value).length > 0) {
      throw refusal(`${at} has a symbol as a key`);
    }
    // Without a prototype a key __proto__ is a key like others.
    const result: Record<string, unknown> = { __proto__: null } as never;
    const names = keys(value);
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      const member = (value as Record<string, unknown>)[name];
      // As in JSON: an absent member. In a list it is an error.
      if (member !== undefined) result[name] = copy(member, at + step(name));
    }
    return result;
  };

  const deepFreeze = <T>(value: T): T => {
    if (typeof value !== "object" || value === null) return value;
    const names = keys(value);
    for (let i = 0; i < names.length; i++) {
      deepFreeze((value as Record<string, unknown>)[names[i] as string]);
    }
    return freeze(value);
  };

  const described = (thrown: unknown): ContextAnswer => {
    let name = "";
    let message = "a value";
    let at = "";
    try {
      if (
        typeof thrown === "object" && thrown !== null && "message" in thrown
      ) {
        const error = thrown as Record<string, unknown>;
        name = text(error.name);
        message = text(error.message);
        at = /\brecipe:(\d+:\d+)/.exec(text(error.stack))?.[1] ?? "";
      } else message = text(thrown);
    } catch {
      message = "a value that cannot be read";
    }
    return {
      threw: { name: name.slice(0, 100), message: message.slice(0, 1000), at },
    };
  };

  const call = (phase: Phase, argument: string): unknown => {
    const context = parse(argument) as Record<string, unknown>;
    context.resource = (kind: unknown, body: unknown): unknown => ({
      kind,
      body,
    });
    context.action = (kind: unknown, body: unknown): unknown => ({
      kind,
      body,
      action: true,
    });
    const result = (recipe[phase] as (context: unknown) => unknown).call(
      recipe,
      deepFreeze(context),
    );
    const then = (result as { then?: unknown } | null | undefined)?.then;
    if (typeof then === "function") {
      throw refusal(`${phase}() is asynchronous`);
    }
    if (result === undefined) throw refusal(`${phase}() returns nothing`);
    return plain(result, `${phase}()`);
  };

  const open = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null || isArray(value)) {
      throw refusal("the default export is not a recipe");
    }
    recipe = value as Record<string, unknown>;
    const opened: Record<string, unknown> = { __proto__: null } as never;
    const functions: string[] = [];
    const names = keys(value);
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      const member = recipe[name];
      if (typeof member === "function") functions[functions.length] = name;
      else if (member !== undefined) opened[name] = plain(member, name);
    }
    return { data: opened, functions };
  };

  return (what, value) => {
    let answer: ContextAnswer;
    try {
      if (what === "open") answer = { ok: open(value) };
      else if (what === "thrown") answer = described(value);
      else answer = { ok: call(what, value as string) };
    } catch (thrown) {
      answer = refusals.has(thrown as object)
        ? { refused: (thrown as { why: string }).why }
        : described(thrown);
    }
    return stringify(answer);
  };
}
