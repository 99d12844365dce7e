/**
 * Tar as POSIX has it (ustar), as much as a bundle needs: plain files, short
 * names, nothing of who made it or when.
 *
 * @module
 */
import { type Bytes, concatBytes } from "../bytes.ts";
import { DecodeError, UsageError } from "../errors.ts";

/** A file in an archive. */
export interface Member {
  /** Its path, with `/`. */
  readonly path: string;
  /** What it holds. */
  readonly data: Bytes;
}

const BLOCK = 512;
/** Bytes of the name field. */
const NAME = 100;
/** Most members of an archive. */
export const MOST_MEMBERS = 20_000;
/** Lower-case names without anything that a file system or a shell may take for more. */
const PATH = /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/;

/** Whether a path may be in a bundle. */
export function isMemberPath(path: string): boolean {
  return path.length <= NAME && PATH.test(path);
}

/**
 * The archive: members sorted by path, so that the same members give the same
 * bytes.
 *
 * @param seconds when every member was made, since 1970
 * @throws {UsageError} for a path that may not be in it, or is there twice
 */
export function writeTar(members: readonly Member[], seconds: number): Bytes {
  const sorted = [...members].sort((a, b) => a.path < b.path ? -1 : 1);
  const parts: Uint8Array[] = [];
  let last = "";
  for (const { path, data } of sorted) {
    if (!isMemberPath(path) || path === last) {
      throw new UsageError(`${path} cannot be a name in an archive`, {
        hint: "Small letters, digits, . _ - and at most 100 characters; once",
      });
    }
    last = path;
    parts.push(tarHeader(path, data.length, seconds), data);
    parts.push(new Uint8Array(tarPadding(data.length)));
  }
  return concatBytes(...parts, new Uint8Array(2 * BLOCK));
}

/** What a header says besides name, size and time. */
export interface HeaderOptions {
  /** The permissions; 0644 when absent. */
  readonly mode?: number;
  /** "0" for a plain file, which it is when absent; "5" for a folder. */
  readonly kind?: "0" | "5";
}

/**
 * The block before a member's bytes.
 *
 * @param path at most 100 bytes
 * @param size of its bytes
 * @param seconds when it was made, since 1970
 * @throws {RangeError} for a longer path
 */
export function tarHeader(
  path: string,
  size: number,
  seconds: number,
  { mode = 0o644, kind = "0" }: HeaderOptions = {},
): Bytes {
  if (path.length > NAME) throw new RangeError(`${path} is too long for tar`);
  const block = new Uint8Array(BLOCK);
  const put = (at: number, text: string): void => {
    block.set(new TextEncoder().encode(text), at);
  };
  put(0, path);
  put(100, `${octal(mode, 7)}\0`);
  put(108, "0000000\0");
  put(116, "0000000\0");
  put(124, `${octal(size, 11)}\0`);
  put(136, `${octal(seconds, 11)}\0`);
  // The checksum counts its own field as blanks.
  put(148, " ".repeat(8));
  put(156, kind);
  put(257, "ustar\0" + "00");
  put(148, `${octal(sum(block), 6)}\0 `);
  return block;
}

function octal(value: number, digits: number): string {
  return Math.max(0, Math.trunc(value)).toString(8).padStart(digits, "0");
}

function sum(block: Uint8Array): number {
  return block.reduce((total, byte) => total + byte, 0);
}

/** How many zeros follow a member's bytes. */
export function tarPadding(size: number): number {
  return (BLOCK - size % BLOCK) % BLOCK;
}

/**
 * Reads an archive that may come from anybody. Only what {@linkcode writeTar}
 * writes is taken: no links, no folders, no paths that lead elsewhere.
 *
 * @throws {DecodeError} saying where it is not as it must be
 */
export function readTar(bytes: Bytes): Member[] {
  const members: Member[] = [];
  const seen = new Set<string>();
  let at = 0;
  for (;;) {
    const block = bytes.subarray(at, at + BLOCK);
    if (block.length < BLOCK) throw bad(at, "it is cut short");
    if (block.every((byte) => byte === 0)) break;
    const { path, size } = entry(block, at);
    if (seen.has(path)) throw bad(at, `${path} is in it twice`);
    if (members.length === MOST_MEMBERS) {
      throw bad(at, `it has more than ${MOST_MEMBERS} members`);
    }
    seen.add(path);
    at += BLOCK;
    if (at + size + tarPadding(size) > bytes.length) {
      throw bad(at, `${path} is cut short`);
    }
    members.push({ path, data: bytes.slice(at, at + size) });
    at += size + tarPadding(size);
  }
  if (bytes.subarray(at).some((byte) => byte !== 0)) {
    throw bad(at, "something follows its end");
  }
  return members;
}

function entry(
  block: Uint8Array,
  at: number,
): { readonly path: string; readonly size: number } {
  const unsummed = block.slice();
  unsummed.fill(0x20, 148, 156);
  if (number(block, 148, 8, at) !== sum(unsummed)) {
    throw bad(at, "the checksum of a header is wrong");
  }
  if (text(block, 257, 6) !== "ustar") throw bad(at, "it is not ustar");
  const kind = block[156];
  if (kind !== 0x30) throw bad(at, "it has something that is not a plain file");
  if (block.subarray(345, 500).some((byte) => byte !== 0)) {
    throw bad(at, "a path is too long");
  }
  const path = text(block, 0, NAME);
  if (!isMemberPath(path)) {
    throw bad(
      at,
      `${JSON.stringify(path.slice(0, 60))} is not a path of a bundle`,
    );
  }
  return { path, size: number(block, 124, 12, at) };
}

function text(block: Uint8Array, at: number, length: number): string {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return new TextDecoder("latin1").decode(
    end < 0 ? field : field.subarray(0, end),
  );
}

function number(
  block: Uint8Array,
  at: number,
  length: number,
  where: number,
): number {
  const digits = text(block, at, length).trim();
  if (!/^[0-7]{1,11}$/.test(digits)) throw bad(where, "a number is not octal");
  return Number.parseInt(digits, 8);
}

function bad(at: number, problem: string): DecodeError {
  return new DecodeError(
    `The archive is not a bundle: at byte ${at}, ${problem}`,
    { hint: "Make it with `fwctl bundle -o FILE.tar.gz`" },
  );
}
