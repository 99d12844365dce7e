/**
 * Runs in the guest beside the real bnxt_fwctl: every request with buffers, at
 * every scope, refused and lost, in order and with wrong lengths, is answered
 * as the model answers it.
 *
 *     deno run -A tests/kernel/boot.ts DIR deno test -A tests/vm/bnxt_buffers_vm.ts
 *
 * On Linux 7.2, which knows none of them, that is EPERM on both sides.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { driver } from "../../drivers/bnxt/mod.ts";
import { roomFor } from "../../drivers/bnxt/payload.ts";
import {
  type BufferCommand,
  bufferRows,
  buffersOf,
  MAX_BUFFER_BYTES,
} from "../../drivers/bnxt/tables/buffers.ts";
import { allowList } from "../../drivers/bnxt/tables/allow_list.ts";
import { newRequest } from "../../drivers/bnxt/protocol.ts";
import { type Bytes, toHex } from "../../lib/bytes.ts";
import { sendFlat } from "../../lib/device/channel.ts";
import type { Device } from "../../lib/device/device.ts";
import { openDevice } from "../../lib/device/open.ts";
import { discover } from "../../lib/device/discovery.ts";
import { isFwctlError } from "../../lib/errors.ts";
import { LinuxHost } from "../../lib/host/linux.ts";
import { ModelHost } from "../../lib/model/host.ts";
import { parseScenario } from "../../lib/model/scenario.ts";
import { SCOPES } from "../../lib/uapi/fwctl.ts";
import { exampleOf } from "../drivers/bnxt/buffers_fixture.ts";

/** The one bnxt device of the machine. */
function real(host: LinuxHost): { device: Device; kernel: string } {
  const { devices, kernel } = discover(host);
  const entry = devices.find((each) => each.driver === "bnxt");
  assert(entry, "the machine has a bnxt device");
  return { device: openDevice(host, entry.path), kernel };
}

/** The same on the model. */
async function modelled(kernel: string): Promise<Device> {
  const host = await ModelHost.create(
    parseScenario({
      format: "fwctl-scenario/1",
      name: "bnxt",
      host: { kernel },
      devices: [{
        driver: "bnxt",
        kernelDriver: "",
        pci: "0000:00:09.0",
        firmware: { type: "stub" },
      }],
    }),
    [driver],
  );
  return openDevice(host, "fwctl0");
}

/** What came of a flat message: the answer, or the errno. */
function outcome(
  device: Device,
  scope: typeof SCOPES[number],
  message: Bytes,
  room = roomFor(message) - 640,
): string {
  try {
    return toHex(sendFlat(device, driver, scope, message, room).data);
  } catch (error) {
    assert(isFwctlError(error));
    return String(error.details().errnoName ?? error.message);
  }
}

/** The same past our own checks: the struct as it is, its buffers as long as they can be. */
function bare(
  device: Device,
  { buffers }: BufferCommand,
  request: Bytes,
): string {
  const references = buffers.map(({ address, reads }) => ({
    at: address,
    buffer: new Uint8Array(MAX_BUFFER_BYTES).fill(reads ? 7 : 0xaa),
  })).filter(({ at }) => at + 8 <= request.length);
  try {
    const { data } = device.rpc({
      scope: "debug-write-full",
      request,
      responseCapacity: 64,
      references,
    });
    const sums = references.map(({ buffer }) =>
      buffer.reduce((sum, byte) => (sum * 31 + byte) >>> 0, 0)
    );
    return `${toHex(data)} ${sums}`;
  } catch (error) {
    assert(isFwctlError(error));
    return String(error.details().errnoName);
  }
}

Deno.test("every request with buffers is answered by the kernel as by the model", async () => {
  using host = new LinuxHost();
  const { device, kernel } = real(host);
  using _ = device;
  using model = await modelled(kernel);
  assertEquals(
    model.info().deviceData,
    device.info().deviceData.slice(),
    "uctx_caps",
  );
  let answered = 0;
  let steps = 0;
  const same = (name: string, ask: (of: Device) => string): void => {
    const said = ask(device);
    assertEquals(ask(model), said, name);
    steps++;
    if (!/^[A-Z]/.test(said)) answered++;
  };
  for (const { code } of bufferRows()) {
    const command = buffersOf(code);
    assert(command);
    const { name, size, buffers } = command;
    const flat = exampleOf(name);
    const target = (high: number, low: number): Bytes => {
      const other = flat.slice();
      other.set([low, high], 6);
      return other;
    };
    for (const scope of SCOPES) {
      same(`${name} ${scope}`, (of) => outcome(of, scope, flat));
    }
    const top = "debug-write-full";
    same(`${name} refused`, (of) => outcome(of, top, target(0xee, 5)));
    same(`${name} lost`, (of) => outcome(of, top, target(0xed, 5)));
    for (const length of [16, size - 8, size - 1, size, size + 1, size + 8]) {
      const struct = new Uint8Array(length);
      struct.set(flat.slice(0, Math.min(size, length)));
      same(`${name} of ${length}`, (of) => bare(of, command, struct));
    }
    for (const { length, unit } of buffers) {
      if (!length) continue;
      const most = MAX_BUFFER_BYTES / unit;
      for (const count of [0, 1, 4096, most - 1, most, most + 1, 2 ** 31]) {
        if (count >= 2 ** (8 * length.width)) continue;
        const struct = flat.slice(0, size);
        for (let i = 0; i < length.width; i++) {
          struct[length.offset + i] = Math.floor(count / 0x100 ** i);
        }
        same(`${name} of ${count}`, (of) => bare(of, command, struct));
      }
    }
  }
  for (const { name, buffers } of allowList().values()) {
    if (buffers) continue;
    const request = newRequest(name);
    for (const scope of SCOPES) {
      same(`${name} ${scope}`, (of) => outcome(of, scope, request, 64));
    }
  }
  // deno-lint-ignore no-console -- what a person wants to know of a run
  console.log(`${kernel}: ${steps} steps the same, ${answered} answered`);
});
