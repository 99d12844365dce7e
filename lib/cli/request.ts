/**
 * A raw request from the command line: hex, a file, or standard input.
 *
 * @module
 */
import { type Bytes, concatBytes, fromHex } from "../bytes.ts";
import { UsageError } from "../errors.ts";
import { MAX_RPC_LEN } from "../uapi/fwctl.ts";
import { readBytes } from "./files.ts";

/**
 * The request's bytes.
 *
 * @param digits hex digits, or `-` for hex digits from standard input
 * @param file a file with the raw bytes
 * @throws {UsageError} unless exactly one is given and it is at most 2 MiB
 */
export function requestBytes(
  digits: string | undefined,
  file: string | undefined,
): Bytes {
  if ((digits === undefined) === (file === undefined)) {
    throw new UsageError(
      digits === undefined
        ? "The request is not given"
        : "The request is given twice, as hex and as a file",
      { hint: "Give hex digits, - for hex from standard input, or --in FILE" },
    );
  }
  const request = file !== undefined
    ? readBytes(file, "the request")
    : parse(digits === "-" ? standardInput("The request") : digits ?? "");
  if (request.length === 0) {
    throw new UsageError("The request is empty", {
      hint: "Give its bytes as hex digits",
    });
  }
  if (request.length > MAX_RPC_LEN) {
    throw tooLong(request.length, "The request");
  }
  return request;
}

function parse(digits: string): Bytes {
  try {
    return fromHex(digits.trim());
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`The request is not hex: ${reason}`, {
      cause,
      hint: "Two digits a byte; blanks, colons and _ between bytes are fine",
    });
  }
}

/** All of standard input as text. @throws `UsageError` when that is more than any request or answer */
export function standardInput(what: string): string {
  const parts: Uint8Array[] = [];
  const chunk = new Uint8Array(64 << 10);
  let length = 0;
  for (;;) {
    const got = Deno.stdin.readSync(chunk);
    if (got === null) break;
    length += got;
    // Two digits a byte, as many separators and a dump's text column.
    if (length > 6 * MAX_RPC_LEN) throw tooLong(length, what);
    parts.push(chunk.slice(0, got));
  }
  return new TextDecoder().decode(concatBytes(...parts));
}

function tooLong(length: number, what: string): UsageError {
  return new UsageError(
    `${what} has ${length} bytes, more than the ${MAX_RPC_LEN} the kernel takes`,
    { hint: "Is it the right file?" },
  );
}
