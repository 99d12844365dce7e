/**
 * Channel: the one way requests take, those of recipes, queries and drivers as
 * well as raw ones. Each is labelled, held against the policy, framed as the
 * kernel takes it, sent with exactly its least scope, and its answer checked.
 *
 * @module
 */
import type {
  Channel,
  Driver,
  Know,
  RequestLabel,
} from "../../drivers/driver.ts";
import type { Bytes } from "../bytes.ts";
import type { Scope } from "../uapi/fwctl.ts";
import { DecodeError } from "../errors.ts";
import {
  Guard,
  labelName,
  type Policy,
  type SubjectDevice,
} from "../plan/policy.ts";
import type { Device, RpcResponse } from "./device.ts";
import type { InventoryDevice } from "./inventory.ts";

/** Told of every request that passed the policy, just before it is sent. */
export type SendObserver = (label: RequestLabel, request: Bytes) => void;

/** What a channel may have beside device, driver and policy. */
export interface ChannelOptions {
  /** Told of every request sent. */
  readonly observer?: SendObserver | undefined;
  /** What the driver knows of the device, for its labels. */
  readonly know?: Know | undefined;
  /** Its entry in the inventory: rules on devices go by its addresses. */
  readonly entry?: InventoryDevice | undefined;
}

/**
 * Sends one flat message at a scope: framed where the driver's messages carry
 * user pointers, as it is everywhere else. The response is flat too.
 *
 * @throws `SyscallError`, and `UsageError` when the message cannot be framed
 */
export function sendFlat(
  device: Device,
  driver: Driver | undefined,
  scope: Scope,
  request: Bytes,
  capacity: number,
): RpcResponse {
  const frame = driver?.frame?.(request, capacity);
  if (!frame) {
    return device.rpc({ scope, request, responseCapacity: capacity });
  }
  const answer = device.rpc({
    scope,
    request: frame.request,
    responseCapacity: frame.capacity,
    references: frame.references,
  });
  if (answer.truncated) return answer;
  const data = frame.unframe(answer.data);
  return { data, length: data.length, truncated: false };
}

/**
 * A channel to an open device under a policy, or under the guard of a run, which
 * also knows the plans it has admitted. It does not close the device.
 */
export function openChannel(
  device: Device,
  driver: Driver,
  policy: Policy | Guard,
  { observer, know, entry }: ChannelOptions = {},
): Channel {
  const guard = policy instanceof Guard ? policy : new Guard(policy);
  const subject = entry
    ? subjectDevice(entry, driver.name)
    : { name: device.name, driver: driver.name };
  return {
    device: device.name,
    send(request: Bytes, capacity: number): Bytes {
      // What is judged and what is sent must be the same bytes.
      const label = driver.classify(request, know);
      guard.check(subject, label, request);
      observer?.(label, request);
      const answer = sendFlat(device, driver, label.scope, request, capacity);
      const refusal = driver.refusal(request, answer.data, device.name);
      if (refusal) throw refusal;
      if (answer.truncated) {
        throw new DecodeError(
          `The response is ${answer.length} bytes, more than the ${capacity} there was room for`,
          {
            device: device.name,
            request: labelName(label),
            hint:
              "Nothing was taken from the cut response; report this with the request",
          },
        );
      }
      return answer.data;
    },
  };
}

/** A device as rules see it. */
export function subjectDevice(
  entry: InventoryDevice,
  driver: string = entry.driver,
): SubjectDevice {
  const { name, pci, parent } = entry;
  return {
    name,
    // A device whose driver is not known may be anyone's.
    ...(driver === "unknown" ? {} : { driver }),
    addresses: pci === null ? [parent] : [...new Set([pci, parent])],
  };
}

/** The ways of {@linkcode openRaw}. */
export interface RawOptions extends ChannelOptions {
  /** Its driver; absent when none here speaks to it. */
  readonly driver?: Driver | undefined;
}

/** A way for single requests at a scope of the caller's choice, under the policy too. */
export interface RawChannel {
  /** The label of a request; null when no driver here knows its protocol. */
  label(request: Bytes): RequestLabel | null;
  /**
   * Sends one flat message. The answer is not looked at.
   *
   * @throws `PolicyError`, `SyscallError`, and `UsageError` when it cannot be framed
   */
  send(scope: Scope, request: Bytes, capacity: number): RpcResponse;
}

/** A raw way to an open device under the guard of a run. */
export function openRaw(
  device: Device,
  guard: Guard,
  { driver, know, entry, observer }: RawOptions,
): RawChannel {
  const subject = entry
    ? subjectDevice(entry, driver?.name)
    : { name: device.name, ...(driver ? { driver: driver.name } : {}) };
  const label = (request: Bytes): RequestLabel | null =>
    driver?.classify(request, know) ?? null;
  return {
    label,
    send(scope, request, capacity): RpcResponse {
      const known = label(request) ?? unknownLabel(request, scope);
      guard.check(subject, known, request, scope);
      observer?.(known, request);
      return sendFlat(device, driver, scope, request, capacity);
    },
  };
}

/** The worst is assumed of what nobody can read. */
function unknownLabel(request: Bytes, scope: Scope): RequestLabel {
  return {
    name: `request of ${request.length} bytes`,
    detail: "",
    allowed: true,
    scope,
    scopeReason: "it was asked for",
    effect: "destructive",
    effectReason: "no driver here knows what it does",
    groups: ["unknown"],
  };
}
