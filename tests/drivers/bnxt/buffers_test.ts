/** Requests with buffers: Linux 7.3's kernel side, its stub, and the flat form they have everywhere else. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Bytes, concatBytes } from "../../../lib/bytes.ts";
import { UsageError } from "../../../lib/errors.ts";
import { ModelMemory } from "../../../lib/model/memory.ts";
import { ERRNO } from "../../../lib/uapi/errno.ts";
import { BNXT_UCTX_CAPS, bnxtKernelOps } from "../../../drivers/bnxt/kernel.ts";
import { filledBytes, frame, roomFor } from "../../../drivers/bnxt/payload.ts";
import { newRequest, reqTypeOf } from "../../../drivers/bnxt/protocol.ts";
import { StubDevice } from "../../../drivers/bnxt/stub.ts";
import { allowList } from "../../../drivers/bnxt/tables/allow_list.ts";
import {
  type BufferCommand,
  bufferRows,
  buffersOf,
  MAX_BUFFER_BYTES,
} from "../../../drivers/bnxt/tables/buffers.ts";
import { commandNames, layoutOf } from "../../../drivers/bnxt/tables/hwrm.ts";
import { EXAMPLE_BYTES, exampleOf } from "./buffers_fixture.ts";
import { MANY, noiseOf, random, RUNS } from "../../hostile.ts";

const COMMANDS: readonly BufferCommand[] = bufferRows().map(({ code }) => {
  const found = buffersOf(code);
  assert(found);
  return found;
});

/** A stub under a kernel, and memory with the buffers of one request. */
function lab(kernel: "7.2" | "7.3" = "7.3") {
  const stub = new StubDevice();
  const ops = bnxtKernelOps(stub, kernel);
  const uctx = ops.open_uctx();
  assert(typeof uctx === "object");
  /** Sends a struct at a scope; `left` names buffers that are not mapped. */
  const send = (
    struct: Bytes,
    { scope = 3, room = 64, left = [] as readonly number[] } = {},
  ) => {
    const request = struct.slice();
    const view = new DataView(request.buffer);
    const memory = new ModelMemory();
    const buffers = (buffersOf(reqTypeOf(struct))?.buffers ?? [])
      .map(({ address }, index) => {
        const bytes = new Uint8Array(MAX_BUFFER_BYTES).fill(0xaa);
        const at = BigInt(index + 1) << 32n;
        if (!left.includes(index)) memory.map({ address: at, bytes });
        if (request.length >= address + 8) view.setBigUint64(address, at, true);
        return bytes;
      });
    const result = ops.fw_rpc(uctx, scope, request, room, memory);
    return { result, buffers };
  };
  return { stub, ops, uctx, send };
}

/** The struct of an example, without what is read. */
function structOf({ name, size }: BufferCommand): Bytes {
  return exampleOf(name).slice(0, size);
}

Deno.test("32 commands have 36 buffers, each where the header has its members", () => {
  assertEquals(COMMANDS.length, 32);
  assertEquals(COMMANDS.flatMap(({ buffers }) => buffers).length, 36);
  for (const { code, name, scope } of COMMANDS) {
    assertEquals(commandNames().get(code), name);
    assertEquals(allowList().get(code)?.scope, scope);
    assertEquals(allowList("7.2").has(code), false);
  }
  const fixed = buffersOf(0x23)?.buffers.map(({ bytes }) => bytes);
  assertEquals(
    fixed,
    ["tx", "rx"].map((way) => layoutOf(`${way}_port_stats`).bits / 8),
  );
});

Deno.test("Linux 7.3 says that it takes them, and has a request more and longer times; nothing of 7.2 is gone", () => {
  assertEquals(BNXT_UCTX_CAPS, { "7.2": 7, "7.3": 15 });
  const old = allowList("7.2");
  const plain = [...allowList()].filter(([, { buffers }]) => !buffers);
  assertEquals(
    plain.filter(([code]) => !old.has(code)).map(([, { name }]) => name),
    ["DBG_COREDUMP_INITIATE"],
  );
  for (const [code, { scope }] of old) {
    assertEquals(allowList().get(code)?.scope, scope);
  }
  assertEquals(
    [...allowList().values()].filter(({ timeout }) => timeout === 60_000)
      .map(({ name }) => name).sort(),
    [
      "DBG_COREDUMP_INITIATE",
      "DBG_COREDUMP_LIST",
      "DBG_COREDUMP_RETRIEVE",
      "DBG_SERDES_TEST",
      "FW_HEALTH_CHECK",
      "FW_SYNC",
      "NVM_DEFRAG",
      "NVM_ERASE_DIR_ENTRY",
      "NVM_FACTORY_DEFAULTS",
      "NVM_FLUSH",
      "NVM_MOD_DIR_ENTRY",
      "NVM_RAW_WRITE_BLK",
      "NVM_VERIFY_UPDATE",
      "NVM_WRITE",
      "SELFTEST_RETRIEVE_SERDES_DATA",
    ],
  );
});

for (const command of COMMANDS) {
  Deno.test(`${command.name}: size and lengths first, then scope, then memory, then the firmware`, () => {
    const { stub, send } = lab();
    const { size, scope, buffers } = command;
    const struct = structOf(command);
    const errno = (...args: Parameters<typeof send>): number => {
      const { result } = send(...args);
      return typeof result === "number" ? -result : 0;
    };
    // Nobody asks for the scope before the size is right.
    for (const length of [size - 8, size + 8]) {
      const other = new Uint8Array(length);
      other.set(struct.subarray(0, length));
      assertEquals(errno(other, { scope: 0 }), ERRNO.EINVAL);
    }
    for (const { length, unit } of buffers) {
      if (!length) continue;
      const most = Math.floor(MAX_BUFFER_BYTES / unit);
      const view = (count: number) => {
        const bytes = struct.slice();
        const data = new DataView(bytes.buffer);
        if (length.width === 2) data.setUint16(length.offset, count, true);
        else data.setUint32(length.offset, count, true);
        return bytes;
      };
      assertEquals(errno(view(0), { scope: 0 }), ERRNO.EINVAL);
      if (length.width === 2 && unit === 1) {
        assertEquals(errno(view(0xffff)), 0);
      } else {
        assertEquals(errno(view(most)), 0);
        assertEquals(errno(view(most + 1), { scope: 0 }), ERRNO.EINVAL);
      }
    }
    if (scope > 0) assertEquals(errno(struct, { scope: scope - 1 }), 1);
    assertEquals(errno(struct, { scope }), 0);
    stub.flags = 8;
    assertEquals(errno(struct), 1, "stopped");
    stub.flags = 0;
    for (const [index, { reads }] of buffers.entries()) {
      stub.last_timeout = 0;
      assertEquals(errno(struct, { left: [index] }), ERRNO.EFAULT);
      assertEquals(
        stub.last_timeout === 0,
        reads,
        "the firmware has run when what it filled cannot be given back",
      );
    }
    assertEquals(lab("7.2").send(struct).result, -1, "7.2 knows none of them");
  });

  Deno.test(`${command.name}: the stub counts what it reads and fills what it is to fill; flat it is the same`, () => {
    const { send, ops, uctx } = lab();
    const { code, buffers, size } = command;
    const flat = exampleOf(command.name);
    const payload = flat.subarray(size);
    const struct = flat.slice(0, size);
    let sum = code;
    for (const byte of struct.subarray(8)) sum += byte;
    for (const byte of payload) sum += byte;

    const framed = frame(flat, roomFor(flat));
    const memory = new ModelMemory();
    const view = new DataView(framed.request.buffer);
    framed.references.forEach(({ at, buffer }, index) => {
      const address = BigInt(index + 1) << 32n;
      memory.map({ address, bytes: buffer });
      view.setBigUint64(at, address, true);
    });
    const result = ops.fw_rpc(uctx, 3, framed.request, 64, memory);
    assert(typeof result === "object");
    assertEquals(result.out[8], sum & 0xff);
    const answer = framed.unframe(result.out);
    assertEquals(answer.length, 64 + filledBytes(flat));
    const filled = answer.subarray(64);
    let at = 0;
    for (const { reads, length, bytes } of buffers) {
      if (reads) continue;
      const own = length ? EXAMPLE_BYTES : bytes;
      for (let i = 0; i < own; i++) {
        assertEquals(filled[at + i], (code + i) & 0xff);
      }
      at += own;
    }
    assertEquals(at, filled.length);

    // A refusal fills all the same, an errno leaves zeros behind.
    const refused = struct.slice();
    refused.set([0x05, 0xee], 6);
    const lost = struct.slice();
    lost.set([0x05, 0xed], 6);
    for (const [index, { reads }] of buffers.entries()) {
      if (reads) continue;
      assertEquals(send(refused).buffers[index]?.[1], (code + 1) & 0xff);
      assertEquals(send(lost).buffers[index]?.[1], 0);
    }
  });
}

Deno.test("a message that is no request with buffers is sent as it is", () => {
  for (const message of [newRequest("VER_GET"), new Uint8Array(1)]) {
    const framed = frame(message, 704);
    assertEquals(framed.request, message);
    assertEquals([framed.capacity, framed.references], [704, []]);
    assertEquals(framed.unframe(message), message);
  }
});

Deno.test("a flat message of the wrong form is refused before anything is sent", () => {
  const write = exampleOf("NVM_WRITE");
  const read = exampleOf("NVM_READ");
  const changed = (bytes: Bytes, at: number, value: number) => {
    const other = bytes.slice();
    other[at] = value;
    return other;
  };
  const wrong: [Bytes, number, RegExp][] = [
    [write.slice(0, 55), 704, /has 56 bytes, not 55/],
    [changed(write, 16, 1), 704, /host_src_addr of NVM_WRITE is an address/],
    [write.slice(0, 60), 704, /dir_data_length .* says 48 .* payload has 4/],
    [write.slice(0, 56), 704, /payload of NVM_WRITE has 0 bytes/],
    [read, 55, /Room for 55 bytes is not enough/],
    [changed(read, 32, 0), 704, /is to fill 0 bytes, by its len/],
    [changed(read, 34, 2), 1e6, /is to fill 131120 bytes/],
    [concatBytes(read, new Uint8Array(1)), 1e6, /no buffer that the firmware/],
  ];
  for (const [message, room, what] of wrong) {
    const error = assertThrows(() => frame(message, room), UsageError);
    assert(what.test(error.message), error.message);
    assert(error.hint);
  }
});

Deno.test("the length of a payload is filled in, in its own units; an option of NVM gets a byte for each bit", () => {
  const group = newRequest("SCH_GRP_CFG");
  const framed = frame(concatBytes(group, new Uint8Array(6)), 704);
  assertEquals(framed.request[18], 3);
  assertThrows(
    () => frame(concatBytes(group, new Uint8Array(5)), 704),
    UsageError,
    "5 bytes",
  );
  const option = newRequest("NVM_SET_VARIABLE", { data_len: 10 });
  const [reference] =
    frame(concatBytes(option, Uint8Array.of(1, 2)), 704).references;
  assertEquals(reference?.buffer, Uint8Array.of(1, 2, 0, 0, 0, 0, 0, 0, 0, 0));
});

Deno.test(`${MANY} random messages: a frame that the kernel takes, or a typed error`, () => {
  const next = random(64);
  const noise = noiseOf(next, 4096);
  const { ops, uctx } = lab();
  let framed = 0;
  for (let run = 0; run < RUNS; run++) {
    const command = COMMANDS[next() % COMMANDS.length];
    assert(command);
    const message = next() % 4
      ? exampleOf(command.name)
      : noise.slice(next() % 2048).slice(0, next() % 200);
    if (message.length > 1) message.set([command.code, command.code >> 8]);
    if (next() % 4 === 0) message[next() % message.length] = next();
    try {
      const room = next() % 8 ? roomFor(message) : next() % 1000;
      const { request, references, capacity, unframe } = frame(message, room);
      framed++;
      const memory = new ModelMemory();
      const view = new DataView(request.buffer);
      references.forEach(({ at, buffer }, index) => {
        const address = BigInt(index + 1) << 32n;
        memory.map({ address, bytes: buffer });
        view.setBigUint64(at, address, true);
      });
      const named = buffersOf(reqTypeOf(request));
      const result = ops.fw_rpc(uctx, 3, request, capacity, memory);
      if (!named || request.length < named.size) continue;
      assert(typeof result === "object", `run ${run}: ${result}`);
      assertEquals(unframe(result.out).length, room);
    } catch (error) {
      assert(error instanceof UsageError, `run ${run}: ${error}`);
    }
  }
  assert(framed > RUNS / 4 && framed < RUNS, `${framed} framed`);
});
