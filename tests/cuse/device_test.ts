/** One served device: files, rounds, callers that die, hostile messages. */
import { assert, assertEquals } from "@std/assert";
import { type Bytes, fromHex, toHex } from "../../lib/bytes.ts";
import { type Callers, CuseDevice } from "../../lib/cuse/device.ts";
import { modelCore, ModelHost } from "../../lib/model/host.ts";
import { loadScenario } from "../../lib/model/load.ts";
import { ModelMemory } from "../../lib/model/memory.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { modelledDrivers } from "../../drivers/load.ts";
import { MANY, noiseOf, random, RUNS } from "../hostile.ts";
import { KernelSide, message, OP, words } from "./kernel_side.ts";

const INFO = 0x9a00;
const RPC = 0x9a01;
const AT = 0x1000n;
const IN = 0x10_0000n;
const OUT = 0x80_0000n;
/** QUERY_HCA_CAP of the general device. */
const QUERY = fromHex("01000000000000010000000000000000");

/** A caller the kernel helps us with, and nothing else. */
const NOBODY: Callers = {
  capSysRawio: () => false,
  comm: () => "mstconfig",
  reachable: () => false,
  write: () => -ERRNO.EFAULT,
};

interface Served {
  readonly host: ModelHost;
  readonly device: CuseDevice;
  readonly kernel: KernelSide;
}

async function served(callers: Callers = NOBODY): Promise<Served> {
  const host = await ModelHost.create(
    await loadScenario("connectx"),
    modelledDrivers(),
  );
  const core = modelCore(host);
  const [first] = core.devices();
  assert(first);
  const name = { name: "fwctl/fwctl0", major: 0, minor: 0 };
  const device = new CuseDevice(core, first, callers, name);
  return { host, device, kernel: new KernelSide(device) };
}

function opened(kernel: KernelSide): bigint {
  const fh = kernel.open();
  assert(typeof fh === "bigint");
  return fh;
}

/** Memory comes in pages: where a byte is, the rest of its page is. */
function memoryOf(struct: Bytes, room = 4096): ModelMemory {
  const page = new Uint8Array(4096);
  page.set(struct);
  return new ModelMemory([
    { address: AT, bytes: page },
    { address: IN, bytes: new Uint8Array(room) },
    { address: OUT, bytes: new Uint8Array(room) },
  ]);
}

function rpcStruct(scope: number, in_len: number, out_len: number): Bytes {
  return words(32, scope, in_len, out_len, IN, OUT);
}

Deno.test("an INFO takes three rounds and a request four", async () => {
  const { kernel } = await served();
  const fh = opened(kernel);
  const info = memoryOf(words(24, 0, 0, 8, OUT));
  assertEquals(kernel.ioctl(fh, INFO, AT, info), 0);
  assertEquals(info.read(AT, 24), words(24, 0, 1, 8, OUT));
  assertEquals(kernel.rounds.count, 3);
  const memory = memoryOf(rpcStruct(0, 16, 64));
  memory.write(IN, QUERY);
  assertEquals(kernel.ioctl(fh, RPC, AT, memory), 0);
  assertEquals(kernel.rounds.count, 4);
});

Deno.test("every file has its own context until it is released", async () => {
  const { kernel, device } = await served();
  const uid = (fh: bigint): string => {
    const memory = memoryOf(words(24, 0, 0, 8, OUT));
    assertEquals(kernel.ioctl(fh, INFO, AT, memory), 0);
    return toHex(memory.read(OUT, 4) ?? new Uint8Array());
  };
  const [a, b] = [opened(kernel), opened(kernel)];
  assert(uid(a) !== uid(b));
  assertEquals(device.files, 2);
  assertEquals(kernel.release(a), 0);
  assertEquals(kernel.release(a), -ERRNO.EBADF);
  const memory = memoryOf(words(24, 0, 0, 0, 0n));
  assertEquals(kernel.ioctl(a, INFO, AT, memory), -ERRNO.EBADF);
  assertEquals(kernel.ioctl(b, INFO, AT, memory), 0);
  assertEquals(device.files, 1);
});

Deno.test("a caller that is killed between any two rounds leaves nothing that harms", async () => {
  const { kernel } = await served();
  const fh = opened(kernel);
  for (let rounds = 1; rounds <= 3; rounds++) {
    const memory = memoryOf(rpcStruct(0, 16, 64));
    memory.write(IN, QUERY);
    kernel.ioctl(fh, RPC, AT, memory, { rounds });
    // The same thread number and the same address, another call.
    const info = words(24, 0, 0, 8, OUT);
    assertEquals(kernel.ioctl(fh, INFO, AT, memoryOf(info)), 0);
    assertEquals(kernel.ioctl(fh, RPC, AT, memory), 0);
  }
  // And many of them do not pile up.
  for (let pid = 1; pid < 1000; pid++) {
    const memory = memoryOf(rpcStruct(0, 16, 64));
    kernel.ioctl(fh, RPC, AT, memory, { rounds: 1, pid });
  }
  assertEquals(kernel.release(fh), 0);
});

Deno.test("a later round without its call is EIO, not another's call", async () => {
  const { kernel } = await served();
  const fh = opened(kernel);
  const round = (size: number, data: number, pid: number) => {
    const { body } = kernel.send(
      OP.IOCTL,
      new Uint8Array([
        ...words(fh, 2, RPC, AT, size, 0),
        ...new Uint8Array(data),
      ]),
      pid,
    );
    return new DataView(body.buffer, body.byteOffset).getInt32(0, true);
  };
  assertEquals(round(32, 32, 1), -ERRNO.EIO);
  // One that brings other bytes than were asked for ends too.
  kernel.ioctl(fh, RPC, AT, memoryOf(rpcStruct(0, 16, 64)), { rounds: 1 });
  assertEquals(round(3, 3, 77), -ERRNO.EIO);
});

Deno.test("the taint names who asked, and scope 3 asks for the caller's own capability", async () => {
  const asked: number[] = [];
  const { host, kernel } = await served({
    ...NOBODY,
    capSysRawio: (pid) => {
      asked.push(pid);
      return pid === 8;
    },
  });
  const fh = opened(kernel);
  const memory = memoryOf(rpcStruct(3, 16, 64));
  memory.write(IN, QUERY);
  assertEquals(kernel.ioctl(fh, RPC, AT, memory, { pid: 9 }), -ERRNO.EPERM);
  assertEquals(host.log, []);
  assertEquals(kernel.ioctl(fh, RPC, AT, memory, { pid: 8 }), 0);
  assertEquals(host.log, [
    "fwctl fwctl0: mstconfig(8): has requested full access to the physical device",
  ]);
  assert(asked.length > 0 && asked.every((pid) => pid === 8 || pid === 9));
});

Deno.test("a long answer is written past the kernel, or refused before anything runs", async () => {
  const length = 300 << 10;
  const call = async (callers: (memory: () => ModelMemory) => Callers) => {
    let memory = new ModelMemory();
    const { kernel } = await served(callers(() => memory));
    const fh = opened(kernel);
    memory = memoryOf(rpcStruct(0, length, length), length);
    memory.write(IN, QUERY);
    memory.write(OUT, new Uint8Array(length).fill(0xaa));
    const ret = kernel.ioctl(fh, RPC, AT, memory);
    return { ret, last: memory.read(OUT + BigInt(length - 1), 1)?.[0] };
  };
  assertEquals(await call(() => NOBODY), { ret: -ERRNO.ENOMEM, last: 0xaa });
  const reached = await call((memory) => ({
    ...NOBODY,
    reachable: () => true,
    write: (_pid, { address, bytes }) =>
      bytes && memory().write(address, bytes) ? 0 : -ERRNO.EFAULT,
  }));
  assertEquals(reached, { ret: 0, last: 0 });
});

Deno.test("32-bit callers, polls and unknown messages get what a fwctl device gives", async () => {
  const { kernel } = await served();
  const fh = opened(kernel);
  const memory = memoryOf(words(24, 0, 0, 0, 0n));
  const compat = kernel.ioctl(fh, INFO, AT, memory, { flags: 11 });
  assertEquals(compat, -ERRNO.ENOTTY);
  assertEquals(kernel.ioctl(fh, 0x9a02, AT, memory), -ERRNO.ENOTTY);
  // Always ready, as a device without a poll of its own.
  assertEquals(kernel.send(OP.POLL, new Uint8Array(24)).error, -ERRNO.ENOSYS);
  assertEquals(kernel.send(OP.READ, new Uint8Array(40)).error, -ERRNO.EINVAL);
  assertEquals(
    kernel.send(OP.INTERRUPT, new Uint8Array(8)).error,
    -ERRNO.ENOSYS,
  );
  assertEquals(kernel.send(4711, new Uint8Array(8)).error, -ERRNO.ENOSYS);
});

Deno.test("nobody waits for the answer to a FORGET", async () => {
  const { device } = await served();
  const { reply } = device.handle(message(OP.FORGET, 9n, new Uint8Array(8)));
  assertEquals(reply, undefined);
});

Deno.test("a device that the model unplugged is gone for new callers, and ENODEV for old ones", async () => {
  const { host, device, kernel } = await served();
  const fh = opened(kernel);
  assert(device.registered);
  assert(host.unplug("0000:3b:00.0"));
  assert(!device.registered);
  assertEquals(kernel.open(), -ERRNO.ENODEV);
  const memory = memoryOf(words(24, 0, 0, 0, 0n));
  assertEquals(kernel.ioctl(fh, INFO, AT, memory), -ERRNO.ENODEV);
  assertEquals(kernel.release(fh), 0);
  assertEquals(device.files, 0);
});

Deno.test(`${MANY} hostile messages to a device: it answers, and serves on`, async () => {
  const { kernel, device } = await served();
  const fh = opened(kernel);
  const next = random(0xfeed);
  const opcodes = [...Object.values(OP).filter((op) => op !== OP.INIT), 99];
  let replies = 0;
  for (let run = 0; run < RUNS; run++) {
    const opcode = opcodes[next() % opcodes.length] ?? 0;
    let body = noiseOf(next, next() % 100);
    if (opcode === OP.IOCTL && next() % 4) {
      const size = next() % 3 ? 0 : next() % 40;
      const cmd = next() % 2 ? INFO : RPC;
      body = new Uint8Array([
        ...words(fh, 2, cmd, AT, size, next() % 2 ? 0 : next() % 200),
        ...noiseOf(next, size),
      ]);
    }
    // A release of the good file would end it.
    if (opcode === OP.RELEASE && body[0] === 1) body[1] = 1;
    const { reply } = device.handle(message(opcode, BigInt(run + 1), body));
    if (reply) replies++;
  }
  assert(replies > RUNS / 2 && replies < RUNS, `${replies} replies`);
  const memory = memoryOf(words(24, 0, 0, 8, OUT));
  assertEquals(kernel.ioctl(fh, INFO, AT, memory), 0);
});
