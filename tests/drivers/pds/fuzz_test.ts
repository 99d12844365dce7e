/** Hostile firmware: whatever a response holds, a pds decoder answers or throws a typed error. */
import { assert } from "@std/assert";
import { driver } from "../../../drivers/pds/mod.ts";
import { mergeMaps } from "../../../drivers/pds/knowledge.ts";
import { decodeInfo, rpcMessage } from "../../../drivers/pds/protocol.ts";
import { cardOperations } from "../../../drivers/pds/firmware/operations.ts";
import { openChannel } from "../../../lib/device/channel.ts";
import type { Device } from "../../../lib/device/device.ts";
import { isFwctlError, SyscallError } from "../../../lib/errors.ts";
import { errnoName } from "../../../lib/uapi/errno.ts";
import { SCOPES } from "../../../lib/uapi/fwctl.ts";
import { ANY, ENTRY, SAMPLE } from "./fixture.ts";
import {
  deviceOf,
  MANY,
  noiseOf,
  random,
  RUNS,
  standsHostility,
} from "../../hostile.ts";

const KNOW = () => MAP;
const MAP = mergeMaps([SAMPLE.content]);

/** A kernel that answers nonsense: short, oversized, of absurd length, any errno; buffers of noise. */
function hostile(next: () => number): Device {
  const noise = noiseOf(next, 4096);
  return deviceOf(4, ({ responseCapacity, references = [] }) => {
    const kind = next() % 8;
    if (kind === 7) {
      const errno = 1 + next() % 133;
      throw new SyscallError("no", {
        errno,
        errnoName: errnoName(errno),
        call: "ioctl(FWCTL_RPC)",
      });
    }
    for (const { at, buffer } of references) {
      if (at !== 40) continue;
      const from = next() % 1024;
      buffer.set(noise.subarray(from, from + buffer.length));
    }
    const size = kind < 5 ? responseCapacity : next() % responseCapacity;
    const data = noise.slice(next() % 512).slice(0, size);
    if (next() % 4) data.fill(0, 24, 28);
    const length = kind === 6 ? 0xffffffff : data.length;
    return { data, length, truncated: length > responseCapacity };
  });
}

function fuzz(decode: (run: number) => unknown): void {
  standsHostility((run) => decode(run));
}

Deno.test(`${MANY} hostile answers to an operation: its fields or a typed error`, () => {
  const channel = openChannel(hostile(random(1)), driver, ANY, { know: KNOW });
  const { operation } = driver.actions;
  assert(operation);
  const requests = cardOperations().map(({ endpoint, id, operation }) => ({
    request: rpcMessage(
      endpoint,
      id,
      new Uint8Array(operation.request?.size ?? 0),
    ),
    capacity: 48 + (operation.response?.size ?? 0),
  }));
  fuzz((run) => {
    const { request, capacity } = requests[run % requests.length] ??
      { request: new Uint8Array(48), capacity: 48 };
    const response = channel.send(request, capacity);
    const answer = operation.answer(request, response, KNOW);
    // deno-lint-ignore no-control-regex -- what must never reach a terminal
    assert(!/[\x00-\x1f\x7f]/.test(JSON.stringify(answer)));
  });
});

Deno.test(`${MANY} responses of any bytes to the action's answer: always an answer`, () => {
  const next = random(2);
  const { operation } = driver.actions;
  assert(operation);
  for (let run = 0; run < RUNS; run++) {
    const response = new Uint8Array(next() % 128);
    for (let i = 0; i < response.length; i += 3) response[i] = next();
    const [any] = [cardOperations()[run % cardOperations().length]];
    const request = rpcMessage(
      any?.endpoint ?? 0,
      any?.id ?? 0,
      new Uint8Array(0),
    );
    const answer = operation.answer(request, response, KNOW);
    assert("retval" in answer || "error" in answer);
    const refusal = driver.refusal(request, response, "fwctl0");
    assert(refusal === undefined || isFwctlError(refusal));
  }
});

Deno.test(`${MANY} hostile answers to a probe: findings or a typed error`, () => {
  const channel = openChannel(hostile(random(3)), driver, ANY, { know: KNOW });
  const { probe } = driver.queries;
  assert(probe);
  const stub: Device = hostile(random(4));
  const refusing = openChannel(
    {
      ...stub,
      rpc: (request) => {
        const answer = stub.rpc(request);
        throw new SyscallError("no", {
          errno: 1,
          errnoName: ["EINVAL", "EPERM", "EFAULT", "ENOMEM", "EIO"][
            (answer.data[3] ?? 0) % 5
          ] ?? "EIO",
          call: "ioctl(FWCTL_RPC)",
        });
      },
    },
    driver,
    ANY,
    { know: KNOW },
  );
  const context = { entry: ENTRY, info: {}, know: KNOW };
  fuzz((run) =>
    probe.run({ ...context, channel: run % 2 ? channel : refusing }, {
      endpoints: 0x20,
      operations: 4,
      scope: SCOPES[run % 3] ?? "",
    })
  );
});

Deno.test(`${MANY} hostile answers to planning a setting: a difference or a typed error`, () => {
  const channel = openChannel(hostile(random(7)), driver, ANY, { know: KNOW });
  const { setting } = driver.resources;
  assert(setting);
  const body = setting.parse({
    device: "fwctl0",
    endpoint: "log",
    setting: "level",
    select: { module: "flow" },
    set: { level: "debug" },
  });
  const located = setting.locate(body, {
    bootId: "",
    kernel: "",
    lockdown: "none",
    tainted: false,
    rawio: false,
    devices: [ENTRY],
  });
  fuzz(() => {
    const observed = setting.observe(body, located, {
      channel,
      entry: ENTRY,
      info: {},
      know: KNOW,
      memo: (_key, read) => read(),
    });
    const { changes, same, after } = setting.diff(body, observed);
    assert(changes.length + same.length === 1 && after.length === 2);
  });
});

Deno.test(`${MANY} requests of any bytes: a label, and a frame or a UsageError`, () => {
  const next = random(5);
  fuzz(() => {
    const request = new Uint8Array(next() % 64);
    for (let i = 0; i < request.length; i++) {
      request[i] = next() % 3 ? 0 : next();
    }
    const label = driver.classify(request, next() % 2 ? KNOW : undefined);
    assert(label.name !== "" && SCOPES.includes(label.scope));
    driver.frame?.(request, next() % 96);
  });
});

Deno.test(`${MANY} hostile FWCTL_INFO answers: numbers or a typed error`, () => {
  const next = random(6);
  fuzz(() => {
    const data = new Uint8Array(next() % 12);
    for (let i = 0; i < data.length; i++) data[i] = next();
    const info = decodeInfo(data);
    assert(Object.values(info).every(Number.isInteger));
    driver.describeInfo(info);
  });
});
