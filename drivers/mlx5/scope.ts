/**
 * What an mlx5 request needs and does: least scope by the kernel's allow list,
 * effect by ours.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import { type Scope, SCOPES } from "../../lib/uapi/fwctl.ts";
import type { Effect, KnownRequest, RequestLabel } from "../driver.ts";
import { type GroupedCommand, groupsOf } from "./groups.ts";
import { newRequest, OPCODE, opcodeOf, opModOf, readU16 } from "./protocol.ts";
import {
  allowList,
  isRegisterAccess,
  leastScope,
} from "./tables/allow_list.ts";
import { capTypeByNumber } from "./tables/cap_types.ts";
import { opcodeName, opcodeNames } from "./tables/opcodes.ts";
import { registerOf } from "./tables/registers.ts";

interface EffectOf {
  readonly effect: Effect;
  readonly reason: string;
}

const READ: EffectOf = { effect: "read", reason: "it only reads" };

/** Commands that are not queries, by opcode. */
const WRITES: Readonly<Record<number, EffectOf>> = {
  [OPCODE.SET_HCA_CAP]: {
    effect: "runtime",
    reason: "it changes what another function may use, at once",
  },
  0x731: {
    effect: "disruptive",
    // Assumption: the layout is not public; handing a function to another host is.
    reason: "it hands the management of a function to another host",
  },
  0x820: {
    effect: "runtime",
    reason: "it changes which diagnostic counters are sampled",
  },
  0x823: {
    effect: "runtime",
    reason: "it changes congestion control, at once",
  },
  0xb2e: {
    effect: "runtime",
    reason: "it postpones timeouts of connected queue pairs",
  },
};

/**
 * Queries with a bit that clears what they read: opcode → bit offset in the
 * request. Source: query_*_in in include/linux/mlx5/mlx5_ifc.h.
 */
const CLEAR_BIT: Readonly<Record<number, number>> = {
  0x770: 192,
  0x773: 192,
  0x826: 64,
  0x93b: 192,
};

const CLEARS: EffectOf = {
  effect: "runtime",
  reason: "its clear bit is set: the counters start again at 0",
};

const SCOPE_REASONS = [
  "on the kernel's list for any scope",
  "the kernel's list has it as debug information",
  "the kernel's list has it as a debug write",
  "the kernel's list has it for full access only",
] as const;

/** Labels a request by its bytes; any bytes are fine. */
export function classify(request: Bytes): RequestLabel {
  const opcode = opcodeOf(request);
  const opMod = opModOf(request);
  const least = leastScope(opcode, opMod);
  if (least === undefined) {
    const known = opcodeName(opcode);
    return {
      name: known ?? `opcode 0x${opcode.toString(16)}`,
      detail: "",
      allowed: false,
      scope: "debug-write-full",
      scopeReason: "it is not on the kernel's allow list",
      effect: "destructive",
      effectReason: "",
      ...grouped({
        name: known ?? "",
        register: undefined,
        other: false,
        clears: false,
        // Nobody has said what it does.
        destructive: false,
      }),
    };
  }
  const access = isRegisterAccess(opcode);
  const { effect, reason } = access
    ? registerEffect(request, opMod)
    : WRITES[opcode] ?? (clears(request, opcode) ? CLEARS : READ);
  const scope: Scope = SCOPES[least] ?? "debug-write-full";
  const name = allowList().get(opcode)?.name ?? opcodeName(opcode) ?? "";
  return {
    name,
    detail: detailOf(request, opcode, opMod, access),
    allowed: true,
    scope,
    scopeReason: access
      ? (opMod === 0
        ? "the kernel lets register writes through at any scope"
        : "the kernel's list has register reads as debug information")
      : SCOPE_REASONS[least] ?? SCOPE_REASONS[3],
    effect,
    effectReason: reason,
    ...grouped({
      name,
      register: access && opMod === 0 ? readU16(request, 10) : undefined,
      other: othersFunction(request, name),
      clears: clears(request, opcode),
      destructive: effect === "destructive",
    }),
  };
}

/** Groups as a member to spread; none when there are none. */
function grouped(command: GroupedCommand): { groups?: readonly string[] } {
  const groups = groupsOf(command);
  return groups.length === 0 ? {} : { groups };
}

/** The first bit of byte 8 is other_function with capabilities and other_vport with vports. */
function othersFunction(request: Bytes, name: string): boolean {
  return /^(QUERY|SET)_HCA_CAP$|VPORT|VNIC_ENV/.test(name) &&
    ((request[8] ?? 0) & 0x80) !== 0;
}

function registerEffect(request: Bytes, opMod: number): EffectOf {
  return opMod === 0 ? registerOf(readU16(request, 10)) : READ;
}

function clears(request: Bytes, opcode: number): boolean {
  const bit = CLEAR_BIT[opcode];
  return bit !== undefined &&
    ((request[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0;
}

function detailOf(
  request: Bytes,
  opcode: number,
  opMod: number,
  access: boolean,
): string {
  if (access) {
    const { name } = registerOf(readU16(request, 10));
    return `${opMod === 0 ? "write" : "read"} ${name}`;
  }
  if (opcode !== OPCODE.QUERY_HCA_CAP && opcode !== OPCODE.SET_HCA_CAP) {
    return "";
  }
  const type = capTypeByNumber(opMod >> 1)?.name ??
    `type 0x${(opMod >> 1).toString(16)}`;
  const mode = opcode === OPCODE.SET_HCA_CAP
    ? ""
    : opMod & 1
    ? " current"
    : " maximum";
  const flags = request[8] ?? 0;
  if ((flags & 0x80) === 0) return `${type}${mode}`;
  const id = readU16(request, 10);
  const by = flags & 0x10
    ? `vhca_id 0x${id.toString(16).padStart(4, "0")}`
    : `${flags & 0x40 ? "EC function" : "function"} ${id}`;
  return `${type}${mode}, ${by}`;
}

/** Every command with a name, in order of its opcode. */
export function requests(): readonly KnownRequest[] {
  return [...opcodeNames().keys()].sort((a, b) => a - b).map((opcode) => ({
    code: `0x${opcode.toString(16).padStart(3, "0")}`,
    label: classify(newRequest(opcode, 0)),
  }));
}
