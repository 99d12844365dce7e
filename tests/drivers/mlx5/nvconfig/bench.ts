/** A modelled card with nvconfig, and the whole engine on it. */
import { loadDrivers } from "../../../../drivers/load.ts";
import type { Driver } from "../../../../drivers/driver.ts";
import { applyPlan } from "../../../../lib/apply/apply.ts";
import { discover } from "../../../../lib/device/discovery.ts";
import { Sessions } from "../../../../lib/device/sessions.ts";
import { ModelHost } from "../../../../lib/model/host.ts";
import { parseScenario } from "../../../../lib/model/scenario.ts";
import type { PlainData, PlainObject } from "../../../../lib/plain.ts";
import { makePlan } from "../../../../lib/plan/make.ts";
import { RAW_POLICY } from "../../../../lib/plan/policy.ts";
import type { Plan } from "../../../../lib/plan/types.ts";
import type { Declaration } from "../../../../lib/recipe/types.ts";

const DRIVERS: readonly Driver[] = await loadDrivers();

/** One machine with one card. */
export interface Bench {
  /** Requests sent so far, by register id, `MNVDA` reads and all. */
  readonly sent: number[];
  plan(...wishes: Declaration[]): Plan;
  apply(plan: Plan): ReturnType<typeof applyPlan>;
  query(name: string, args?: PlainObject): PlainData;
  close(): void;
}

/** A wish for parameters. */
export function set(values: PlainObject, more: PlainObject = {}): Declaration {
  return {
    kind: "mlx5.nvconfig",
    body: { device: "fwctl0", set: values, ...more },
  };
}

/** An action. */
export function act(kind: string, body: PlainObject): Declaration {
  return { kind, action: true, body: { device: "fwctl0", ...body } };
}

/** A ConnectX-6 Dx with 4 virtual functions. */
export async function bench(firmware: PlainObject = {}): Promise<Bench> {
  const host = await ModelHost.create(
    parseScenario({
      format: "fwctl-scenario/1",
      name: "nvconfig",
      devices: [{
        driver: "mlx5",
        pci: "0000:3b:00.0",
        totalVfs: 16,
        vfs: 4,
        firmware,
      }],
    }),
    DRIVERS,
  );
  const inventory = discover(host);
  const sent: number[] = [];
  const sessions = new Sessions({
    host,
    inventory,
    drivers: DRIVERS,
    policy: RAW_POLICY,
    observer: (_label, request) => {
      if (((request[0] ?? 0) << 8 | (request[1] ?? 0)) !== 0x805) return;
      sent.push((request[10] ?? 0) << 8 | (request[11] ?? 0));
    },
  });
  const session = (name: string) => sessions.get(name);
  return {
    sent,
    plan: (...declarations) =>
      makePlan({
        recipe: { name: "n", url: "file:///n.ts", digest: "", params: {} },
        declarations,
        inventory,
        drivers: DRIVERS,
        session,
      }),
    apply: (plan) =>
      applyPlan({ plan, policy: RAW_POLICY, inventory, session }),
    query: (name, args = {}) => {
      const { driver, channel, entry, info, know } = session("fwctl0");
      const query = driver.queries[name];
      if (!query) throw new Error(`no query ${name}`);
      return query.run({ channel, entry, info, know }, args);
    },
    close: () => {
      sessions[Symbol.dispose]();
      host[Symbol.dispose]();
    },
  };
}
