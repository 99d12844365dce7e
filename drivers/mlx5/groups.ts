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
const REGISTERS: Readonly<Record<number, Group>> = registerGroups([
  ["data-plane", [
    0x4002,
    0x4005,
    0x400a,
    0x4013,
    0x4020,
    0x4021,
    0x500b,
    0x500c,
    0xb001,
    0xb002,
  ]],
  ["link", [
    0x5001,
    0x5002,
    0x5003,
    0x5004,
    0x5005,
    0x5006,
    0x5007,
    0x500a,
    0x500e,
    0x500f,
    0x5012,
    0x5018,
    0x5023,
    0x5027,
    0x5028,
    0x902b,
    0x9155,
    0x9156,
  ]],
  ["counters", [0x5008, 0x503e, 0x9051]],
  ["firmware-update", [0x9010, 0x9011, 0x9012, 0x9062, 0x9063, 0x9162]],
  ["stored-configuration", [0x9024, 0x9025, 0x9033]],
  ["reset", [0x9028]],
]);

/** Registers whose writes are known to be none of the groups: they only report or select. */
const PLAIN: ReadonlySet<number> = new Set([
  0x4019,
  0x4022,
  0x5009,
  0x5010,
  0x5031,
  0x507f,
  0x6001,
  0x9009,
  0x900a,
  0x9020,
  0x902d,
  0x902f,
  0x9030,
  0x9034,
  0x9035,
  0x9050,
  0x9059,
  0x9060,
  0x9061,
  0x907f,
  0x912a,
  0x9180,
  0x9182,
  0xb01f,
  0xc00d,
  0xc00e,
]);

function registerGroups(
  rows: readonly (readonly [Group, readonly number[]])[],
): Readonly<Record<number, Group>> {
  return Object.fromEntries(
    rows.flatMap(([group, ids]) => ids.map((id) => [id, group])),
  );
}

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
