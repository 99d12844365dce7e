/**
 * Resource `mlx5.hca_cap`: capabilities of another function of the device,
 * set before that function's driver or VM starts.
 *
 * The image is the 4 KiB of hca_cap_union: read with QUERY_HCA_CAP (maximum,
 * other function), changed field by field, written whole with SET_HCA_CAP.
 * Source: vport.c and eswitch_offloads.c of mlx5_core do the same.
 *
 * @module
 */
import { readBits, writeBits } from "../../../lib/bits/bits.ts";
import { describe } from "../../../lib/bits/describe.ts";
import { type Layout, locate, type Place } from "../../../lib/bits/layout.ts";
import type { Bytes } from "../../../lib/bytes.ts";
import { inUse, isVfioDriver } from "../../../lib/device/functions.ts";
import { PlanError } from "../../../lib/errors.ts";
import type {
  Difference,
  FieldChange,
  ImageField,
  ImageRead,
  Located,
  ObserveContext,
  Observed,
  ResourceType,
} from "../../driver.ts";
import { readCapImage } from "../caps.ts";
import { type DeviceFunction, functionAt, functionById } from "../functions.ts";
import {
  CAP_BYTES,
  CAP_MESSAGE_BYTES,
  HEADER_BYTES,
  MLX5_UCTX_OBJECT_CAP_TOOLS_RESOURCES,
  queryHcaCap,
  readU16,
  setHcaCapHeader,
} from "../protocol.ts";
import { capTypes } from "../tables/cap_types.ts";
import { layout as layoutOf } from "../tables/ifc.ts";
import { limitOf } from "./hca_cap_limits.ts";
import { type HcaCap, parseHcaCap } from "./hca_cap_body.ts";

/** Byte of vhca_id in cmd_hca_cap. */
const VHCA_ID_BYTE = 6;

interface Context {
  readonly functionId: number;
  readonly image: Bytes;
  /** The PF's own maximum image of the type. */
  readonly own: Bytes;
}

function titleOf(found: DeviceFunction): string {
  return found.vf ? `VF ${found.vf.index}` : `Function ${found.functionId}`;
}

function identity(
  found: DeviceFunction,
  vhcaId: number,
): Record<string, string> {
  return {
    function: String(found.functionId),
    vhca_id: `0x${vhcaId.toString(16).padStart(4, "0")}`,
  };
}

function notes(
  cap: HcaCap,
  found: DeviceFunction,
  context: ObserveContext,
): string[] {
  const list: string[] = [];
  if (!cap.capType.settable) {
    list.push(
      `The kernel names no SET_HCA_CAP for ${cap.capType.name}: the firmware may refuse it`,
    );
  }
  if (
    ((context.info.uctx_caps ?? 0) & MLX5_UCTX_OBJECT_CAP_TOOLS_RESOURCES) === 0
  ) {
    list.push(
      `The firmware gave ${context.entry.name} no TOOLS_RESOURCES (uctx_caps): it will refuse SET_HCA_CAP`,
    );
  }
  if (
    found.vf && found.vf.kernelDriver !== null &&
    !isVfioDriver(found.vf.kernelDriver)
  ) {
    list.push(
      `${found.vf.pci} is bound to ${found.vf.kernelDriver}, which read its capabilities when it started: unbind it first, or bind it again after`,
    );
  }
  return list;
}

/** One declared field: where it is, and what is to be there. */
function compare(
  layout: Layout,
  field: string,
  wanted: number,
  image: Bytes,
  own: Bytes,
): { change: FieldChange; refused: string | undefined } {
  const place: Place = locate(layout, field);
  const before = readBits(image, place.offset, place.width);
  const limit = limitOf(layout, field, place, own);
  const change: FieldChange = {
    field,
    before,
    after: wanted,
    limit: limit.text,
    bit: place.offset,
    width: place.width,
  };
  const ok = wanted >= limit.least && wanted <= limit.most;
  return {
    change,
    refused: ok || wanted === before
      ? undefined
      : `${field} ${wanted} is refused: the device allows ${
        limit.text || `0 to ${limit.most}`
      }`,
  };
}

/** The resource. */
export const hcaCap: ResourceType<HcaCap> = {
  kind: "mlx5.hca_cap",
  summary:
    "HCA capabilities of a virtual function, set from its PF before its driver or VM starts",

  scope: "configuration",
  effect: "runtime",
  parse: parseHcaCap,

  locate(cap, inventory): Located {
    const found = cap.vf === undefined
      ? functionById(inventory, cap.device ?? "", cap.functionId ?? 0)
      : functionAt(inventory, cap.vf);
    if (found.vf && inUse(found.vf)) {
      throw new PlanError(
        `VF ${found.vf.index} ${found.vf.pci} is in use: its device is open through ${
          found.vf.kernelDriver ?? "VFIO"
        }`,
        "in-use",
        [],
        {
          device: found.device.name,
          hint: "Stop the VM that has it first; nothing was sent",
        },
      );
    }
    return {
      device: found.device.name,
      unit: `function ${found.functionId} ${cap.capType.name}`,
      title: titleOf(found),
      address: found.vf?.pci ?? "",
      vf: found.vf ?? null,
      context: found,
    };
  },

  observe(cap, located, context): Observed {
    const { channel } = context;
    const found = located.context as DeviceFunction;
    const { functionId } = found;
    const type = cap.capType.number;
    const own = context.memo(
      `own maximum ${type}`,
      () => readCapImage(channel, type, "maximum"),
    );
    const general = readCapImage(channel, 0, "current", functionId);
    const read: ImageRead = {
      request: queryHcaCap(type, "maximum", functionId),
      capacity: CAP_MESSAGE_BYTES,
      offset: HEADER_BYTES,
      length: CAP_BYTES,
    };
    const image = readCapImage(channel, type, "maximum", functionId);
    return {
      read,
      image,
      identity: identity(found, readU16(general, VHCA_ID_BYTE)),
      notes: notes(cap, found, context),
      context: { functionId, image, own } satisfies Context,
    };
  },

  diff(cap, observed): Difference {
    const { functionId, image, own } = observed.context as Context;
    const layout = layoutOf(cap.capType.layout);
    const after = image.slice();
    const changes: FieldChange[] = [];
    const same: FieldChange[] = [];
    const refused: string[] = [];
    for (const [field, wanted] of cap.set) {
      const result = compare(layout, field, wanted, image, own);
      if (result.refused !== undefined) refused.push(result.refused);
      if (result.change.before === wanted) same.push(result.change);
      else {
        changes.push(result.change);
        writeBits(after, result.change.bit, result.change.width, wanted);
      }
    }
    return {
      changes,
      same,
      after: changes.length > 0 ? after : image,
      writeHeader: setHcaCapHeader(cap.capType.number, functionId),
      writeCapacity: HEADER_BYTES,
      live: "now",
      refused,
    };
  },

  imageFields(unit): readonly ImageField[] | undefined {
    const name = unit.slice(unit.lastIndexOf(" ") + 1);
    const type = capTypes().find((each) => each.name === name);
    if (type?.layout === undefined) return undefined;
    return describe(layoutOf(type.layout), {
      rawUnions: true,
      skipReserved: true,
    }).map(({ path, bit, width }) => ({ field: path, bit, width }));
  },
};
