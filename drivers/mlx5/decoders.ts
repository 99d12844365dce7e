/**
 * What mlx5 can decode without a device: registers, capability images, whole
 * answers with their header, and any structure of mlx5_ifc.h.
 *
 * @module
 */
import { fieldOf, isReserved, readBits } from "../../lib/bits/mod.ts";
import type { Layout } from "../../lib/bits/layout.ts";
import type { Decoder, DecoderKind } from "../decoder.ts";
import { decoderOf, type Part, part } from "./decoder_parts.ts";
import { HEADER_BYTES } from "./protocol.ts";
import { statusOf, syndromeMeaning } from "./status.ts";
import { capTypes } from "./tables/cap_types.ts";
import {
  hasLayout,
  kernelName,
  layout as ifc,
  layoutNames,
} from "./tables/ifc.ts";
import { objectQueries } from "./tables/objects.ts";
import { registerLayouts } from "./tables/register_layouts.ts";
import { registers } from "./tables/registers.ts";

/** What a header that holds no OK says. */
function statusNotes(bytes: Uint8Array): string[] {
  const status = bytes[0] ?? 0;
  if (status === 0) return [];
  const { name, meaning } = statusOf(status);
  const known = bytes.length < 8
    ? ""
    : syndromeMeaning(readBits(bytes, 32, 32));
  return [
    `The firmware refused: ${name}, ${meaning}${
      known === "" ? "" : ` (${known})`
    }. What follows the header is no answer`,
  ];
}

/** A header of 16 bytes, and what it brings. */
function answer(name: string, about: string, body: Part, out: string): Decoder {
  const header = ifc(out);
  const skip = header.fields.filter(({ offset }) => offset >= HEADER_BYTES * 8)
    .map((field) => field.name);
  return decoderOf(
    name,
    about,
    [
      { ...part({ ...header, bits: HEADER_BYTES * 8 }), skip },
      { ...body, at: HEADER_BYTES },
    ],
    statusNotes,
  );
}

function about(struct: string): string {
  const name = kernelName(struct);
  return name === "" ? `part of ${struct.split(".")[0]}` : `struct ${name}`;
}

function registerPart(id: number): Part | undefined {
  const known = registerLayouts().get(id);
  if (!known) return undefined;
  const layout = ifc(known.layout);
  return {
    ...part(layout),
    choose: (bytes) =>
      known.choose((name) => {
        const { offset, width } = fieldOf(layout, name);
        return readBits(bytes, offset, width);
      }),
  };
}

/** A register by its name, its id or its structure, with or without `_reg`. */
function registerId(name: string): number | undefined {
  if (/^0x[0-9a-f]{1,4}$/i.test(name)) return Number(name);
  const wanted = name.toUpperCase().replace(/_REG$/, "");
  for (const [id, { layout }] of registerLayouts()) {
    const names = [registers().get(id)?.name ?? "", layout.toUpperCase()];
    if (names.some((one) => one.replace(/_REG$/, "") === wanted)) return id;
  }
  return undefined;
}

function registerNamed(id: number): string {
  return registers().get(id)?.name ?? `0x${id.toString(16)}`;
}

function findRegister(name: string): Decoder | undefined {
  const id = registerId(name);
  const body = id === undefined ? undefined : registerPart(id);
  if (id === undefined || !body) return undefined;
  return decoderOf(
    registerNamed(id),
    `register 0x${id.toString(16)}, ${about(body.layout.name)}`,
    [body],
  );
}

/** `QOS`, `MLX5_CAP_QOS`, and the vendor's own `qos_caps`. */
function capLayout(name: string): [name: string, layout: Layout] | undefined {
  const wanted = name.toUpperCase().replace(/^MLX5_CAP_/, "")
    .replace(/_CAPS?$/, "");
  const type = capTypes().find((each) => each.name === wanted);
  return type?.layout === undefined ? undefined : [type.name, ifc(type.layout)];
}

function findCapability(name: string): Decoder | undefined {
  const found = hasLayout(name) ? undefined : capLayout(name);
  if (!found) return undefined;
  const [type, layout] = found;
  return decoderOf(type, about(layout.name), [part(layout)]);
}

const CAPS = "QUERY_HCA_CAP";
const REGS = "ACCESS_REG";

function findAnswer(name: string): Decoder | undefined {
  const [command = "", what] = name.toUpperCase()
    .replace(/^MLX5_CMD_OP_/, "").split(":");
  if (what !== undefined) {
    if (command === CAPS) {
      const found = capLayout(what);
      return found && answer(
        `${CAPS}:${found[0]}`,
        `an answer with ${about(found[1].name)}`,
        part(found[1]),
        "query_hca_cap_out",
      );
    }
    const id = command === REGS ? registerId(what) : undefined;
    const body = id === undefined ? undefined : registerPart(id);
    return id === undefined || !body ? undefined : answer(
      `${REGS}:${registerNamed(id)}`,
      `an answer with ${about(body.layout.name)}`,
      body,
      "access_register_out",
    );
  }
  const query = [...objectQueries().values()]
    .find((each) => each.command === command);
  if (!query?.answer) return undefined;
  return decoderOf(
    query.command,
    about(query.answer.name),
    [part(query.answer)],
    statusNotes,
  );
}

function findStructure(name: string): Decoder | undefined {
  const short = name.replace(/^(struct )?mlx5_ifc_(\w+)_bits$/, "$2");
  if (!hasLayout(short)) return undefined;
  const header = ["status", "syndrome"].every((one, i) =>
    ifc(short).fields.some((field) =>
      field.name === one && field.offset === i * 32
    )
  );
  return decoderOf(
    short,
    about(short),
    [part(ifc(short))],
    header ? statusNotes : undefined,
  );
}

/** All of it; a name is looked for in this order. */
export const DECODERS: readonly DecoderKind[] = [
  {
    kind: "register",
    summary: "The data of an access register, by its name or id",
    names: () => [...registerLayouts().keys()].map(registerNamed),
    find: findRegister,
  },
  {
    kind: "capability",
    summary: "The image of a capability type, without the answer's header",
    names: () =>
      capTypes().filter(({ layout }) => layout !== undefined)
        .map(({ name }) => name),
    find: findCapability,
  },
  {
    kind: "answer",
    summary: "The whole answer to a command, status and syndrome first",
    names: () => [
      ...[...objectQueries().values()]
        .filter((query) => query.answer !== undefined)
        .map(({ command }) => command),
      ...DECODERS[1]?.names().map((name) => `${CAPS}:${name}`) ?? [],
      ...DECODERS[0]?.names().map((name) => `${REGS}:${name}`) ?? [],
    ],
    find: findAnswer,
  },
  {
    kind: "structure",
    summary: "A structure of mlx5_ifc.h, without mlx5_ifc_ and _bits",
    names: () => layoutNames().filter((name) => !isReserved(name)),
    find: findStructure,
  },
];
