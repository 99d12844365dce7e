/**
 * Random sequences of calls against the model, held to what must be true of any
 * sequence at all. The seed is fixed; fast-check prints the shortest failure.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Bytes } from "../../lib/bytes.ts";
import { FwctlCore, type FwctlDevice } from "../../lib/model/core.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { type Mlx5Core, mlx5KernelOps } from "../../drivers/mlx5/kernel.ts";
import { StubDevice } from "../../drivers/mlx5/stub.ts";
import { leastScope } from "../../drivers/mlx5/tables/allow_list.ts";
import { TestProcess, UNMAPPED } from "./core_fixture.ts";

/** A command the firmware saw: opcode, uid, op_mod. */
type Seen = readonly [number, number, number];

/** The stub with an eye on it. */
class WatchedCore implements Mlx5Core {
  readonly stub = new StubDevice({ max_live: 3 });
  readonly uctx_cap = this.stub.uctx_cap;
  readonly seen: Seen[] = [];

  cmd_do(in_: Bytes, out: Bytes): number {
    const view = new DataView(in_.buffer, in_.byteOffset, in_.byteLength);
    this.seen.push([view.getUint16(0), view.getUint16(2), view.getUint16(6)]);
    return this.stub.cmd_do(in_, out);
  }
}

const LENGTHS = [0, 15, 16, 17, 32, 4096, 4097, 0x200000, 0x200001, 0xffffffff];
const PLACES = [0x20000n, 0x30000n, 0x10000n, 0x20ff0n, UNMAPPED, 0n, -1n];
const OPCODES = [0x100, 0x109, 0x805, 0xb0c, 0x80d, 0x820, 0xa04, 0xa06, 0x101];
const index = fc.nat({ max: 3 });
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant("open"),
      index,
      flags: fc.constantFrom(
        0,
        1,
        2,
        3,
        2,
        2,
        0x200000,
        0x4002,
        0x10002,
        0x800,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant("reopen"), index, of: index }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant("dup"), index, of: index }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("close"), index }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("unplug") }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("plug") }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant("raw"),
      index,
      cmd: fc.constantFrom(0x5451, 0x5452, 0x9a02, 2, 0xffffffff),
      at: fc.constantFrom(...PLACES),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant("info"),
      index,
      length: fc.constantFrom(...LENGTHS),
      flags: fc.constantFrom(0, 0, 0, 1),
      at: fc.constantFrom(...PLACES),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      op: fc.constant("rpc"),
      index,
      scope: fc.constantFrom(0, 1, 1, 2, 3, 4, 0xffffffff),
      opcode: fc.oneof(fc.constantFrom(...OPCODES), fc.nat(0xffff)),
      uid: fc.nat(0xffff),
      op_mod: fc.oneof(
        fc.constantFrom(0, 1, 0xfe03, 0xfd05, 0xfd79),
        fc.nat(0xffff),
      ),
      in_len: fc.oneof(
        { weight: 3, arbitrary: fc.constant(32) },
        fc.constantFrom(...LENGTHS),
      ),
      out_len: fc.oneof(
        { weight: 3, arbitrary: fc.constant(32) },
        fc.constantFrom(...LENGTHS),
      ),
      inAt: fc.oneof(
        { weight: 5, arbitrary: fc.constant(PLACES[0]) },
        fc.constantFrom(...PLACES),
      ),
      outAt: fc.oneof(
        { weight: 5, arbitrary: fc.constant(PLACES[1]) },
        fc.constantFrom(...PLACES),
      ),
      size: fc.constantFrom(32, 32, 32, 24, 64, 0xffffffff),
    }),
  },
);
type RandomStep = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What must be known of an open file to say what its calls may answer. */
interface File {
  readonly device: FwctlDevice | undefined;
  readonly uid: number;
  references: number;
}

/** One run: the model, and beside it the little that must be true of it. */
class Run {
  readonly core = new FwctlCore({ tainted: 4096 });
  readonly firmware = new WatchedCore();
  readonly process: TestProcess;
  device: FwctlDevice | undefined;
  readonly fds = new Map<number, number>();
  readonly files = new Map<number, File>();
  taints = 0;
  readonly rawio: boolean;

  constructor(rawio: boolean) {
    this.rawio = rawio;
    this.process = new TestProcess(this.core, { capSysRawio: rawio });
    this.core.register(mlx5KernelOps(new StubDevice()));
    this.plug();
  }

  plug(): void {
    this.device ??= this.core.register(mlx5KernelOps(this.firmware));
  }

  adopt(index: number, fd: number, file: File | undefined): void {
    if (fd < 0) return;
    assert(!this.files.has(fd), "a descriptor is given out once");
    if (file) this.files.set(fd, file);
    const old = this.fds.get(index);
    if (old !== undefined) this.close(old);
    this.fds.set(index, fd);
  }

  close(fd: number): void {
    assertEquals(this.process.close(fd), 0);
    const file = this.files.get(fd);
    this.files.delete(fd);
    if (file) file.references--;
  }

  open(
    index: number,
    target: string | FwctlDevice,
    flags: number,
    device: FwctlDevice | undefined,
  ): void {
    const fd = this.process.open(target, flags);
    const path = (flags & 0x200000) !== 0;
    this.adopt(index, fd, {
      device: path ? undefined : device,
      uid: this.firmware.stub.creates,
      references: 1,
    });
    if (fd >= 0) return;
    const allowed: number[] = [
      ERRNO.ENOENT,
      ERRNO.ENOMEM,
      ERRNO.ENODEV,
      ERRNO.ENXIO,
      ERRNO.EINVAL,
      ERRNO.ENOTDIR,
    ];
    assert(allowed.includes(-fd), `open answered ${fd}`);
  }

  step(s: RandomStep): void {
    switch (s.op) {
      case "plug":
        return this.plug();
      case "unplug":
        if (this.device) this.core.unregister(this.device);
        this.device = undefined;
        return;
    }
    if (!("index" in s)) return;
    const fd = this.fds.get(s.index) ?? 99;
    if ("flags" in s && s.op === "open") {
      return this.open(s.index, this.device ?? "none", s.flags, this.device);
    }
    if ("of" in s) {
      const of = this.fds.get(s.of) ?? 99;
      const file = this.files.get(of);
      if (s.op === "dup") {
        if (file) file.references++;
        return this.adopt(s.index, this.process.dup(of), file);
      }
      // Through an O_PATH descriptor it may be whoever has the number now.
      return this.open(
        s.index,
        `/proc/self/fd/${of}`,
        2,
        file?.device ?? this.device,
      );
    }
    if (s.op === "close") {
      if (this.fds.has(s.index)) this.close(fd);
      else assertEquals(this.process.close(fd), -ERRNO.EBADF);
      this.fds.delete(s.index);
      return;
    }
    this.call(s, fd);
  }

  call(s: RandomStep, fd: number): void {
    const file = this.files.get(fd);
    const gone = file?.device !== undefined && !file.device.registered;
    const before = this.firmware.seen.length;
    const ret = this.ioctl(s, fd);
    const seen = this.firmware.seen.slice(before);
    assert(ret === 0 || (ret < 0 && ret >= -4095), `${s.op} answered ${ret}`);
    assert(seen.length <= (s.op === "rpc" ? 1 : 0));
    if (!file?.device) assertEquals(ret, -ERRNO.EBADF);
    if (gone && s.op !== "raw") {
      const early: number[] = [
        ERRNO.ENODEV,
        ERRNO.EINVAL,
        ERRNO.EFAULT,
        ERRNO.E2BIG,
      ];
      assert(early.includes(-ret), `unplugged, and ${s.op} answered ${ret}`);
      assertEquals(seen, []);
    }
    if (s.op !== "rpc" || !("scope" in s)) return;
    for (const [opcode, uid, op_mod] of seen) {
      assertEquals(uid, file?.uid, "the request carries the context's uid");
      assert((leastScope(opcode, op_mod) ?? 9) <= s.scope);
      assert(s.scope <= 3 && (s.scope < 3 || this.rawio));
    }
    const told = s.size !== 24 && s.size !== 0xffffffff && !gone;
    if (file?.device && told && s.in_len <= 0x200000 && s.out_len <= 0x200000) {
      if (s.scope === 2 || (s.scope === 3 && this.rawio)) this.taints = 1;
    }
  }

  ioctl(s: RandomStep, fd: number): number {
    if ("cmd" in s) {
      return this.process.ioctl(fd, s.cmd, s.at, this.process.memory);
    }
    if ("length" in s) return this.process.info(fd, s.length, s.flags, s.at);
    if (!("opcode" in s)) throw new TypeError(s.op);
    const request = new Uint8Array(32);
    const view = new DataView(request.buffer);
    view.setUint16(0, s.opcode);
    view.setUint16(2, s.uid);
    view.setUint16(6, s.op_mod);
    return this.process.rpc(fd, {
      request,
      scope: s.scope,
      in_len: s.in_len,
      out_len: s.out_len,
      size: s.size,
      inAt: s.inAt ?? 0n,
      outAt: s.outAt ?? 0n,
    });
  }

  check(): void {
    const { core, firmware } = this;
    assertEquals(core.log.length, this.taints);
    assertEquals(core.tainted, this.taints ? 4096 | 1 << 19 : 4096);
    const alive = new Set(
      [...this.files.values()].filter(({ device }) =>
        device?.registered && device === this.device
      ),
    );
    assertEquals(
      firmware.stub.live,
      alive.size,
      "a context for each open file",
    );
    const { creates, destroys, live } = firmware.stub;
    assertEquals(creates - destroys, live);
    const names = core.devices().map((device) => device.name);
    assertEquals(new Set(names).size, this.device ? 2 : 1);
  }
}

Deno.test("no sequence of calls makes the model throw, leak, taint twice or forget who asked", () => {
  const sequence = fc.array(step, { minLength: 5, maxLength: 40 });
  fc.assert(
    fc.property(fc.boolean(), sequence, (rawio, steps) => {
      const run = new Run(rawio);
      for (const s of steps) {
        run.step(s);
        run.check();
      }
      run.process.exit();
      run.files.clear();
      run.check();
      const numbers = run.core.devices().map((device) => device.number);
      if (!run.device) assertEquals(numbers, [0]);
    }),
    { numRuns: 3000, seed: 20_261_120 },
  );
});
