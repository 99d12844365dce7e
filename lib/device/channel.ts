/**
 * Channel: the one way requests of recipes and queries take. Each is labelled,
 * held against the policy, sent with exactly its least scope, and its answer
 * checked.
 *
 * @module
 */
import type { Channel, Driver, RequestLabel } from "../../drivers/driver.ts";
import type { Bytes } from "../bytes.ts";
import { DecodeError } from "../errors.ts";
import { enforce, labelName, type Policy } from "../plan/policy.ts";
import type { Device } from "./device.ts";

/** Told of every request that passed the policy, just before it is sent. */
export type SendObserver = (label: RequestLabel, request: Bytes) => void;

/** A channel to an open device under a policy. It does not close the device. */
export function openChannel(
  device: Device,
  driver: Driver,
  policy: Policy,
  observer?: SendObserver,
): Channel {
  return {
    device: device.name,
    send(request: Bytes, capacity: number): Bytes {
      const label = driver.classify(request);
      enforce(label, policy, device.name);
      observer?.(label, request);
      const answer = device.rpc({
        scope: label.scope,
        request,
        responseCapacity: capacity,
      });
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
