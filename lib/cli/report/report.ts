/**
 * `fwctl report [RECIPE…] -o FILE`: one page of the whole machine. Sends reads
 * only.
 *
 * @module
 */
import type { Session } from "../../device/sessions.ts";
import type { Inventory } from "../../device/inventory.ts";
import { type FwctlError, isFwctlError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { planRefusals, READ_POLICY } from "../../plan/policy.ts";
import { findHolders, heldBy, holdersOf, nodesOf } from "../../vfio/holders.ts";
import { type DeviceWords, identityFacts } from "../../view/page/devices.ts";
import {
  type ReportCounts,
  reportCounts,
  reportPage,
  type ReportPlan,
} from "../../view/page/report_page.ts";
import { thousands } from "../../view/words.ts";
import type { Context } from "../context.ts";
import { withHost } from "../with_host.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { openLanes } from "../lanes.ts";
import {
  imageFields,
  pageMachine,
  pageOrigin,
  writePageFile,
} from "../page_file.ts";
import {
  definitionsOf,
  isPlanFile,
  readPlan,
  refuseExisting,
} from "../plan_file.ts";
import { planned, type RecipeOptions } from "../planning.ts";
import { policyOf } from "../policy.ts";
import { shownRuns } from "./runs.ts";
import { staleFindings } from "./stale.ts";
import { stateOf } from "../runs.ts";
import { openSessions } from "../sessions.ts";

/** The command's options. */
export interface ReportOptions extends RecipeOptions {
  /** Where the page goes. */
  readonly output?: string | undefined;
  /** Replace what is there. */
  readonly force?: boolean | undefined;
}

/** Where the page goes unless told otherwise. */
const DEFAULT_NAME = "fwctl-report.html";

/** Runs the command: 0, or 1 when a recipe or plan file could not be compared; the page says why. */
export async function report(
  context: Context,
  sources: readonly string[],
  options: ReportOptions,
): Promise<ExitCode> {
  const { output, globals } = context;
  const { output: file = DEFAULT_NAME, force = false } = options;
  refuseExisting(file, force, "the page");
  using lanes = await openLanes(context, options);
  const state = stateOf(globals);
  const runs = state ? shownRuns(state) : undefined;
  const shown = await withHost(context, async (host) => {
    const { inventory, words } = await devices(context, host);
    const plans: ReportPlan[] = [];
    for (const source of sources) {
      plans.push(
        await compared(
          source,
          () =>
            isPlanFile(source)
              ? ofFile(context, host, source, options)
              : ofRecipe(context, host, source, options, lanes),
        ),
      );
    }
    return {
      machine: pageMachine(globals, host, inventory),
      inventory,
      words,
      holders: holders(host, inventory),
      plans,
      runs: runs?.runs ?? null,
      earlier: runs?.earlier ?? 0,
      origin: pageOrigin(),
    };
  });
  const page = writePageFile(file, await reportPage(shown));
  const counts: ReportCounts = reportCounts(shown);
  output.result(
    "report",
    () => ({ ...page, counts }),
    (style) =>
      `${style(page.file, "bold")}  ${thousands(page.bytes)} bytes  ${
        style(page.sha256)
      }\n`,
  );
  return counts.errors > 0 ? EXIT.error : EXIT.done;
}

/** The devices, and what each says of itself; one that does not answer hides no other. */
async function devices(
  context: Context,
  host: Host,
): Promise<{ inventory: Inventory; words: Map<string, DeviceWords> }> {
  using opened = await openSessions(context, host, READ_POLICY);
  const { inventory, sessions } = opened;
  const words = new Map<string, DeviceWords>();
  for (const { name } of inventory.devices) {
    try {
      const { driver, info, identity }: Session = sessions.get(name);
      words.set(name, {
        facts: [...identityFacts(identity()), ...driver.describeInfo(info)],
        trouble: "",
      });
    } catch (error) {
      if (!isFwctlError(error)) throw error;
      words.set(name, { facts: [], trouble: error.message });
    }
  }
  return { inventory, words };
}

/** Who has each function open, in words. */
function holders(
  host: Host,
  { devices }: Inventory,
): Map<string, string> {
  const found = new Map<string, string>();
  const all = findHolders(host);
  if (all.by.size === 0) return found;
  for (const { pci } of devices.flatMap(({ virtfns }) => virtfns)) {
    const list = holdersOf(nodesOf(host, pci).nodes, pci, all);
    if (list.length > 0) found.set(pci, heldBy(list));
  }
  return found;
}

/** What cannot be compared is an answer too, so that the others are. */
async function compared(
  source: string,
  run: () => Promise<ReportPlan["shown"]>,
): Promise<ReportPlan> {
  try {
    const shown = await run();
    return { source, error: "", ...(shown ? { shown } : {}) };
  } catch (error) {
    if (!isFwctlError(error)) throw error;
    return { source, error: said(error) };
  }
}

function said({ message, hint }: FwctlError): string {
  return hint === undefined ? message : `${message}. ${hint}`;
}

async function ofRecipe(
  context: Context,
  host: Host,
  source: string,
  options: ReportOptions,
  lanes: Parameters<typeof planned>[5],
): Promise<ReportPlan["shown"]> {
  const found = await planned(context, host, source, options, "look", lanes);
  const { plan, report, world, drivers, definitions } = found;
  return {
    plan,
    refusals: planRefusals(plan, await policyOf(context, options), world),
    stale: [],
    ...(report === undefined ? {} : { report }),
    fields: imageFields(drivers, definitions),
  };
}

/** A plan file, held against the machine as it is now. */
async function ofFile(
  context: Context,
  host: Host,
  path: string,
  options: ReportOptions,
): Promise<ReportPlan["shown"]> {
  const { plan, digest } = await readPlan(context, path, options);
  const policy = await policyOf(context, options);
  const { loadDrivers } = await import("../../../drivers/load.ts");
  const definitions = definitionsOf(context, plan, await loadDrivers());
  using opened = await openSessions(
    context,
    host,
    { ...policy, effect: "read" },
    undefined,
    definitions,
  );
  const { inventory, sessions, drivers } = opened;
  const world = { inventory, now: () => new Date() };
  return {
    plan,
    file: { path, digest },
    refusals: planRefusals(plan, policy, world),
    stale: staleFindings(plan, inventory, (name) => sessions.get(name)),
    fields: imageFields(drivers, definitions),
  };
}
