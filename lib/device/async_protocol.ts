/**
 * What the two sides of an async device say to each other. Both are ours and
 * run the same code; nothing here comes from outside.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import type { DeviceInfo, RpcRequest, RpcResponse } from "./device.ts";

/** What the worker is asked; answered in order. */
export type Ask =
  | { readonly op: "open"; readonly path: string; readonly libc?: string }
  | { readonly op: "info" }
  | { readonly op: "rpc"; readonly request: RpcRequest }
  | { readonly op: "close" };

/** An error as it crosses: `FwctlError.toJSON()`. */
export interface SentError {
  /** The kind, such as `SyscallError`. */
  readonly code: string;
  /** The sentence. */
  readonly message: string;
  /** What to do next. */
  readonly hint?: string;
  /** Of a `SyscallError`. */
  readonly errno?: number;
  /** Of a `SyscallError`. */
  readonly errnoName?: string;
  /** Of a `SyscallError`. */
  readonly call?: string;
}

/** An RPC's outcome, and its references as the kernel left them. */
export interface RpcAnswer {
  /** The response. */
  readonly response: RpcResponse;
  /** In the order of the request's references. */
  readonly references: readonly Bytes[];
}

/** What the worker answers. */
export type Answer =
  | { readonly ok: true; readonly value: DeviceInfo | RpcAnswer | null }
  | { readonly ok: false; readonly error: SentError };

/** `bytes` with a buffer of their own, which can be transferred. */
export function own(bytes: Bytes): Bytes {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}
