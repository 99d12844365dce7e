/**
 * Who a virtual function is to the firmware, asked in more than one way: the
 * function id that the PF's links give, the vhca_id that the capabilities of
 * that id hold, and the VUID where the device tells.
 *
 * @module
 */
import { readBits } from "../../../lib/bits/bits.ts";
import { fieldMap } from "../../../lib/bits/layout.ts";
import type { Bytes } from "../../../lib/bytes.ts";
import { isFwctlError, PlanError } from "../../../lib/errors.ts";
import type { Channel } from "../../driver.ts";
import { readCapImage } from "../caps.ts";
import { newRequest, readU16, writeU16 } from "../protocol.ts";
import { layout } from "../tables/ifc.ts";

const GENERAL = 0;
const GENERAL_2 = 0x20;
/** Byte of vhca_id in cmd_hca_cap. */
const VHCA_ID_BYTE = 6;

const QUERY_VUID = 0xb22;
/** Bytes of query_vuid_out before the entries, and of one. */
const VUID_HEADER = 64;
const VUID_BYTES = 128;
/** num_of_entries, 16 bits. */
const VUID_COUNT = 62;

/** What a PF tells about its functions. */
export interface Parent {
  /** Its device, for messages. */
  readonly device: string;
  /** Its own vhca_id. */
  readonly vhcaId: number;
  /** Its own maximum image of GENERAL: the limits. */
  readonly limits: Bytes;
  /** Whether it says that it manages others (vport_group_manager). What it answers about them counts for more. */
  readonly manages: boolean;
  /** Whether functions can be addressed by their vhca_id. */
  readonly byVhcaId: boolean;
  /** The VUIDs of its VFs, in the device's order; null where it tells none. */
  readonly vuids: readonly string[] | null;
}

/** A virtual function, as the firmware knows it. */
export interface Child {
  /** The firmware's function id. */
  readonly functionId: number;
  /** Its vhca_id. */
  readonly vhcaId: number;
  /** Its VUID, or null where the device has no query_vuid. */
  readonly vuid: string | null;
  /** In which ways it was found to be the one that sysfs means. */
  readonly checks: readonly string[];
}

function field(name: string, image: Uint8Array, of: string): number {
  const place = fieldMap(layout(of)).get(name);
  return place ? readBits(image, place.offset, place.width) : 0;
}

/**
 * Asks a PF about itself.
 *
 * @param vfs how many VFs it has enabled: room for their VUIDs
 */
export function askParent(channel: Channel, vfs: number): Parent {
  const own = readCapImage(channel, GENERAL, "current");
  const second = field("hca_cap_2", own, "cmd_hca_cap") === 1
    ? readCapImage(channel, GENERAL_2, "current")
    : undefined;
  const can = (name: string): boolean =>
    second !== undefined && field(name, second, "cmd_hca_cap_2") === 1;
  const vhcaId = readU16(own, VHCA_ID_BYTE);
  return {
    device: channel.device,
    vhcaId,
    limits: readCapImage(channel, GENERAL, "maximum"),
    manages: field("vport_group_manager", own, "cmd_hca_cap") === 1,
    byVhcaId: can("function_id_type_vhca_id"),
    vuids: can("query_vuid") ? queryVuids(channel, vhcaId, true, vfs) : null,
  };
}

/**
 * Asks about one VF.
 *
 * Assumption: the VUIDs of the VFs stand in the order of their indexes. The
 * order is only counted on when there are as many as VFs.
 *
 * @param index N of `virtfnN`
 * @param vfs how many VFs are enabled
 * @throws {PlanError} `stale` when the ways do not agree
 * @throws `DeviceError` when the firmware does not know the function
 */
export function identifyChild(
  channel: Channel,
  parent: Parent,
  index: number,
  vfs: number,
): Child {
  const functionId = index + 1;
  const vhcaId = readU16(askChild(channel, parent, functionId), VHCA_ID_BYTE);
  const checks = ["virtfn link", "capabilities"];
  if (vhcaId === parent.vhcaId) {
    throw contradiction(
      parent,
      index,
      `function ${functionId} has the vhca_id of the PF itself`,
    );
  }
  if (parent.byVhcaId && vhcaOf(channel, vhcaId) !== vhcaId) {
    throw contradiction(
      parent,
      index,
      `vhca_id 0x${
        vhcaId.toString(16)
      } of function ${functionId} leads to another function`,
    );
  }
  if (parent.vuids === null) return { functionId, vhcaId, vuid: null, checks };
  const [vuid = ""] = queryVuids(channel, vhcaId, false, 1);
  const at = parent.vuids.indexOf(vuid);
  if (vuid === "" || at < 0) {
    throw contradiction(
      parent,
      index,
      `its VUID ${JSON.stringify(vuid)} is none of the PF's virtual functions`,
    );
  }
  if (parent.vuids.length === vfs && at !== index) {
    throw contradiction(parent, index, `its VUID is the one of VF ${at}`);
  }
  return { functionId, vhcaId, vuid, checks: [...checks, "VUID"] };
}

/** The capabilities of a function. @throws {PlanError} when the firmware refuses and the PF manages no others */
function askChild(
  channel: Channel,
  { device, manages }: Parent,
  functionId: number,
): Bytes {
  try {
    return readCapImage(channel, GENERAL, "current", functionId);
  } catch (cause) {
    if (manages || !isFwctlError(cause) || cause.code !== "DeviceError") {
      throw cause;
    }
    throw new PlanError(
      `${device} does not manage other functions (vport_group_manager is 0), and its firmware refused to tell of function ${functionId}`,
      "unknown-target",
      [],
      {
        cause,
        device,
        hint: "Set profiles on the host that has the managing function",
      },
    );
  }
}

/** The vhca_id that the function of a vhca_id has. */
function vhcaOf(channel: Channel, vhcaId: number): number {
  const request = newRequest(0x100, (GENERAL << 1) | 1);
  // other_function and function_id_type: the id is a vhca_id.
  request[8] = 0x90;
  writeU16(request, 10, vhcaId);
  const answer = channel.send(request, 16 + 4096);
  return readU16(answer, 16 + VHCA_ID_BYTE);
}

function contradiction(
  { device }: Parent,
  index: number,
  what: string,
): PlanError {
  return new PlanError(
    `VF ${index} of ${device} is not who sysfs says it is: ${what}`,
    "stale",
    [],
    {
      device,
      hint:
        "Nothing was written; functions may be made or removed just now: try again, then look at `fwctl list` and `fwctl caps`",
    },
  );
}

/** query_vuid_in: query_vfs_vuid is bit 96, vhca_id bytes 14-15. */
function queryVuids(
  channel: Channel,
  vhcaId: number,
  all: boolean,
  room: number,
): string[] {
  const request = newRequest(QUERY_VUID, 0);
  if (all) request[12] = 0x80;
  writeU16(request, 14, vhcaId);
  const capacity = VUID_HEADER + VUID_BYTES * Math.max(1, room);
  const answer = channel.send(request, capacity);
  const count = Math.min(
    readU16(answer, VUID_COUNT),
    Math.floor(Math.max(0, answer.length - VUID_HEADER) / VUID_BYTES),
  );
  return Array.from({ length: count }, (_, entry) => {
    const at = VUID_HEADER + entry * VUID_BYTES;
    return ascii(answer.subarray(at, at + VUID_BYTES));
  });
}

/** Printable characters up to the first NUL. */
function ascii(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const text = String.fromCharCode(...(end < 0 ? bytes : bytes.slice(0, end)));
  return /^[ -~]*$/.test(text) ? text.trim() : "";
}
