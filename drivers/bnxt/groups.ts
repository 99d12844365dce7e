/**
 * The groups of bnxt commands, for policies. They go by what a command is about,
 * so that its query is in the same groups as its writes.
 *
 * Assumption, throughout: what a command is about is taken from its name and its
 * fields in the vendor's header.
 *
 * @module
 */
import type { Group } from "../groups.ts";

/** What is known of a command beside its name. */
export interface GroupedCommand {
  /** Name without `HWRM_`. */
  readonly name: string;
  /** Whether the header has the name: otherwise nothing is known. */
  readonly known: boolean;
  /** Whether it is addressed to another function. */
  readonly other: boolean;
  /** Whether it changes anything. */
  readonly writes: boolean;
  /** Whether it destroys what cannot be read back. */
  readonly destructive: boolean;
}

/** Groups of a command whatever it does with its subject. */
const ABOUT: readonly (readonly [RegExp, Group])[] = [
  [
    /BACKING_STORE|CTX_MEM|LOG_BUFFER_FLUSH|DBG_(READ|WRITE)_|COREDUMP|CRASHDUMP|FUNC_BUF_|HDMA/,
    "memory-access",
  ],
  [
    /^(RING|VNIC|CFA|QUEUE|STAT_CTX|TUNNEL|TFC?)(_|$)|^ENGINE_(RQ|CQ|NQ)_|^FUNC_(DRV|RESET|CFG|VF_|PTP|LAG|DBR|KEY_CTX|VLAN)|^PORT_(MAC|PHY)_CFG|^DBG_RING/,
    "kernel-owned",
  ],
  [
    /^(CFA|TFC?|TUNNEL|VNIC_RSS|RING)(_|$)|^QUEUE_|^ENGINE_|^UDCC_|TTX_PACING|WOL_FILTER|LAG_|^SCH_GRP|DSCP2PRI/,
    "data-plane",
  ],
  [
    /^FUNC_VF_|^CFA_VF|HOST_PF_IDS|EXEC_FWD|REJECT_FWD|^SCH_GRP/,
    "other-functions",
  ],
  [/TOKEN|SECURE|_CKV_|KEY_CTX|CERT|PRVSN|OTP/, "security"],
  [/^(OEM_CMD|SV|MFG_.*|DBG_FW_CLI)$/, "vendor"],
];

/** Groups of a command that changes something. */
const CHANGES: readonly (readonly [RegExp, Group])[] = [
  [
    /^FW_SYNC|LIVEPATCH|NVM_(WRITE|RAW_WRITE|MODIFY|INSTALL|VERIFY_UPDATE|ERASE|MOD_DIR|DEFRAG)|ERASE_NVM|SOC_IMAGE/,
    "firmware-update",
  ],
  [
    /NVM_(SET_VARIABLE|FACTORY|FLUSH|(RAW_)?WRITE|MODIFY|ERASE|MOD_DIR|SET_VPD)|ERASE_NVM|MFG_FRU/,
    "stored-configuration",
  ],
  [/CLR|STATS_CLEAR|FDRSTAT/, "counters"],
  [
    /PORT_(PHY(?!_FDRSTAT)|MAC|TX_FIR|EP_TX|SFP|PRBS|DSC)|SERDES|SIM_CABLE|MDIO|I2C/,
    "link",
  ],
  [/^F(UNC|W)_RESET$|RING_RESET|HOT_UPGRADE/, "reset"],
  [/LOG_BUFFER_FLUSH|USEQ_FLUSH|CRASHDUMP_ERASE|DBG_CFG|PTRACE/, "event-log"],
];

/** The groups a command belongs to; each once. */
export function groupsOf(
  { name, known, other, writes, destructive }: GroupedCommand,
): readonly Group[] {
  const groups = new Set<Group>();
  if (!known) groups.add("unknown");
  for (const [pattern, group] of writes ? [...ABOUT, ...CHANGES] : ABOUT) {
    if (pattern.test(name)) groups.add(group);
  }
  if (other) groups.add("other-functions");
  if (destructive) groups.add("destructive");
  return [...groups];
}
