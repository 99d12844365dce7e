/**
 * The recordings' user memory as real memory: the same regions at the same
 * addresses, each followed by pages where nothing is mapped.
 *
 * @module
 */
import type { Bytes } from "../../../lib/bytes.ts";
import { LabMemory, REGIONS } from "../../oracle/lab_memory.ts";
import { errnoName, type RealLibc } from "./libc.ts";

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 0x01;
const MAP_FIXED_NOREPLACE = 0x100000;

/**
 * Maps all regions. What the kernel may only read is mapped twice: where it
 * looks, for reading, and elsewhere for us to write.
 *
 * @throws where an address is taken, which happens once a process
 */
export function mapRealMemory(libc: RealLibc): LabMemory {
  const map = (
    address: bigint,
    length: number,
    protection: number,
    fixed: number,
    fd: number,
  ): bigint => {
    const at = libc.mmap(address, length, protection, MAP_SHARED | fixed, fd);
    if (at < 0) {
      throw new Error(
        `memory at 0x${address.toString(16)} cannot be mapped: ${
          errnoName(at)
        }`,
      );
    }
    return BigInt(at);
  };
  return new LabMemory((name, address): Bytes => {
    const length = REGIONS.find(([known]) => known === name)?.[2] ?? 0;
    const fd = libc.memoryFile(name, length);
    if (fd < 0) throw new Error(`no memory for ${name}: ${errnoName(fd)}`);
    const readOnly = name === "ro";
    const both = PROT_READ | PROT_WRITE;
    const at = map(
      address,
      length,
      readOnly ? PROT_READ : both,
      MAP_FIXED_NOREPLACE,
      fd,
    );
    const ours = readOnly ? map(0n, length, both, 0, fd) : at;
    libc.close(fd);
    const pointer = Deno.UnsafePointer.create(ours);
    if (pointer === null) throw new Error(`${name} is at the address 0`);
    return new Uint8Array(
      Deno.UnsafePointerView.getArrayBuffer(pointer, length),
    );
  });
}
