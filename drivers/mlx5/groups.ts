/**
 * The groups of mlx5 commands, for policies. They go by what a command is about,
 * so that its query is in the same groups as its writes.
 *
 * Assumption, throughout: what a command is about is taken from its public name
 * and its fields in include/linux/mlx5/mlx5_ifc.h.
 *
 * @module
 */
import type { Group } from "../groups.ts";

/** What is known of a command beside its name. */
export interface GroupedCommand {
  /** The kernel's name without `MLX5_CMD_OP_`; "" when it has none. */
  readonly name: string;
  /** The register it writes; undefined when it writes none. */
  readonly register: number | undefined;
  /** Whether it addresses another function or port. */
  readonly other: boolean;
  /** Whether it clears what it reads. */
  readonly clears: boolean;
  /** Whether it destroys what cannot be read back. */
  readonly destructive: boolean;
}

/** Groups by what stands in a command's name. */
const BY_NAME: readonly (readonly [RegExp, Group])[] = [
  [
    /MKEY|MTT|UMEM|MEMIC|PAGE|SPECIAL_CONTEXTS|_PD$|DMA|GENERATE_WQE|ALLOW_OTHER_VHCA/,
    "memory-access",
  ],
  [
    /_(QP|CQ|EQ|SRQ|RQ|SQ|TIR|TIS|RQT|RMP|DCT|XRQ|XRC_SRQ|PSV|RDB|LAG|UCTX|UAR|PD|XRCD|UMEM|MKEY|ISSI|TRANSPORT_DOMAIN)(_|$)/,
    "kernel-owned",
  ],
  [
    /^(2ERR|2RST)_QP|FLOW|L2_TABLE|VPORT|SCHED|RATE_LIMIT|MODIFY_HEADER|PACKET_REFORMAT|GENERAL_OBJECT|_HCA$|VHCA|EQE|STEERING|ROCE_ADDRESS|DRIVER_VERSION|CONNECTED_QP|DC_CNAK|MSIX_MAPPING/,
    "kernel-owned",
  ],
  [
    /FLOW|L2_TABLE|MODIFY_HEADER|PACKET_REFORMAT|STEERING|(TIR|TIS|SQ|RQ|RQT|RMP|QP|SRQ|DCT)(_|$)|NVMF|MAD_|MCG|CONG_|VXLAN|SCHED|RATE_LIMIT|QOS_PARA|CONNECTED_QP|REGEXP|DROPPED_PACKET|GENERATE_WQE/,
    "data-plane",
  ],
  [
    /OTHER_HCA|ESW_|VHCA|ADJACENT|EMULATED|EMULATION|_SF(_|$)|SF_PARTITION/,
    "other-functions",
  ],
  [/DELEGATE/, "other-hosts"],
  [/CRYPTO|PSP_|KEY_VIOLATION/, "security"],
];

/** Groups of register writes. */
const REGISTERS: Readonly<Record<number, Group>> = {
  0x4002: "data-plane",
  0x4004: "data-plane",
  0x4013: "data-plane",
  0x5002: "link",
  0x5003: "link",
  0x5004: "link",
  0x5006: "link",
  0x5007: "link",
  0x5008: "counters",
  0x9010: "firmware-update",
  0x9011: "firmware-update",
  0x9012: "firmware-update",
  0x9024: "stored-configuration",
  0x9025: "stored-configuration",
  0x9028: "reset",
  0x9033: "stored-configuration",
  0x9062: "firmware-update",
  0x9063: "firmware-update",
};

/** Registers whose writes are known to be none of the groups. */
const PLAIN: ReadonlySet<number> = new Set([0x9020, 0x9061, 0x907f]);

const named = new Map<string, readonly Group[]>();

/** The groups a command belongs to, in no order that matters; each once. */
export function groupsOf(command: GroupedCommand): readonly Group[] {
  const { name, register, other, clears, destructive } = command;
  const groups = new Set(groupsOfName(name));
  if (other) groups.add("other-functions");
  if (clears) groups.add("counters");
  if (destructive) groups.add("destructive");
  if (register !== undefined && !PLAIN.has(register)) {
    groups.add(REGISTERS[register] ?? "unknown");
  }
  return [...groups];
}

function groupsOfName(name: string): readonly Group[] {
  if (name === "") return ["unknown"];
  let groups = named.get(name);
  if (!groups) {
    groups = [
      ...new Set(
        BY_NAME.filter(([pattern]) => pattern.test(name))
          .map(([, group]) => group),
      ),
    ];
    named.set(name, groups);
  }
  return groups;
}
