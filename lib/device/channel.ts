/**
 * Channel: the one way requests of recipes and queries take. Each is labelled,
 * held against the policy, framed as the kernel takes it, sent with exactly its
 * least scope, and its answer checked.
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
import { enforce, labelName, type Policy } from "../plan/policy.ts";
import type { Device, RpcResponse } from "./device.ts";

/** Told of every request that passed the policy, just before it is sent. */
export type SendObserver = (label: RequestLabel, request: Bytes) => void;

/** What a channel may have beside device, driver and policy. */
export interface ChannelOptions {
  /** Told of every request sent. */
  readonly observer?: SendObserver | undefined;
  /** What the driver knows of the device, for its labels. */
  readonly know?: Know | undefined;
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

/** A channel to an open device under a policy. It does not close the device. */
export function openChannel(
  device: Device,
  driver: Driver,
  policy: Policy,
  { observer, know }: ChannelOptions = {},
): Channel {
  return {
    device: device.name,
    send(request: Bytes, capacity: number): Bytes {
      const label = driver.classify(request, know);
      enforce(label, policy, device.name);
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
