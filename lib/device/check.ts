/**
 * What is checked of a call before it goes to the kernel.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { MAX_RPC_LEN, scopeNumber, SCOPES } from "../uapi/fwctl.ts";
import type { RpcRequest } from "./device.ts";

/** Width of a pointer in a request, in bytes. */
const POINTER = 8;

/**
 * Refuses what the kernel would refuse for its form, and what would write
 * outside of the request: lengths above 2 MiB, an unknown scope, references
 * that do not lie within the request or overlap each other.
 *
 * @returns the kernel's number of the scope
 * @throws {UsageError} naming the device; nothing was sent
 */
export function checkRpc(rpc: RpcRequest, device: string): number {
  const { request, responseCapacity, references } = rpc;
  const scope = scopeNumber(rpc.scope);
  // One test on the way that every call takes; what is wrong is told apart later.
  if (
    scope < 0 || !(request instanceof Uint8Array) ||
    request.length > MAX_RPC_LEN || !Number.isInteger(responseCapacity) ||
    responseCapacity < 0 || responseCapacity > MAX_RPC_LEN
  ) refuse(rpc, device);
  if (references?.length) checkReferences(request.length, references, device);
  return scope;
}

function refuse(
  { scope, request, responseCapacity }: RpcRequest,
  device: string,
): never {
  if (scopeNumber(scope) < 0) {
    fail(device, `"${scope}" is not a scope`, `Use ${SCOPES.join(", ")}.`);
  }
  if (!(request instanceof Uint8Array)) {
    fail(
      device,
      "the request is not a Uint8Array",
      "Give the request's bytes.",
    );
  }
  if (request.length > MAX_RPC_LEN) {
    fail(
      device,
      `the request has ${request.length} bytes, and the kernel takes ${MAX_RPC_LEN}`,
      "Split the request.",
    );
  }
  fail(
    device,
    `a response capacity of ${responseCapacity} is not within 0 to ${MAX_RPC_LEN} bytes`,
    "Ask for less at once.",
  );
}

function checkReferences(
  length: number,
  references: NonNullable<RpcRequest["references"]>,
  device: string,
): void {
  const taken = references.map(({ at }) => at).sort((a, b) => a - b);
  for (const [i, at] of taken.entries()) {
    if (!Number.isInteger(at) || at < 0 || at + POINTER > length) {
      fail(
        device,
        `a pointer at byte ${at} does not lie within the request of ${length} bytes`,
        "A reference's `at` is where its 8-byte pointer stands in the request.",
      );
    }
    const before = taken[i - 1];
    if (before !== undefined && at < before + POINTER) {
      fail(
        device,
        `the pointers at bytes ${before} and ${at} overlap`,
        "Every reference needs 8 bytes of the request to itself.",
      );
    }
  }
  if (references.some(({ buffer }) => !(buffer instanceof Uint8Array))) {
    fail(device, "a reference's buffer is not a Uint8Array", "Give bytes.");
  }
}

function fail(device: string, message: string, hint: string): never {
  throw new UsageError(message, { device, hint });
}
