/**
 * What pds can decode without a device: the message itself. What an operation
 * carries is told by the vendor alone, so a payload stays as it is.
 *
 * @module
 */
import { readBigBits, readBits, toPlain } from "../../lib/bits/mod.ts";
import type { PlainData } from "../../lib/plain.ts";
import type { DecodedField, Decoder, DecoderKind } from "../decoder.ts";
import { fwctl_rpc_pds, opcodeCmd, opcodeVer } from "./tables/rpc.ts";

const MEMBERS = Object.entries(fwctl_rpc_pds).flatMap(([name, member]) =>
  typeof member === "number" || name.endsWith("_rsvd")
    ? []
    : [{ name, ...member }]
);

function read(bytes: Uint8Array, offset: number, size: number): PlainData {
  const bit = offset * 8;
  return size === 8
    ? toPlain(readBigBits(bytes, bit, 64, "little"))
    : readBits(bytes, bit, size * 8, "little");
}

function nameOf(name: string, value: PlainData): string | undefined {
  if (name === "in_op" && typeof value === "number") {
    const command = opcodeCmd(value).toString(16);
    return `command 0x${command}, version ${opcodeVer(value)}`;
  }
  return name === "out_retval" && value !== 0
    ? "the firmware's refusal"
    : undefined;
}

const MESSAGE: Decoder = {
  name: "fwctl_rpc_pds",
  about: "struct fwctl_rpc_pds, a request and its answer in one",
  bytes: fwctl_rpc_pds.sizeof,
  order: "little",
  decode: (bytes) => {
    const fields: DecodedField[] = [];
    const missing: string[] = [];
    for (const { name, offset, size } of MEMBERS) {
      if (offset + size > bytes.length) {
        missing.push(name);
        continue;
      }
      const value = read(bytes, offset, size);
      const meaning = nameOf(name, value);
      fields.push({
        field: name,
        bit: offset * 8,
        width: size * 8,
        value,
        ...(meaning === undefined ? {} : { name: meaning }),
      });
    }
    const rest = Math.max(0, bytes.length - fwctl_rpc_pds.sizeof);
    return {
      fields,
      missing,
      rest,
      notes: rest > 0
        ? ["What follows is a payload; its fields are the vendor's"]
        : [],
    };
  },
};

/** All of it. */
export const DECODERS: readonly DecoderKind[] = [{
  kind: "message",
  summary: "The message that the kernel takes and gives back",
  names: () => [MESSAGE.name],
  find: (name) => name.toLowerCase() === MESSAGE.name ? MESSAGE : undefined,
}];
