/**
 * The machine's form of every command: one JSON object on standard output,
 * `{"schema": "fwctl/NAME", "version": "MAJOR.MINOR", …}`.
 *
 * Each NAME has a JSON Schema in schemas/NAME.schema.json, which says which
 * commands answer so and what every member is; `fwctl schema` prints them. What
 * they share, and the rules for readers, are in schemas/common.schema.json. A
 * new member needs its description there and raises the minor version, anything
 * else the major: tests hold every answer against its schema.
 *
 * @module
 */
import type { ApplyResult } from "../apply/types.ts";
import { toHex } from "../bytes.ts";
import type { FwctlError } from "../errors.ts";
import { requestOf } from "../plan/step.ts";
import type { Plan } from "../plan/types.ts";
import { scopeTaints } from "../uapi/fwctl.ts";

/** Version of every schema so far. */
export const JSON_VERSION = "1.0";

/** The names of the schemas, after `fwctl/`: a file and a line in schemas/load.ts for each. */
export type SchemaName =
  | "list"
  | "info"
  | "caps"
  | "caps-compare"
  | "rpc"
  | "scope"
  | "requests"
  | "describe"
  | "decode"
  | "decoders"
  | "query"
  | "plan"
  | "apply"
  | "drift"
  | "report"
  | "show"
  | "recover"
  | "journal-list"
  | "journal"
  | "journal-verify"
  | "journal-close"
  | "params"
  | "sign"
  | "attest"
  | "verify"
  | "trust"
  | "policy"
  | "bundle"
  | "nvconfig"
  | "nvconfig-backup"
  | "vfio"
  | "vfio-status"
  | "vfio-hook"
  | "host"
  | "host-apply"
  | "host-prune"
  | "seal"
  | "diag-capabilities"
  | "diag-samples"
  | "doctor"
  | "recording"
  | "recording-close"
  | "schema-list"
  | "schema"
  | "version"
  | "error";

/** The text of an envelope, indented, with a newline at its end. */
export function jsonText(
  name: SchemaName,
  body: Readonly<Record<string, unknown>>,
): string {
  const envelope = { schema: `fwctl/${name}`, version: JSON_VERSION, ...body };
  return `${JSON.stringify(envelope, bytesAsHex, 2)}\n`;
}

function bytesAsHex(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? toHex(value) : value;
}

/**
 * A plan: as `Plan`, and every step with `request` (the bytes of the write as
 * they will be sent, the patch in them) and `taints`.
 */
export function planBody(plan: Plan): Record<string, unknown> {
  return {
    ...plan,
    steps: plan.steps.map((step) => ({
      ...step,
      request: requestOf(step),
      taints: scopeTaints(step.label.scope),
    })),
  };
}

/** A result: `outcome`, `steps` with their errors as `fwctl/error` has them, `error` or null. */
export function resultBody(result: ApplyResult): Record<string, unknown> {
  return {
    outcome: result.outcome,
    steps: result.steps.map(({ step, status, errors, answer }) => ({
      step,
      status,
      errors: errors.map(errorBody),
      ...(answer === undefined ? {} : { answer }),
    })),
    error: result.error ? errorBody(result.error) : null,
  };
}

/** An error as plain data. */
export function errorBody(error: FwctlError): Record<string, unknown> {
  return error.toJSON();
}
