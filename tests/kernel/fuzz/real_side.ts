/**
 * The kernel we run on as a side.
 *
 * @module
 */
import { LAB_TYPES } from "../../oracle/lab_types.ts";
import type { LabMemory } from "../../oracle/lab_memory.ts";
import { pathHere, type RealDevice } from "../real/devices.ts";
import { RealMachine } from "../real/session.ts";
import type { FuzzCase } from "./case.ts";
import type { Side } from "./side.ts";

const CAP_SYS_RAWIO = 1n << 17n;
const PAGE = 4096;
const PROT_READ = 1;
const MAP_SHARED = 1;
const O_WRONLY = 1;
/** Under a folder that does not exist: no flag of open(2) can make a file of it. */
const NOWHERE = "/dev/fwctl/unbound/none";

/** All of it, for as long as the process lives. */
export class RealSide implements Side {
  readonly #machine = new RealMachine();
  readonly #byte = new Uint8Array(1);
  readonly #found = new Map<string, RealDevice>();
  readonly #names = new Map<RealDevice, string | undefined>();
  readonly #fds = new Set<number>();
  #device: RealDevice | undefined;
  #nocap = false;

  get memory(): LabMemory {
    return this.#machine.memory;
  }

  begin({ type, id, nocap }: FuzzCase): void {
    const index = LAB_TYPES[type]?.target(id) ?? 0;
    // Looked for once: while it is unbound it cannot be found by its number.
    const key = `${type} ${index}`;
    const device = this.#found.get(key) ??
      this.#machine.devices.find(type, index);
    if (!device) throw new Error(`there is no device ${key} here`);
    this.#found.set(key, device);
    this.#device = device;
    if (!this.#names.has(device)) this.#look(device);
    this.#nocap = nocap;
    if (nocap) this.#capability(false);
  }

  #look(device: RealDevice): void {
    this.#names.set(device, this.#machine.devices.bound(device));
  }

  #capability(there: boolean): void {
    const ret = this.#machine.libc.setCapabilities((effective) =>
      there ? effective | CAP_SYS_RAWIO : effective & ~CAP_SYS_RAWIO
    );
    if (ret < 0) throw new Error("CAP_SYS_RAWIO cannot be changed");
  }

  open(flags: number): number {
    const name = this.name();
    const path = name === undefined ? NOWHERE : `/dev/fwctl/${name}`;
    return this.#opened(this.#machine.libc.open(path, flags));
  }

  #opened(fd: number): number {
    if (fd >= 0) this.#fds.add(fd);
    return fd;
  }

  close(fd: number): number {
    this.#fds.delete(fd);
    return this.#machine.libc.close(fd);
  }

  dup(fd: number): number {
    return this.#opened(this.#machine.libc.dup(fd));
  }

  ioctl(fd: number, cmd: number, arg: bigint): number {
    return this.#machine.libc.ioctl(fd, cmd, arg);
  }

  read0(fd: number): number {
    return this.#machine.libc.read(fd, this.#byte);
  }

  write0(fd: number): number {
    return this.#machine.libc.write(fd, this.#byte);
  }

  lseek0(fd: number): number {
    return this.#machine.libc.rewind(fd);
  }

  mmap0(fd: number): number {
    return this.#machine.libc.mmap(0n, PAGE, PROT_READ, MAP_SHARED, fd);
  }

  write(path: string, text: string): number {
    const { libc } = this.#machine;
    const said = text.replace("cxl_mem.N", this.#device?.bindName ?? text);
    const fd = libc.open(pathHere(path), O_WRONLY);
    if (fd < 0) return -1;
    const ret = libc.write(fd, new TextEncoder().encode(said));
    libc.close(fd);
    this.#machine.devices.changed();
    if (this.#device) this.#look(this.#device);
    return ret < 0 ? -1 : 0;
  }

  name(): string | undefined {
    return this.#device && this.#names.get(this.#device);
  }

  end(): void {
    for (const fd of this.#fds) this.#machine.libc.close(fd);
    this.#fds.clear();
    if (this.#nocap) this.#capability(true);
    this.#nocap = false;
  }
}
