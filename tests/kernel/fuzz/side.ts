/**
 * One of the two that are held against each other: a machine with fwctl devices
 * and one case's descriptors.
 *
 * @module
 */
import { ModelProcess } from "../../../lib/model/process.ts";
import { ERRNO } from "../../../lib/uapi/errno.ts";
import { Lab, type LabDevice, type LabOptions } from "../../oracle/lab.ts";
import { LabMemory } from "../../oracle/lab_memory.ts";
import { LAB_TYPES } from "../../oracle/lab_types.ts";
import type { LabType } from "../../oracle/lab.ts";
import type { FuzzCase } from "./case.ts";

/** A machine. Calls give a value, or a negated errno. */
export interface Side {
  /** The recordings' regions. */
  readonly memory: LabMemory;
  /** Begins a case: no descriptor is open. */
  begin(fuzzCase: FuzzCase): void;
  /** open(2) of the case's device. */
  open(flags: number): number;
  /** close(2). */
  close(fd: number): number;
  /** dup(2). */
  dup(fd: number): number;
  /** ioctl(2). */
  ioctl(fd: number, cmd: number, arg: bigint): number;
  /** read(2) of one byte. */
  read0(fd: number): number;
  /** write(2) of one byte. */
  write0(fd: number): number;
  /** lseek(2). */
  lseek0(fd: number): number;
  /** mmap(2) of a page, for reading. */
  mmap0(fd: number): number;
  /** Writes a file of sysfs; 0 or -1, as nobody promises the errno. */
  write(path: string, text: string): number;
  /** Name of the case's device, or nothing while it has no driver. */
  name(): string | undefined;
  /** Ends a case: closes what is open. */
  end(): void;
}

/** The model as a side. */
export class ModelSide implements Side {
  readonly memory: LabMemory;
  readonly #lab: Lab;
  #device: LabDevice | undefined;
  #process: ModelProcess;

  /** A freshly booted lab. */
  constructor(
    options: LabOptions,
    types: Readonly<Record<string, LabType>> = LAB_TYPES,
    memory: LabMemory = new LabMemory(),
  ) {
    this.memory = memory;
    this.#lab = new Lab(types, options);
    this.#process = this.#newProcess(false);
  }

  #newProcess(nocap: boolean): ModelProcess {
    return new ModelProcess(this.#lab.core, { capSysRawio: !nocap, uid: 0 });
  }

  begin({ type, id, nocap }: FuzzCase): void {
    const kind = this.#lab.type(type);
    this.#device = kind && this.#lab.device(type, kind.target(id));
    this.#process = this.#newProcess(nocap);
  }

  open(flags: number): number {
    return this.#process.open(this.#device?.bound ?? "unbound", flags);
  }

  close(fd: number): number {
    return this.#process.close(fd);
  }

  dup(fd: number): number {
    return this.#process.dup(fd);
  }

  ioctl(fd: number, cmd: number, arg: bigint): number {
    return this.#process.ioctl(fd, cmd, arg, this.memory);
  }

  read0(fd: number): number {
    return this.#process.read(fd);
  }

  write0(fd: number): number {
    return this.#process.write(fd);
  }

  lseek0(fd: number): number {
    return this.#process.lseek(fd);
  }

  mmap0(fd: number): number {
    return this.#process.mmap(fd);
  }

  write(path: string, text: string): number {
    const target = this.#lab.bindTarget(path, text);
    if (!target) {
      const ret = this.#lab.writeFile(path, text) ?? -ERRNO.ENOENT;
      return ret < 0 ? -1 : 0;
    }
    const { device, bind } = target;
    if (bind === (device.bound !== undefined)) return -1;
    if (bind) device.bind();
    else device.unbind();
    return 0;
  }

  name(): string | undefined {
    return this.#device?.bound?.name;
  }

  end(): void {
    this.#process.exit();
  }
}
