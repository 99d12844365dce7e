/** Recordings of the real kernel, replayed through CUSE's rounds. */
import { assert, assertEquals } from "@std/assert";
import { type Callers, CuseDevice } from "../../lib/cuse/device.ts";
import {
  type DeviceNodeInode,
  type FwctlContext,
  FwctlCore,
  type FwctlDevice,
} from "../../lib/model/core.ts";
import { type Credentials, ModelProcess } from "../../lib/model/process.ts";
import type { UserMemory } from "../../lib/model/types.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { replayFile, type ReplayOptions } from "../oracle/replay.ts";
import { fromFileUrl } from "../paths.ts";
import { KernelSide } from "./kernel_side.ts";

const FOLDER = new URL("../fixtures/oracle/", import.meta.url);

/** A process whose devices are CUSE's, as one thread of a machine. */
class CuseProcess extends ModelProcess {
  readonly #behind: BehindCuse;

  constructor(core: FwctlCore, credentials: Credentials) {
    const behind = new BehindCuse(core, credentials);
    super(behind, credentials);
    this.#behind = behind;
  }

  protected override deviceIoctl(
    context: FwctlContext,
    cmd: number,
    arg: bigint,
    memory: UserMemory,
  ): number {
    return this.#behind.ioctl(context, cmd, arg, memory);
  }
}

/** What stands where the fwctl core stood: CUSE, with a channel for each device. */
class BehindCuse extends FwctlCore {
  readonly #core: FwctlCore;
  readonly #callers: Callers;
  readonly #sides = new Map<FwctlDevice, KernelSide>();
  #memory: UserMemory | undefined;

  constructor(core: FwctlCore, { capSysRawio }: Credentials) {
    super();
    this.#core = core;
    this.#callers = {
      capSysRawio: () => capSysRawio,
      comm: () => "deno",
      reachable: () => true,
      write: (_pid, { address, length, bytes }) =>
        (bytes
            ? this.#memory?.write(address, bytes)
            : this.#memory?.clear(address, length))
          ? 0
          : -ERRNO.EFAULT,
    };
  }

  override find(name: string): FwctlDevice | undefined {
    return this.#core.find(name);
  }

  override open(inode: DeviceNodeInode): FwctlContext | number {
    const device = inode.cdev ??
      this.#core.devices().find(({ number }) => number === inode.minor);
    if (!device) return -ERRNO.ENXIO;
    const fh = this.#side(device).open();
    return typeof fh === "number" ? fh : { device, driver: fh };
  }

  override release({ device, driver }: FwctlContext): void {
    assertEquals(this.#side(device).release(driver as bigint), 0);
  }

  ioctl(
    { device, driver }: FwctlContext,
    cmd: number,
    arg: bigint,
    memory: UserMemory,
  ): number {
    this.#memory = memory;
    return this.#side(device).ioctl(driver as bigint, cmd, arg, memory);
  }

  #side(device: FwctlDevice): KernelSide {
    let side = this.#sides.get(device);
    if (!side) {
      const name = { name: `fwctl/${device.name}`, major: 0, minor: 0 };
      side = new KernelSide(
        new CuseDevice(this.#core, device, this.#callers, name),
      );
      this.#sides.set(device, side);
    }
    return side;
  }
}

const NOCAP = { nocap: true };

const RECORDINGS: readonly [string, Partial<ReplayOptions>, number][] = [
  ["mlx5-random", {}, 3145],
  ["mlx5-random-nocap", NOCAP, 753],
  ["pds-random", {}, 2836],
  ["pds-nocap", NOCAP, 10],
  ["bnxt-random-nocap", NOCAP, 1055],
  ["cxl-random", {}, 1127],
];

for (const [name, how, steps] of RECORDINGS) {
  Deno.test(`behind CUSE the model answers all ${steps} steps of ${name} as the kernel did`, async () => {
    const reports: string[] = [];
    const { passed, failed } = await replayFile(
      fromFileUrl(new URL(`${name}.jsonl.gz`, FOLDER)),
      {
        features: false,
        nocap: false,
        nobody: false,
        only: undefined,
        process: (core, credentials) => new CuseProcess(core, credentials),
        ...how,
      },
      (text) => reports.push(text),
    );
    assertEquals(reports.slice(0, 5), []);
    assertEquals([passed, failed], [steps, 0]);
    assert(steps > 0);
  });
}
