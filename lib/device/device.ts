/**
 * Device: the narrow waist. Everything that reaches a firmware goes through
 * {@linkcode Device.rpc}, real or modelled.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import type { Scope } from "../uapi/fwctl.ts";

/** A buffer whose address must be written into the request (pds messages). */
export interface Reference {
  /** Byte offset in the request of the 64-bit little-endian pointer. */
  readonly at: number;
  /** What it points to; the kernel may read and write it. */
  readonly buffer: Bytes;
}

/** One FWCTL_RPC. */
export interface RpcRequest {
  /** The label the kernel checks. Never raised on the caller's behalf. */
  readonly scope: Scope;
  /** The request in the device's own format. Not changed by the call. */
  readonly request: Bytes;
  /** Room for the response in bytes, at most 2 MiB. */
  readonly responseCapacity: number;
  /** Buffers the request points to. */
  readonly references?: readonly Reference[];
}

/** What came back. */
export interface RpcResponse {
  /**
   * The response as far as it was copied: min(length, capacity) bytes. They may
   * lie within a larger buffer: mind `byteOffset`, and `slice()` to transfer.
   */
  readonly data: Bytes;
  /** The length the kernel reported, in bytes; more than `data` holds when truncated. */
  readonly length: number;
  /** Whether the kernel had more than the capacity. */
  readonly truncated: boolean;
}

/** What FWCTL_INFO says. */
export interface DeviceInfo {
  /** enum fwctl_device_type. */
  readonly deviceType: number;
  /** The driver's own data (`struct fwctl_info_mlx5`, …); empty where the driver gives none. */
  readonly deviceData: Bytes;
}

/** An open fwctl device: one descriptor, one firmware user context (uctx). */
export interface Device extends Disposable {
  /** The kernel's name, such as `fwctl0`. */
  readonly name: string;
  /** FWCTL_INFO. @throws {SyscallError} */
  info(): DeviceInfo;
  /** FWCTL_RPC. @throws {SyscallError} with what the errno means for this call */
  rpc(request: RpcRequest): RpcResponse;
  /** Closes the descriptor, which destroys the context; a second call does nothing. */
  close(): void;
}

/** The same device behind a worker of its own: calls on several run side by side. */
export interface AsyncDevice extends AsyncDisposable {
  /** The kernel's name, such as `fwctl0`. */
  readonly name: string;
  /** FWCTL_INFO. Rejects with a `SyscallError`. */
  info(): Promise<DeviceInfo>;
  /** FWCTL_RPC, in the order of the calls. Rejects with a `SyscallError`. */
  rpc(request: RpcRequest): Promise<RpcResponse>;
  /** Closes the descriptor and ends the worker. */
  close(): Promise<void>;
}
