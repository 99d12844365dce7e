/**
 * Bytes for people.
 *
 * @module
 */
import { toHex } from "../bytes.ts";

/** Bytes a line. */
const LINE = 16;

/** Offset, 16 bytes in groups of four, printable ASCII; runs of equal lines are one `*`. */
export function hexdump(bytes: Uint8Array): string {
  const lines: string[] = [];
  let before = "";
  let folded = false;
  for (let at = 0; at < bytes.length; at += LINE) {
    const part = bytes.subarray(at, at + LINE);
    const digits = toHex(part);
    if (digits === before && at + LINE < bytes.length) {
      if (!folded) lines.push("*");
      folded = true;
      continue;
    }
    folded = false;
    before = digits;
    const groups = (digits.match(/.{1,8}/g) ?? []).join(" ").padEnd(35);
    const text = Array.from(
      part,
      (byte) => byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".",
    ).join("");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${groups}  ${text}`);
  }
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}
