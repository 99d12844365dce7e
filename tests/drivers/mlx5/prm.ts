/**
 * The register database that the vendor's tools bring along, where they are
 * installed: names, places and widths of fields, as a second witness of ours.
 *
 * @module
 */

/** A plain field of a register. */
export interface PrmField {
  /** A path of names. */
  readonly path: string;
  /** First bit, counted from the most significant of byte 0. */
  readonly bit: number;
  /** In bits, all elements of an array. */
  readonly width: number;
}

/** A register of the database. */
export interface PrmRegister {
  /** Its id. */
  readonly id: number;
  /** Its name there. */
  readonly name: string;
  /** Plain fields in the order of the file; members of unions overlap. */
  readonly fields: readonly PrmField[];
}

interface RawField {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly node: string | undefined;
  readonly count: number;
}

/** Where the database is; FWCTL_PEERS names a folder with the tools in it. */
export function databaseFile(): string | undefined {
  const below = "mstflint/prm_dbs/hca/ext/register_access_table.adb";
  const peers = Deno.env.get("FWCTL_PEERS");
  const places = [
    ...(peers ? [`${peers}/root/usr/share/${below}`] : []),
    `/usr/share/${below}`,
  ];
  return places.find((place) => {
    try {
      return Deno.statSync(place).isFile;
    } catch {
      return false;
    }
  });
}

/** `0x4.28` in bits. */
function bitsOf(text: string): number {
  const [bytes = "0", bits = "0"] = text.split(".");
  return Number.parseInt(bytes, 16) * 8 + Number(bits);
}

function attribute(text: string, name: string): string | undefined {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(text)?.[1];
}

/** All registers by id. */
export function readDatabase(text: string): ReadonlyMap<number, PrmRegister> {
  const nodes = new Map<string, RawField[]>();
  for (
    const [, name = "", body = ""] of text.matchAll(
      /<node name="(\w+)"[^>]*>([^]*?)<\/node>/g,
    )
  ) {
    nodes.set(
      name,
      [...body.matchAll(/<field ([^>]*)\/>/g)].map(([, field = ""]) => {
        const all = ` ${field}`;
        const low = Number(attribute(all, "low_bound") ?? 0);
        const high = Number(attribute(all, "high_bound") ?? low);
        return {
          name: attribute(all, "name") ?? "",
          offset: bitsOf(attribute(all, "offset") ?? "0"),
          size: bitsOf(attribute(all, "size") ?? "0"),
          node: attribute(all, "subnode"),
          count: high - low + 1,
        };
      }),
    );
  }
  const ids = new Map<string, number>();
  const list = /<field name="id"[^>]*enum="([^"]*PTYS=[^"]*)"/.exec(text)?.[1];
  for (const entry of list?.split(",") ?? []) {
    const [name = "", id = ""] = entry.split("=");
    ids.set(name, Number.parseInt(id, 16));
  }
  const out = new Map<number, PrmRegister>();
  for (const [, field = ""] of text.matchAll(/<field ([^>]*)\/>/g)) {
    const name = attribute(` ${field}`, "selected_by") ?? "";
    const node = attribute(` ${field}`, "subnode");
    const id = ids.get(name);
    if (id === undefined || node === undefined || out.has(id)) continue;
    const fields: PrmField[] = [];
    flatten(nodes, node, 0, "", fields, 0);
    out.set(id, { id, name, fields });
  }
  return out;
}

function flatten(
  nodes: ReadonlyMap<string, readonly RawField[]>,
  node: string,
  base: number,
  path: string,
  out: PrmField[],
  depth: number,
): void {
  if (depth > 16) throw new Error(`${node} nests too deep`);
  for (const field of nodes.get(node) ?? []) {
    const name = `${path}${field.name}`;
    if (field.node === undefined) {
      out.push({
        path: name,
        bit: base + place(field.offset, field.size),
        width: field.size,
      });
      continue;
    }
    const each = field.size / field.count;
    for (let i = 0; i < field.count; i++) {
      flatten(
        nodes,
        field.node,
        base + place(field.offset, field.size) + i * each,
        field.count === 1 ? `${name}.` : `${name}[${i}].`,
        out,
        depth + 1,
      );
    }
  }
}

/** The database counts bits of a word from its least significant. */
function place(offset: number, size: number): number {
  const word = Math.floor(offset / 32) * 32;
  return size >= 32 ? word : word + 32 - offset % 32 - size;
}
