/**
 * The bundle as a folder, and as an archive.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path/posix";
import { tarHeader, tarPadding } from "../../lib/bundle/tar.ts";
import { bytesOf, type Entry, FOLDER } from "./contents.ts";

/**
 * Writes the files into a folder that is not there yet.
 *
 * @param link link to large files instead of copying them
 */
export function stage(
  entries: readonly Entry[],
  folder: string,
  link = false,
): void {
  for (const entry of entries) {
    const path = `${folder}/${entry.path}`;
    Deno.mkdirSync(dirname(path), { recursive: true });
    if (link && entry.path === "bin/deno" && "file" in entry.data) {
      Deno.symlinkSync(entry.data.file, path);
      continue;
    }
    Deno.writeFileSync(path, bytesOf(entry));
    // Whatever the umask is: others run it too.
    Deno.chmodSync(path, entry.program ? 0o755 : 0o644);
  }
}

/**
 * Writes the archive; the same files and time give the same bytes.
 *
 * @param seconds the time of every file, since 1970
 * @returns its sha256, and its size in bytes
 */
export async function archive(
  entries: readonly Entry[],
  file: string,
  seconds: number,
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  using out = await Deno.create(file);
  const packed = ReadableStream.from(tar(entries, seconds))
    .pipeThrough(new CompressionStream("gzip"));
  for await (const part of packed) {
    hash.update(part);
    bytes += part.length;
    for (let at = 0; at < part.length;) {
      at += await out.write(part.subarray(at));
    }
  }
  return { sha256: hash.digest("hex"), bytes };
}

function* tar(
  entries: readonly Entry[],
  seconds: number,
): Generator<Uint8Array<ArrayBuffer>> {
  // Folders are in it, for their mode: else the umask of whoever unpacks it is theirs.
  const folders = new Set<string>();
  for (const { path } of entries) {
    for (let at = path.indexOf("/"); at > 0; at = path.indexOf("/", at + 1)) {
      folders.add(path.slice(0, at));
    }
  }
  for (const path of ["", ...[...folders].sort().map((each) => `/${each}`)]) {
    yield tarHeader(`${FOLDER}${path}/`, 0, seconds, {
      mode: 0o755,
      kind: "5",
    });
  }
  for (const entry of entries) {
    const data = new Uint8Array(bytesOf(entry));
    const mode = entry.program ? 0o755 : 0o644;
    yield tarHeader(`${FOLDER}/${entry.path}`, data.length, seconds, { mode });
    yield data;
    yield new Uint8Array(tarPadding(data.length));
  }
  yield new Uint8Array(1024);
}
