/**
 * The vendor's own tools, where they are: FWCTL_PEERS names a folder with
 * mstreg in it or in its bin; without it the PATH is searched.
 *
 * @module
 */

/** The folder that holds mstreg, or the reason why there is none. */
export function peersFolder(): { path: string } | { reason: string } {
  const given = Deno.env.get("FWCTL_PEERS");
  const folders = given !== undefined
    ? [given, `${given}/bin`]
    : (Deno.env.get("PATH") ?? "").split(":");
  const path = folders.find((folder) => {
    try {
      return Deno.statSync(`${folder}/mstreg`).isFile;
    } catch {
      return false;
    }
  });
  if (path !== undefined) return { path };
  return {
    reason: given === undefined
      ? "the vendor's tools are not there: no mstreg in PATH (FWCTL_PEERS)"
      : `the vendor's tools are not there: no mstreg in ${given} (FWCTL_PEERS)`,
  };
}

/** A field as mstreg knows it. */
export interface PeerField {
  /** Its name, not always its own alone. */
  readonly name: string;
  /** First bit, counted from the most significant of byte 0. */
  readonly bit: number;
  /** In bits. */
  readonly width: number;
  /** `INDEX`, `RW`, `RO`, `WO` or `OP`. */
  readonly access: string;
}

/** The fields that `mstreg --show_reg` lists. */
export function peerFields(text: string): PeerField[] {
  const fields: PeerField[] = [];
  for (
    const [, name = "", byte = "", offset = "", size = "", access = ""] of text
      .matchAll(
        /^(\S+)\s*\| 0x([0-9a-f]{8})\s*\| (\d+)\s*\| (\d+)\s*\| (\w+)/gm,
      )
  ) {
    const width = Number(size);
    // It counts the bits of a word from the least significant.
    const bit = Number.parseInt(byte, 16) * 8 + 32 - Number(offset) - width;
    fields.push({ name, bit, width, access });
  }
  return fields;
}

/** Names and values that `mstreg --get` lists, in their order. */
export function peerValues(text: string): { name: string; value: number }[] {
  return [...text.matchAll(/^(\S+)\s*\| 0x([0-9a-f]{8})\s*$/gm)]
    .map(([, name = "", value = ""]) => ({
      name,
      value: Number.parseInt(value, 16),
    }));
}
