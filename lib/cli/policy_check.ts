/**
 * `fwctl policy FILE`: checks a policy file and says what it allows.
 *
 * @module
 */
import type { PlainData } from "../plain.ts";
import { parsePolicy, policyLines } from "../plan/policy.ts";
import { judgedRequests } from "../plan/policy/verdict.ts";
import { policyText } from "../view/policy.ts";
import type { Context } from "./context.ts";
import { driversOf } from "./drivers.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { readJson } from "./files.ts";

/** The command's options. */
export interface PolicyCheckOptions {
  /** Every request by name. */
  readonly all?: boolean | undefined;
}

/** Runs the command; it opens nothing. */
export async function policyCheck(
  { globals, output }: Context,
  path: string,
  options: PolicyCheckOptions,
): Promise<ExitCode> {
  const drivers = await driversOf(globals);
  const policy = parsePolicy(
    readJson(path, "the policy") as PlainData,
    path,
    { drivers },
  );
  const judged = drivers.map((driver) => ({
    driver: driver.name,
    requests: judgedRequests(driver, policy),
  }));
  output.result(
    "policy",
    () => ({ source: path, says: policyLines(policy), drivers: judged }),
    (style) =>
      policyText(path, policy, judged, style, { all: options.all ?? false }),
  );
  return EXIT.done;
}
