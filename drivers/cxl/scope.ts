/**
 * What a CXL mailbox command needs and does. For Set Feature the device's own
 * effects word decides, as the kernel reads it.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import type { Know, KnownRequest, RequestLabel } from "../driver.ts";
import { effectOf, exclusiveReason, setRule } from "./effects.ts";
import { type CxlFeatures, featuresOf } from "./knowledge.ts";
import {
  featureOf,
  getFeature,
  getSupportedFeatures,
  HEADER_BYTES,
  newRequest,
  opcodeOf,
  opSizeOf,
  SELECTION,
} from "./protocol.ts";
import { commandOf, commands, VENDOR_OPCODE } from "./tables/commands.ts";
import type { Group } from "../groups.ts";
import { CXL_CMD, CXL_MBOX_OP, exclusiveFeature } from "./tables/features.ts";
import { standardByUuid } from "./tables/standard.ts";

const NOT_A_FEATURE = "the kernel sends feature commands only";
const NAMES: Readonly<Record<number, string>> = {
  [CXL_MBOX_OP.GET_SUPPORTED_FEATURES]: "Get Supported Features",
  [CXL_MBOX_OP.GET_FEATURE]: "Get Feature",
  [CXL_MBOX_OP.SET_FEATURE]: "Set Feature",
};
/** Where the selection byte of a Get Feature is. */
const SELECTION_BYTE = HEADER_BYTES + 20;

/** Labels a request by its bytes and, for Set Feature, by the device's list; any bytes are fine. */
export function classify(request: Bytes, know?: Know): RequestLabel {
  const opcode = opcodeOf(request);
  const name = NAMES[opcode];
  if (opSizeOf(request) === undefined) {
    return never(name ?? nameOf(opcode), "", {
      scopeReason: request.length < HEADER_BYTES
        ? `it is shorter than the ${HEADER_BYTES}-byte header`
        : "op_size says more than there is",
      effectReason: "",
    });
  }
  if (name === undefined) return otherCommand(opcode);
  if (opcode === CXL_MBOX_OP.SET_FEATURE) return setFeature(request, know);
  return {
    name,
    detail: opcode === CXL_MBOX_OP.GET_FEATURE ? getDetail(request) : "",
    allowed: true,
    scope: "configuration",
    scopeReason: "the kernel lets feature reads through at any scope",
    effect: "read",
    effectReason: "it only reads",
    groups: ["spec-safe"],
  };
}

function getDetail(request: Bytes): string {
  const uuid = featureOf(request);
  if (uuid === undefined) return "";
  const selection = request[SELECTION_BYTE];
  const which = Object.entries(SELECTION)
    .find(([, number]) => number === selection)?.[0];
  return `${plainName(uuid)}, ${
    which ?? `selection ${selection ?? "missing"}`
  }`;
}

/** A name that needs no list: those of the specification. */
function plainName(uuid: string): string {
  return standardByUuid(uuid)?.name ?? uuid;
}

function setFeature(request: Bytes, know: Know | undefined): RequestLabel {
  const name = "Set Feature";
  const uuid = featureOf(request);
  if (uuid === undefined) {
    return never(name, "", {
      scopeReason: "it is too short to name a feature",
      effectReason: "",
    });
  }
  const exclusive = exclusiveFeature(uuid.replaceAll("-", ""));
  if (exclusive !== undefined) {
    return never(name, plainName(uuid), {
      scopeReason: exclusiveReason(exclusive),
      effectReason: "it changes how the memory is scrubbed or repaired",
      groups: ["kernel-owned"],
    });
  }
  const known = featuresOf(know);
  return known ? bySetRule(name, uuid, known) : {
    name,
    detail: uuid,
    allowed: true,
    scope: "debug-write-full",
    scopeReason:
      "the device's list of features is not known here, so the highest scope is assumed",
    effect: "destructive",
    effectReason:
      "the device's list of features is not known here, so the worst is assumed",
    groups: ["vendor", "unknown"],
  };
}

/** What a Set Feature reaches by the device's own word; the kernel has every one saved. */
function setGroups(effects: number): readonly Group[] {
  return [
    "vendor",
    "stored-configuration",
    ...(effects & CXL_CMD.DATA_CHANGE_IMMEDIATE
      ? ["data-plane", "destructive"] as const
      : []),
    ...(effects & CXL_CMD.LOG_CHANGE_IMMEDIATE ? ["event-log"] as const : []),
    ...(effects & CXL_CMD.SECURITY_STATE_CHANGE ? ["security"] as const : []),
  ];
}

function bySetRule(
  name: string,
  uuid: string,
  known: CxlFeatures,
): RequestLabel {
  const detail = known.nameOf(uuid);
  const entry = known.entry(uuid);
  if (!entry) {
    return never(name, detail, {
      scopeReason: "the device lists no such feature",
      effectReason: "",
      groups: ["vendor"],
    });
  }
  const { scope, reason } = setRule(entry);
  const { effect, reason: effectReason } = effectOf(entry.effects);
  const groups = setGroups(entry.effects);
  return scope === undefined
    ? {
      ...never(name, detail, { scopeReason: reason, effectReason, groups }),
      effect,
    }
    : {
      name,
      detail,
      allowed: true,
      scope,
      scopeReason: reason,
      effect,
      effectReason,
      groups,
    };
}

function nameOf(opcode: number): string {
  return commandOf(opcode)?.name ??
    `${opcode >= VENDOR_OPCODE ? "vendor " : ""}opcode 0x${
      opcode.toString(16).padStart(4, "0")
    }`;
}

function otherCommand(opcode: number): RequestLabel {
  const known = commandOf(opcode);
  if (known) {
    const { name, effect, reason, groups } = known;
    return {
      ...never(name, "", {
        scopeReason: NOT_A_FEATURE,
        effectReason: reason,
        groups,
      }),
      effect,
    };
  }
  const vendor = opcode >= VENDOR_OPCODE;
  return never(nameOf(opcode), "", {
    scopeReason: NOT_A_FEATURE,
    effectReason: vendor ? "only the vendor knows what it does" : "",
    groups: vendor ? ["vendor", "unknown"] : ["unknown"],
  });
}

/** A request the kernel never sends. */
function never(
  name: string,
  detail: string,
  why: {
    scopeReason: string;
    effectReason: string;
    groups?: readonly string[];
  },
): RequestLabel {
  const { groups = [], ...reasons } = why;
  return {
    name,
    detail,
    allowed: false,
    scope: "debug-write-full",
    effect: "destructive",
    ...reasons,
    ...(groups.length === 0 ? {} : { groups }),
  };
}

/** Every command of the specification, in order of its opcode, and all a vendor may have. */
export function requests(): readonly KnownRequest[] {
  const nil = "00000000-0000-0000-0000-000000000000";
  const list = new Map<number, Bytes>(
    [...commands().keys()].map((opcode) => [
      opcode,
      newRequest(opcode, new Uint8Array(0)),
    ]),
  );
  list.set(CXL_MBOX_OP.GET_SUPPORTED_FEATURES, getSupportedFeatures(0, 0));
  list.set(CXL_MBOX_OP.GET_FEATURE, getFeature(nil, 1));
  list.set(
    CXL_MBOX_OP.SET_FEATURE,
    newRequest(CXL_MBOX_OP.SET_FEATURE, new Uint8Array(33)),
  );
  const known = [...list].sort(([a], [b]) => a - b).map((
    [opcode, request],
  ) => ({ code: hex(opcode), label: plain(classify(request)) }));
  const vendor = classify(newRequest(VENDOR_OPCODE, new Uint8Array(0)));
  return [...known, {
    code: `${hex(VENDOR_OPCODE)}-0xffff`,
    label: { ...vendor, name: "vendor commands" },
  }];
}

/** Without what the feature of the example says. */
function plain(label: RequestLabel): RequestLabel {
  return { ...label, detail: "" };
}

function hex(opcode: number): string {
  return `0x${opcode.toString(16).padStart(4, "0")}`;
}
