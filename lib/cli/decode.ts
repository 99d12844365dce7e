/**
 * `fwctl decode DRIVER NAME HEX`: bytes as fields, without a device; without a
 * name, what the driver can decode.
 *
 * @module
 */
import type { Decoder, DecoderKind } from "../../drivers/driver.ts";
import type { Bytes } from "../bytes.ts";
import { UsageError } from "../errors.ts";
import { didYouMean } from "../suggest.ts";
import { decodersText, decodeText } from "../view/decode.ts";
import type { Context, Globals } from "./context.ts";
import { driverNamed } from "./driver_named.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { readBytes } from "./files.ts";
import { hexText } from "./hextext.ts";
import { standardInput } from "./request.ts";

/** The command's options. */
export interface DecodeOptions {
  /** A file with the bytes as they are. */
  readonly file?: string | undefined;
  /** Draw the bits. */
  readonly picture?: boolean | undefined;
  /** Fields that are 0, and all names. */
  readonly all?: boolean | undefined;
}

/** Runs the command. */
export async function decode(
  context: Context,
  driver: string,
  name: string | undefined,
  hex: string | undefined,
  options: DecodeOptions,
): Promise<ExitCode> {
  const kinds = await kindsOf(driver, context.globals);
  if (name === undefined) {
    if (options.file !== undefined) {
      throw new UsageError("--file is given without a name to decode it by", {
        hint: `fwctl decode ${driver} lists the names`,
      });
    }
    list(context, driver, kinds, options.all ?? false);
    return EXIT.done;
  }
  const { kind, decoder } = find(driver, kinds, name);
  const picture = options.picture ? pictureOf(decoder) : undefined;
  const drawn = picture === undefined ? "" : `${picture.join("\n")}\n`;
  const { output } = context;
  if (hex === undefined && options.file === undefined) {
    if (picture === undefined) {
      throw new UsageError(`There are no bytes to decode as ${decoder.name}`, {
        hint:
          "Give them as hex, - for hex on standard input, --file FILE, or --picture for the bits alone",
      });
    }
    output.result(
      "decode",
      () => ({ driver, ...headOf(kind, decoder), picture }),
      () => drawn,
    );
    return EXIT.done;
  }
  const { bytes, notes } = input(hex, options.file);
  if (bytes.length === 0) {
    throw new UsageError("There are no bytes to decode", {
      hint: "Give at least one byte as hex digits",
    });
  }
  const found = decoder.decode(bytes);
  const decoded = { ...found, notes: [...notes, ...found.notes] };
  output.result(
    "decode",
    () => ({
      driver,
      ...headOf(kind, decoder),
      given: bytes.length,
      ...decoded,
      ...(picture ? { picture } : {}),
    }),
    (style) =>
      drawn + decodeText({
        decoder,
        given: bytes.length,
        decoded,
        all: options.all ?? false,
      }, style),
  );
  return EXIT.done;
}

function headOf(kind: string, decoder: Decoder): Record<string, unknown> {
  const { name, about, bytes, order } = decoder;
  return { name, kind, about, bytes, order };
}

async function kindsOf(
  name: string,
  globals: Globals,
): Promise<readonly DecoderKind[]> {
  const driver = await driverNamed(name, globals);
  if (driver.decoders) return await driver.decoders();
  throw new UsageError(`${name} has nothing to decode without a device`, {
    hint:
      "What its answers hold is told by the device, or by a definition file",
  });
}

function find(
  driver: string,
  kinds: readonly DecoderKind[],
  name: string,
): { kind: string; decoder: Decoder } {
  for (const each of kinds) {
    const decoder = each.find(name);
    if (decoder) return { kind: each.kind, decoder };
  }
  const names = new Set(kinds.flatMap((each) => each.names()));
  throw new UsageError(
    `${driver} has nothing called "${name.slice(0, 64)}" to decode`,
    {
      hint: didYouMean(name, names) ?? `fwctl decode ${driver} lists the names`,
    },
  );
}

function pictureOf(decoder: Decoder): readonly string[] {
  if (decoder.picture) return decoder.picture();
  throw new UsageError(`There is no drawing of ${decoder.name}`, {
    hint: "Leave --picture out",
  });
}

/** @throws `UsageError` when there are no bytes, or two lots of them */
function input(
  hex: string | undefined,
  file: string | undefined,
): { bytes: Bytes; notes: readonly string[] } {
  if (hex !== undefined && file !== undefined) {
    throw new UsageError("The bytes are given twice, as hex and as a file", {
      hint: "Give one of them",
    });
  }
  if (file === undefined) {
    return hexText(hex === "-" ? standardInput("The hex") : hex ?? "");
  }
  const bytes = readBytes(file, "the bytes to decode");
  const looks = bytes.length > 0 &&
    bytes.every((byte) => /[\sa-fA-F0-9x:*|.]/.test(String.fromCharCode(byte)));
  return {
    bytes,
    notes: looks
      ? [
        `${file} looks like hex text and is read as bytes: give text on standard input, with -`,
      ]
      : [],
  };
}

function list(
  { output }: Context,
  driver: string,
  kinds: readonly DecoderKind[],
  all: boolean,
): void {
  const lists = kinds.map((each) => ({
    kind: each.kind,
    summary: each.summary,
    names: each.names(),
  }));
  output.result(
    "decoders",
    () => ({ driver, kinds: lists }),
    (style) => decodersText(driver, lists, all, style),
  );
}
