/**
 * Gzip both ways, with a limit on what comes out.
 *
 * @module
 */
import { type Bytes, concatBytes } from "../bytes.ts";
import { DecodeError } from "../errors.ts";

/** Most bytes of an archive when it is unpacked. */
export const MOST_UNPACKED = 256 << 20;

/** Compressed; the same bytes give the same bytes. */
export async function gzip(bytes: Bytes): Promise<Bytes> {
  const stream = new Blob([bytes]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * Unpacked. It stops at the limit: a small file may hold endless zeros.
 *
 * @throws {DecodeError} when it is not gzip, is cut, or holds too much
 */
export async function gunzip(
  bytes: Bytes,
  most: number = MOST_UNPACKED,
): Promise<Bytes> {
  const stream = new Blob([bytes]).stream()
    .pipeThrough(new DecompressionStream("gzip"));
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of stream) {
      length += part.length;
      // Leaving the loop cancels the stream.
      if (length > most) break;
      parts.push(part);
    }
  } catch (cause) {
    throw new DecodeError("The file is not gzip, or it is damaged", {
      cause,
      hint: "Name a file that `fwctl bundle -o` wrote; was it copied whole?",
    });
  }
  if (length > most) {
    throw new DecodeError(`The archive unpacks to more than ${most} bytes`, {
      hint: "No bundle is that large: do not trust the file",
    });
  }
  return concatBytes(...parts);
}
