/**
 * QUERY_HCA_CAP and SET_HCA_CAP.
 *
 * Requests: op_mod bytes 6-7 (type << 1 | mode, mode 1 is CUR), byte 8 bit 7
 * other_function, bit 6 ec_vf_function, bit 4 function_id_type, bytes 10-11
 * function_id. The image is 4096 bytes at byte 16 of the answer or the request.
 * Source: mlx5_ifc.h, vport.c of mlx5_core.
 *
 * @module
 */
import { type Layout, readBits } from "../../../lib/bits/mod.ts";
import type { Bytes } from "../../../lib/bytes.ts";
import type { CapStores } from "./caps.ts";
import { CAP } from "./cards.ts";
import { refusedField } from "./cap_rules.ts";
import { type Command, fail, STAT, SYNDROME } from "./command.ts";
import { readU16 } from "../protocol.ts";

/** Bytes of query_hca_cap_out and set_hca_cap_in. */
const MESSAGE = 16 + 4096;
/** Types SET_HCA_CAP takes: those the kernel ever sets. */
const SETTABLE: ReadonlySet<number> = new Set([
  CAP.GENERAL,
  CAP.ETHERNET_OFFLOADS,
  CAP.ODP,
  CAP.ATOMIC,
  CAP.ROCE,
  CAP.IPSEC,
  CAP.GENERAL_2,
  CAP.PORT_SELECTION,
]);

/** What these commands ask of the card. */
export interface CapContext {
  /** The stores. */
  readonly stores: CapStores;
  /** VFs enabled. */
  readonly vfs: number;
  /** Whether a VF's driver is up or a guest has it. */
  inUse(functionId: number): boolean;
}

/** QUERY_HCA_CAP (0x100). */
export function queryHcaCap(command: Command, context: CapContext): void {
  const type = command.opMod >> 1;
  const { stores } = context;
  if (command.out.length < MESSAGE) {
    // Assumption: the whole image must fit, whatever the type's real size.
    return fail(command, STAT.BAD_OUTP_LEN, SYNDROME.LENGTH);
  }
  if (!stores.layout(type)) {
    return fail(command, STAT.BAD_PARAM, SYNDROME.CAP_TYPE);
  }
  const functionId = target(command, context);
  if (functionId === undefined) return;
  stores.answer(functionId, type, (command.opMod & 1) === 1, command.out);
}

/** SET_HCA_CAP (0x109). */
export function setHcaCap(command: Command, context: CapContext): void {
  const { stores } = context;
  const type = command.opMod >> 1;
  if (command.in_.length < MESSAGE) {
    return fail(command, STAT.BAD_INP_LEN, SYNDROME.LENGTH);
  }
  if (!command.tools) {
    // Assumption: to a context without TOOLS_RESOURCES the command is unknown.
    return fail(command, STAT.BAD_OP, SYNDROME.NOT_TOOLS);
  }
  const of = stores.layout(type);
  if (!of) return fail(command, STAT.BAD_PARAM, SYNDROME.CAP_TYPE);
  if (command.opMod & 1 || !SETTABLE.has(type)) {
    return fail(command, STAT.BAD_PARAM, SYNDROME.NOT_SETTABLE);
  }
  const functionId = target(command, context);
  if (functionId === undefined) return;
  if (functionId === command.functionId) {
    // A user context may act on other functions only (mlx5ctl_validate_rpc).
    return fail(command, STAT.BAD_PARAM, SYNDROME.OWN_FUNCTION);
  }
  if (context.inUse(functionId)) {
    // Assumption: capabilities are settled once the function's driver is up.
    return fail(command, STAT.BAD_RES_STATE, SYNDROME.FUNCTION_IN_USE);
  }
  program(command, context, functionId, type, of);
}

function program(
  command: Command,
  context: CapContext,
  functionId: number,
  type: number,
  of: Layout,
): void {
  const { stores } = context;
  const before = stores.image(functionId, type, false);
  // Assumption: bytes past the type's structure are not looked at.
  const after: Bytes = command.in_.slice(16, 16 + before.length);
  if (type === CAP.GENERAL) {
    if (readU16(after, 6) !== stores.vhcaId(functionId)) {
      return fail(command, STAT.BAD_PARAM, SYNDROME.READ_ONLY);
    }
    after.fill(0, 6, 8); // the store holds images without vhca_id
  }
  const limits = stores.image(0, type, false);
  const refused = refusedField(type, of, before, after, limits);
  if (refused) return fail(command, STAT.BAD_PARAM, refused);
  if (type === CAP.GENERAL && !msixFits(context, functionId, of, after)) {
    // Assumption: the pool is checked as the sum over all VFs.
    return fail(command, STAT.LIM_ERR, SYNDROME.MSIX_POOL);
  }
  stores.set(functionId, type, after);
}

/** Whether the MSI-X vectors of all VFs stay within the PF's pool. */
function msixFits(
  { stores, vfs }: CapContext,
  functionId: number,
  of: Layout,
  after: Bytes,
): boolean {
  const field = of.fields.find((f) => f.name === "dynamic_msix_table_size");
  const pool = of.fields.find((f) => f.name === "num_total_dynamic_vf_msix");
  if (!field || !pool) return true;
  const size = (image: Bytes): number =>
    readBits(image, field.offset, field.width);
  const wanted = size(after);
  if (wanted <= size(stores.image(functionId, CAP.GENERAL, false))) return true;
  let sum = wanted;
  for (let id = 1; id <= vfs; id++) {
    if (id !== functionId) sum += size(stores.image(id, CAP.GENERAL, false));
  }
  return sum <=
    readBits(stores.image(0, CAP.GENERAL, false), pool.offset, pool.width);
}

/** The function a command is about; undefined when it was refused. */
function target(command: Command, context: CapContext): number | undefined {
  const flags = command.in_[8] ?? 0;
  if (!(flags & 0x80)) return command.functionId;
  if (command.functionId !== 0) {
    fail(command, STAT.BAD_PARAM, SYNDROME.NOT_MANAGER);
    return undefined;
  }
  if (flags & 0x40) {
    // These cards have no functions of an embedded CPU.
    fail(command, STAT.BAD_PARAM, SYNDROME.FUNCTION_ID_TYPE);
    return undefined;
  }
  const id = readU16(command.in_, 10);
  if (flags & 0x10) {
    const found = context.stores.functionOf(id);
    if (found === undefined) fail(command, STAT.IX_ERR, SYNDROME.FUNCTION);
    return found;
  }
  if (id > context.vfs) {
    // Assumption: BAD_RES for an id that is not enabled, IX_ERR for a vhca_id.
    fail(command, STAT.BAD_RES, SYNDROME.FUNCTION);
    return undefined;
  }
  return id;
}
