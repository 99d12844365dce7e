/**
 * `fwctl describe DEVICE`: what can be queried and what can be declared, with
 * the scope and the effect it takes.
 *
 * @module
 */
import { findDevice } from "../device/discovery.ts";
import { READ_POLICY } from "../plan/policy.ts";
import { describeText, type Description } from "../view/describe.ts";
import type { Context } from "./context.ts";
import { withHost } from "./with_host.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { openSessions } from "./sessions.ts";

/** Runs the command. */
export async function describe(
  context: Context,
  device: string,
): Promise<ExitCode> {
  const description = await withHost(context, async (host) => {
    using opened = await openSessions(context, host, READ_POLICY);
    const entry = findDevice(opened.inventory, device);
    const session = opened.sessions.get(entry.name);
    const { driver } = session;
    return {
      device: entry.name,
      driver: driver.name,
      title: driver.title,
      queries: Object.values(driver.queries).map((query) => ({
        name: query.name,
        summary: query.summary,
        scope: query.scope,
        arguments: query.arguments,
        ...(query.target === undefined ? {} : { target: query.target }),
      })),
      resources: Object.values(driver.resources).map(kindOf),
      actions: Object.values(driver.actions).map(kindOf),
      sections: driver.describe(session),
    } satisfies Description;
  });
  context.output.result(
    "describe",
    () => ({ ...description }),
    (style) => describeText(description, style),
  );
  return EXIT.done;
}

/** What is said of a kind: a driver's has more in it. */
function kindOf(
  { kind, summary, scope, effect }: Description["resources"][number],
): Description["resources"][number] {
  return { kind, summary, scope, effect };
}
