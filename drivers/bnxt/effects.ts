/**
 * What each command on the kernel's list does. The kernel does not tell: at
 * scope `configuration` it lets a statistics reset through as well as a command
 * that erases NVM, so this table is ours.
 *
 * Assumption, throughout: the header gives names and fields and no words; what
 * a command does is taken from its name, its fields and how bnxt_en uses it.
 * Where that leaves a doubt the stronger effect is given.
 *
 * @module
 */
import { readField } from "../../lib/bits/mod.ts";
import type { Effect } from "../driver.ts";
import { inputOf } from "./tables/hwrm.ts";

/** An effect and the clause that says why. */
export interface EffectOf {
  /** What happens when the command is executed. */
  readonly effect: Effect;
  /** Why: a clause. */
  readonly reason: string;
}

const READ: EffectOf = { effect: "read", reason: "it only reads" };

type Effects = Readonly<Record<string, readonly [Effect, string]>>;

/** Commands that do more than read. Everything else on the list only reads. */
const WRITES: Effects = {
  FUNC_RESET: ["disruptive", "it resets a function: its traffic stops"],
  FW_RESET: [
    "disruptive",
    "it resets a processor of the card: every function of it may stop",
  ],
  FW_SET_TIME: ["runtime", "it sets the firmware's clock"],
  PORT_CLR_STATS: ["runtime", "the port's counters start again at 0"],
  PORT_PHY_I2C_WRITE: [
    "disruptive",
    "it writes registers of the module: the link may drop, and modules keep some",
  ],
  PORT_PHY_MDIO_WRITE: [
    "disruptive",
    "it writes registers of the PHY: the link may drop",
  ],
  DBG_LOG_BUFFER_FLUSH: [
    "runtime",
    "it writes the firmware's trace buffers out to host memory",
  ],
  DBG_USEQ_FLUSH: [
    "runtime",
    "it flushes what a debug sequencer has collected",
  ],
  DBG_CFG: ["runtime", "it changes what the firmware logs and dumps"],
  DBG_ERASE_NVM: ["destructive", "it erases NVM"],
  DBG_SIM_CABLE_STATE: [
    "disruptive",
    "it lets the firmware believe that a cable was plugged or pulled: the link may drop",
  ],
  NVM_ERASE_DIR_ENTRY: [
    "destructive",
    "it erases an item of NVM, which may be the firmware or its configuration",
  ],
  NVM_FACTORY_DEFAULTS: [
    "destructive",
    "it replaces the configuration in NVM by the factory's",
  ],
  NVM_MOD_DIR_ENTRY: [
    "next-reset",
    "it changes how an item of NVM is found and used from the next reset on",
  ],
  NVM_DEFRAG: [
    "disruptive",
    "it moves items within NVM: a reset or power loss meanwhile can lose them",
  ],
  NVM_VERIFY_UPDATE: [
    "next-reset",
    "it lets a verified update be used from the next reset on",
  ],
  NVM_FLUSH: [
    "next-reset",
    "it makes earlier NVM changes permanent: they hold from the next reset on",
  ],
  NVM_WRITE: [
    "destructive",
    "it writes an item of NVM, which may be the firmware or its configuration: what was there is lost",
  ],
  NVM_MODIFY: [
    "destructive",
    "it overwrites a part of an item of NVM, which may be the firmware or its configuration",
  ],
  NVM_RAW_WRITE_BLK: [
    "destructive",
    "it overwrites flash by address, past the directory: the card may not start again",
  ],
  FW_LIVEPATCH: [
    "disruptive",
    "it puts a patch into the running firmware or takes one out",
  ],
  FW_SET_STRUCTURED_DATA: [
    "disruptive",
    "it sets tables of the firmware, such as DCBX and those of ports: traffic may stop",
  ],
  SCH_GRP_CFG: [
    "disruptive",
    "it changes how functions share the port: the traffic of some may stop",
  ],
  DBG_TOKEN_CFG: [
    "disruptive",
    "it installs or removes a debug token, which opens parts of the firmware",
  ],
  DBG_PTRACE: [
    "disruptive",
    "it gives commands to the firmware's tracer, whose meaning is not public",
  ],
  DBG_COREDUMP_INITIATE: [
    "runtime",
    "it lets the firmware collect a part of a core dump",
  ],
  DBG_SERDES_TEST: [
    "disruptive",
    "it tests a serdes: the link of it, or PCIe itself, may drop",
  ],
  SELFTEST_RETRIEVE_SERDES_DATA: [
    "disruptive",
    "it lets the firmware measure a serdes: the link of it, or PCIe itself, may drop",
  ],
  PORT_PRBS_TEST: [
    "disruptive",
    "it starts or ends test patterns on the port: the link drops",
  ],
  PORT_DSC_DUMP: [
    "disruptive",
    "it lets the firmware measure a serdes: eye scans may make the link drop",
  ],
};

/**
 * Fields with which a command does its most, where that depends on them: for
 * tables that show a command once.
 */
export const STRONGEST: Readonly<
  Record<string, Readonly<Record<string, number>>>
> = {
  FW_SYNC: { sync_action: 0x80000000 },
  NVM_SET_VARIABLE: { flags: 0x80 },
};

/** A read whose reason is worth saying. */
const READS: Readonly<Record<string, string>> = {
  FUNC_QSTATS: "it only reads: the command has no bit that clears",
  FUNC_QSTATS_EXT: "it only reads: the command has no bit that clears",
  PORT_PHY_I2C_READ: "it only reads, from the module",
  PORT_PHY_MDIO_READ:
    "it only reads, but some registers of a PHY clear when they are read",
  DBG_READ_DIRECT:
    "it only reads, but some registers of the chip clear when they are read",
  DBG_READ_INDIRECT: "it only reads tables of the chip",
  NVM_FIND_DIR_ENTRY: "it only searches the directory of NVM",
};

/** PORT_PHY_FDRSTAT asks for what it does: START 0, STOP 1, CLEAR 2, COUNTER 3. */
const FDRSTAT: Readonly<Record<number, string>> = {
  0: "it starts the collection of error statistics",
  1: "it stops the collection of error statistics",
  2: "the error statistics start again at 0",
};

/**
 * The effect of a command on the kernel's list.
 *
 * @param command name without `HWRM_`
 * @param request its bytes; those past its end count as 0
 */
export function effectOf(command: string, request: Uint8Array): EffectOf {
  const write = Object.hasOwn(WRITES, command) ? WRITES[command] : undefined;
  if (write) return { effect: write[0], reason: write[1] };
  if (command === "PORT_PHY_FDRSTAT") return fdrstat(request);
  if (command === "FW_SYNC") return sync(request);
  if (command === "NVM_SET_VARIABLE") return setVariable(request);
  const reason = Object.hasOwn(READS, command) ? READS[command] : undefined;
  return reason === undefined ? READ : { effect: "read", reason };
}

/** One field of a request as it will be found: bytes that are not sent are 0. */
function field(command: string, name: string, request: Uint8Array): number {
  const layout = inputOf(command)?.layout;
  if (!layout) return 0;
  const whole = new Uint8Array(Math.max(request.length, layout.bits / 8));
  whole.set(request);
  return readField(layout, whole, name);
}

function fdrstat(request: Uint8Array): EffectOf {
  const ops = field("PORT_PHY_FDRSTAT", "ops", request);
  if (ops === 3) {
    return { effect: "read", reason: "it only reads the counters" };
  }
  return {
    effect: "runtime",
    reason: FDRSTAT[ops] ?? `its operation ${ops} has no public meaning`,
  };
}

/** Without bit 31, ACTION, it asks how the last one went. */
function sync(request: Uint8Array): EffectOf {
  return field("FW_SYNC", "sync_action", request) >= 0x80000000
    ? {
      effect: "destructive",
      reason:
        "its ACTION bit is set: it overwrites copies of firmware, configuration or boot record in NVM",
    }
    : {
      effect: "read",
      reason:
        "its ACTION bit is not set: it asks how the last synchronisation went",
    };
}

/** Bit 7 of `flags`, FACTORY_DEFAULT. */
function setVariable(request: Uint8Array): EffectOf {
  return (field("NVM_SET_VARIABLE", "flags", request) & 0x80) !== 0
    ? {
      effect: "destructive",
      reason:
        "its FACTORY_DEFAULT bit is set: it overwrites what a reset to factory defaults brings back",
    }
    : {
      effect: "next-reset",
      reason:
        "it changes an option of the configuration in NVM: it holds from the next reset on",
    };
}
