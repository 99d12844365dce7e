/**
 * Query `probe`: which operations a card has, without executing any.
 *
 * Each question is a message whose payload cannot be read. The kernel looks for
 * endpoint and operation (EINVAL when there is none), then at the scope (EPERM
 * when it is too low), then at the payload (EFAULT), and only then would it turn
 * to the firmware. That is inferred from pdsfc_fw_rpc() of Linux 7.2; no
 * document promises it, and it holds while nothing is mapped at address 0, which
 * vm.mmap_min_addr forbids. A card that takes no request payload at all answers
 * EINVAL to everything. The kernel does ask the firmware for an endpoint's list
 * of operations the first time somebody uses the endpoint.
 *
 * Nothing is asked unless endpoints and operations are named, and at no scope
 * above `configuration` unless `scope` says so: `debug-write` taints the kernel.
 * Refused at `debug-write` means `debug-write-full`, so that is never asked.
 *
 * @module
 */
import { DecodeError, isFwctlError, UsageError } from "../../../lib/errors.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import { type Scope, SCOPES } from "../../../lib/uapi/fwctl.ts";
import type { Channel, QueryType } from "../../driver.ts";
import { hex } from "../definition.ts";
import { mapOf } from "../knowledge.ts";
import { HEADER_BYTES, probeMessage } from "../protocol.ts";
import { checkArguments, numbers, textOr } from "./arguments.ts";

/** Most pairs of endpoint and operation of one query. */
export const MAX_PROBES = 4096;
/** Scopes worth asking at, lowest first. */
const ASKED: readonly Scope[] = SCOPES.slice(0, 3);
const ARGS = ["endpoints", "operations", "version", "scope"];

/** What the kernel says of an operation. */
export type Probed =
  | { readonly found: "no" }
  /** It has it and needs at least `scope`, at most `debug-write-full`. */
  | { readonly found: "yes"; readonly scope: Scope; readonly exact: boolean }
  /** The firmware did not list the endpoint's operations. */
  | { readonly found: "unlisted" };

/** The query. Arguments: `endpoints`, `operations`, and `version`, `scope`. */
export const probeQuery: QueryType = {
  name: "probe",
  summary:
    "Which operations the card has and their least scope, asked without executing any",
  scope: null,
  arguments: {
    endpoints: {
      type: "texts",
      help: "Needed: numbers, ranges such as 1-16, names from a map",
    },
    operations: {
      type: "texts",
      help: `Needed: numbers or ranges; ${MAX_PROBES} pairs at most`,
    },
    version: { type: "integer", help: "Version of the operations; 0" },
    scope: {
      type: "text",
      help:
        "Highest scope to ask at: configuration (default), debug-read-only, or debug-write, which taints the kernel",
    },
  },
  run({ channel, know }, args): PlainData {
    checkArguments("probe", args, ARGS);
    const map = mapOf(know);
    const endpoints = numbers(
      args.endpoints,
      "endpoints",
      { largest: 0xffffffff, most: MAX_PROBES },
      (name) => map.findEndpoint(name).id,
    );
    const operations = numbers(
      args.operations,
      "operations",
      { largest: 0xffff, most: MAX_PROBES },
      (name) => {
        throw new UsageError(
          `operations: "${name.slice(0, 64)}" is no number`,
          {
            hint: "Operations are probed by number; see the query operations",
          },
        );
      },
    );
    const pairs = endpoints.length * operations.length;
    if (pairs > MAX_PROBES) {
      throw new UsageError(
        `${pairs} pairs of endpoint and operation are more than ${MAX_PROBES}`,
        { hint: "Ask for a smaller range, more than once" },
      );
    }
    const version = versionOf(args);
    const scopes = ASKED.slice(0, ASKED.indexOf(scopeOf(args)) + 1);
    const rows: PlainObject[] = [];
    const unlisted: string[] = [];
    for (const endpoint of endpoints) {
      for (const command of operations) {
        const op = version << 16 | command;
        const probed = probe(channel, endpoint, op, scopes);
        if (probed.found === "unlisted") {
          unlisted.push(hex(endpoint));
          break;
        }
        if (probed.found === "no") continue;
        const known = map.operation(endpoint, op);
        rows.push({
          endpoint: hex(endpoint),
          operation: hex(command),
          name: known ? `${known.endpoint.name}.${known.operation.name}` : "",
          scope: `${probed.exact ? "" : "at least "}${probed.scope}`,
          ...(known && probed.exact && known.operation.scope !== probed.scope
            ? { note: `the endpoint map says ${known.operation.scope}` }
            : {}),
        });
      }
    }
    return {
      asked: pairs,
      highest_scope: scopes.at(-1) ?? "configuration",
      found: rows,
      endpoints_without_list: unlisted,
    };
  },
};

/** Asks for one operation, from the lowest of `scopes` on. @throws what is no answer */
export function probe(
  channel: Channel,
  endpoint: number,
  op: number,
  scopes: readonly Scope[],
): Probed {
  let least: Scope = "configuration";
  for (const scope of scopes) {
    const number = SCOPES.indexOf(scope);
    switch (ask(channel, endpoint, op, number)) {
      case "EINVAL":
        return { found: "no" };
      case "ENOMEM":
        return { found: "unlisted" };
      case "EFAULT":
        return { found: "yes", scope, exact: true };
    }
    least = SCOPES[number + 1] ?? "debug-write-full";
  }
  // Above debug-write there is one scope left.
  return { found: "yes", scope: least, exact: least === "debug-write-full" };
}

function ask(
  channel: Channel,
  endpoint: number,
  op: number,
  scope: number,
): "EINVAL" | "EPERM" | "EFAULT" | "ENOMEM" {
  try {
    channel.send(probeMessage(endpoint, op, scope), HEADER_BYTES);
  } catch (error) {
    if (!isFwctlError(error) || error.code !== "SyscallError") throw error;
    const { errnoName } = error.details();
    switch (errnoName) {
      case "EINVAL":
      case "EPERM":
      case "EFAULT":
      case "ENOMEM":
        return errnoName;
    }
    throw error;
  }
  throw new DecodeError(
    `The probe of endpoint ${hex(endpoint)} operation ${
      hex(op)
    } was answered instead of refused: the firmware may have executed it`,
    {
      device: channel.device,
      hint: "Do not probe on this kernel; report its version",
    },
  );
}

function versionOf(args: PlainObject): number {
  const { version = 0 } = args;
  if (
    typeof version === "number" && Number.isInteger(version) && version >= 0 &&
    version <= 0xff
  ) return version;
  throw new UsageError(`${JSON.stringify(version)} is not a version`, {
    hint: "Give a whole number from 0 to 255",
  });
}

function scopeOf(args: PlainObject): Scope {
  const given = textOr(args, "scope") ?? "configuration";
  const scope = ASKED.find((each) => each === given);
  if (scope !== undefined) return scope;
  throw new UsageError(
    `scope ${JSON.stringify(given.slice(0, 64))} cannot be asked at`,
    {
      hint: didYouMean(given, ASKED) ?? `Give one of ${ASKED.join(", ")}`,
    },
  );
}
