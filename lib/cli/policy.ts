/**
 * The policy of a command: its file, if one is named, and its options over it.
 *
 * @module
 */
import type { Effect } from "../../drivers/driver.ts";
import type { Host } from "../host/host.ts";
import { STATE_DIR } from "../machine/state_dir.ts";
import type { PlainData } from "../plain.ts";
import {
  capped,
  DEFAULT_POLICY,
  narrowed,
  parsePolicy,
  type Policy,
  type Seals,
} from "../plan/policy.ts";
import type { Scope } from "../uapi/fwctl.ts";
import type { Context, Globals } from "./context.ts";
import { driversOf } from "./drivers.ts";
import { readJson } from "./files.ts";

/** Options that raise or lower a ceiling, or close devices. */
export interface PolicyOptions {
  /** Highest scope. */
  readonly maxScope?: Scope | undefined;
  /** Strongest effect. */
  readonly maxEffect?: Effect | undefined;
  /** Whether requests may taint the kernel. */
  readonly allowTaint?: boolean | undefined;
  /** Seal the devices that were changed. */
  readonly seal?: boolean | undefined;
  /** Seal nothing yet: the command does it when all its plans are applied. */
  readonly sealLater?: boolean | undefined;
}

/**
 * The policy for changes: that of the file, or the built-in one, and the
 * options over it.
 *
 * @throws `UsageError` for a file that is wrong
 * @throws `PolicyError` for an option that asks for more than the file allows
 */
export async function policyOf(
  { globals }: Context,
  { maxScope, maxEffect, allowTaint, seal, sealLater }: PolicyOptions = {},
  otherwise: Policy = DEFAULT_POLICY,
): Promise<Policy> {
  const file = await filePolicy(globals);
  const policy = narrowed(file ?? otherwise, {
    scope: maxScope,
    effect: maxEffect,
    taint: allowTaint,
    seal: seal ? "boot" : undefined,
    breakSeal: globals.breakSeal,
  });
  return sealLater ? { ...policy, seal: "none" } : policy;
}

/** The same for a command that only reads: ceilings above `most` must be asked for. */
export async function readPolicyOf(
  context: Context,
  options: PolicyOptions,
  most: Policy,
): Promise<Policy> {
  const { maxScope, allowTaint } = options;
  const policy = await policyOf(context, options, most);
  return capped(policy, {
    scope: maxScope ?? most.scope,
    effect: "read",
    taint: allowTaint ?? most.taint,
  });
}

/** A built-in policy under the file, if one is named: no command goes around it. */
export async function underFile(
  { globals }: Context,
  policy: Policy,
): Promise<Policy> {
  const breakSeal = globals.breakSeal ?? false;
  // It came from the file already.
  if (policy.source !== undefined) return policy;
  const file = await filePolicy(globals);
  return narrowed(file ? capped(file, policy) : policy, { breakSeal });
}

/** Where the seals of a machine are; a model or a replay has some when a folder is named. */
export async function sealsOf(
  context: Context,
  host: Host,
): Promise<Seals | undefined> {
  const folder = sealFolder(context, host);
  if (folder === undefined) return undefined;
  const { FileSeals } = await import("../apply/seals.ts");
  return new FileSeals(folder);
}

/** The folder they are in. */
export function sealFolder(
  { globals }: Context,
  host: Host,
): string | undefined {
  const folder = globals.stateDir ??
    (host.kind === "linux" && globals.replay === undefined
      ? STATE_DIR
      : undefined);
  return folder === undefined ? undefined : `${folder}/seals`;
}

async function filePolicy(
  globals: Globals,
): Promise<Policy | undefined> {
  const { policy: path } = globals;
  if (path === undefined) return undefined;
  return parsePolicy(readJson(path, "the policy") as PlainData, path, {
    drivers: await driversOf(globals),
  });
}
