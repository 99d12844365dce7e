/**
 * A bundle as a file: its parts and the manifest in a tar, compressed.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { DecodeError } from "../errors.ts";
import type { PlainData } from "../plain.ts";
import { parseJson } from "../trust/json.ts";
import { sha256 } from "../trust/statement.ts";
import { gunzip, gzip } from "./gzip.ts";
import {
  type Entry,
  type Manifest,
  MANIFEST_PATH,
  manifestData,
  readManifest,
} from "./manifest.ts";
import { type Member, readTar, writeTar } from "./tar.ts";

/** A part before it is in an archive. */
export interface Content extends Entry {
  /** What was read. */
  readonly data: PlainData;
}

/** A bundle: its manifest, and what its parts hold, by path. */
export interface Bundle {
  /** The manifest. */
  readonly manifest: Manifest;
  /** Every part's data. */
  readonly data: ReadonlyMap<string, PlainData>;
}

/** A bundle and the file of it. */
export interface PackedBundle extends Bundle {
  /** The file's bytes. */
  readonly bytes: Bytes;
  /** Their digest. */
  readonly sha256: string;
}

/**
 * Packs what was collected; the same input gives the same bytes.
 *
 * @param about the manifest without its parts
 * @param seconds the time that members get, since 1970
 */
export async function packBundle(
  contents: readonly Content[],
  about: Omit<Manifest, "parts">,
  seconds: number,
): Promise<PackedBundle> {
  const sorted = [...contents].sort((a, b) => a.path < b.path ? -1 : 1);
  const members: Member[] = sorted.map(({ path, data }) => ({
    path,
    data: jsonBytes(data),
  }));
  const parts = await Promise.all(sorted.map(async (entry, index) => {
    const { path, title, device } = entry;
    const data = members[index]?.data ?? new Uint8Array();
    return {
      path,
      title,
      device,
      bytes: data.length,
      sha256: await sha256(data),
    };
  }));
  const manifest: Manifest = { ...about, parts };
  members.push({
    path: MANIFEST_PATH,
    data: jsonBytes(manifestData(manifest)),
  });
  const bytes = await gzip(writeTar(members, seconds));
  return {
    manifest,
    data: new Map(sorted.map(({ path, data }) => [path, data])),
    bytes,
    sha256: await sha256(bytes),
  };
}

function jsonBytes(data: PlainData): Bytes {
  return new TextEncoder().encode(`${JSON.stringify(data, null, 1)}\n`);
}

/**
 * Reads the file of a bundle, which may come from anybody: sizes, paths and
 * digests are checked, and that the manifest names all of it and nothing else.
 *
 * @throws {DecodeError}
 */
export async function readBundle(bytes: Bytes): Promise<PackedBundle> {
  const members = new Map(
    readTar(await gunzip(bytes)).map(({ path, data }) => [path, data]),
  );
  const first = members.get(MANIFEST_PATH);
  if (!first) throw bad(`it has no ${MANIFEST_PATH}`);
  members.delete(MANIFEST_PATH);
  const manifest = readManifest(json(first, MANIFEST_PATH));
  const data = new Map<string, PlainData>();
  for (const part of manifest.parts) {
    const member = members.get(part.path);
    if (!member) throw bad(`${part.path} is not in it`);
    if (member.length !== part.bytes || await sha256(member) !== part.sha256) {
      throw bad(`${part.path} is not what its digest in the manifest is of`);
    }
    data.set(part.path, json(member, part.path));
    members.delete(part.path);
  }
  const [more] = members.keys();
  if (more !== undefined) throw bad(`the manifest does not name ${more}`);
  return { manifest, data, bytes, sha256: await sha256(bytes) };
}

function json(bytes: Bytes, path: string): PlainData {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw bad(`${path} is not UTF-8 text`, cause);
  }
  try {
    return parseJson(text, path);
  } catch (cause) {
    throw bad(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function bad(problem: string, cause?: unknown): DecodeError {
  return new DecodeError(`The bundle is damaged: ${problem}`, {
    cause,
    hint: "It was changed after it was made, or is another file",
  });
}
