/**
 * The fleet's site: what each host is modelled on, what is declared for it,
 * and what can be told of it from outside.
 *
 * @module
 */
import { connectx, twoCards } from "../../../lib/model/scenarios/connectx.ts";
import { lockedDown } from "../../../lib/model/scenarios/connectx.ts";
import { fwctlJson, scenario } from "../../cli/fwctl.ts";
import type { Fleet, FleetHost } from "./fleet.ts";
import { type Controller, recap } from "./playbooks.ts";

/** The hosts of the fleet. */
export const NAMES = ["alpha", "beta", "gamma", "delta"] as const;

/** What the steps work with. */
export interface World {
  readonly fleet: Fleet;
  readonly controller: Controller;
}

/** One step; what it promises is its name. */
export type Step = (world: World) => Promise<void>;

/** Two functions of every host, as all of them have. */
export const FIRST = "0000:3b:00.2";
export const SECOND = "0000:3b:00.3";

/** The host's own firmware, by its name. Each is another. */
export const SCENARIOS: Readonly<Record<string, () => object>> = {
  alpha: connectx,
  beta: twoCards,
  gamma: () => scenario(),
  delta: lockedDown,
};

/** The second function refuses its write, once. */
export const SECOND_REFUSED = {
  request: "SET_HCA_CAP",
  function: 2,
  status: 3,
  syndrome: 0x537801,
};

/** Somebody changes the first function after it was planned for. */
export const OVERTAKEN = {
  request: "QUERY_HCA_CAP",
  function: 1,
  nth: 3,
  drift: { function: 1, field: "log_max_qp", value: 15 },
};

/** What is declared for each host. */
export function declared(qp = 12): Record<string, unknown> {
  return {
    vf: [FIRST, SECOND],
    // A text, as a template makes it.
    set: { log_max_qp: `${qp}`, roce: 0 },
  };
}

/** Variables of all hosts. */
export const VARS: Readonly<Record<string, unknown>> = {
  fwctl_recipe: "/etc/fwctl/recipes/vf_caps.ts",
  fwctl_params: declared(),
  fwctl_model: "/var/lib/fwctl-model/scenario.json",
  fwctl_model_state: "/var/lib/fwctl-model/state.json",
  fwctl_state_dir: "/var/lib/fwctl",
};

/** Every host as new: its scenario, with faults where they are given, and no state. */
export function fresh(
  fleet: Fleet,
  faults: Readonly<Record<string, readonly object[]>> = {},
): void {
  for (const { name, room } of fleet.hosts) {
    for (const folder of ["model", "state"]) {
      for (const entry of Deno.readDirSync(`${room}/${folder}`)) {
        Deno.removeSync(`${room}/${folder}/${entry.name}`, { recursive: true });
      }
    }
    const given = faults[name];
    const data = given
      ? scenario({ faults: given })
      : SCENARIOS[name]?.() ?? scenario();
    Deno.writeTextFileSync(
      `${room}/model/scenario.json`,
      JSON.stringify(data),
    );
  }
}

/** What a function of a host holds; the host's own files are not touched. */
export async function held(
  { room }: FleetHost,
  vf: string,
  field = "log_max_qp",
): Promise<number> {
  const copy = Deno.makeTempFileSync({ suffix: ".json" });
  try {
    const state = ["--model", `${room}/model/scenario.json`];
    try {
      Deno.copyFileSync(`${room}/model/state.json`, copy);
      state.push("--model-state", copy);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    const { json } = await fwctlJson([
      ...["caps", "fwctl0", "--vf", vf, "--type", "GENERAL"],
      ...state,
    ]);
    const fields: { field: string; current: number }[] = json.types[0].fields;
    return fields.find((each) => each.field === field)?.current ?? -1;
  } finally {
    Deno.removeSync(copy);
    // The lock beside it.
    await Deno.remove(`${copy}.lock`).catch(() => {});
  }
}

/** A digest over every file of a host's model and state directory: the same when nothing was written. */
export async function digest({ room }: FleetHost): Promise<string> {
  const lines: string[] = [];
  for (const folder of ["model", "state"]) {
    for (const path of files(`${room}/${folder}`)) {
      const sum = await crypto.subtle.digest(
        "SHA-256",
        Deno.readFileSync(path),
      );
      lines.push(`${path} ${new Uint8Array(sum).toHex()}`);
    }
  }
  return lines.sort().join("\n");
}

/** Every file below a folder. */
export function files(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? files(`${folder}/${name}`) : [`${folder}/${name}`]
  );
}

/** The journals of a host. */
export function journals({ room }: FleetHost): string[] {
  try {
    return files(`${room}/state/journal`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** The site's variables, and more. */
export function given(
  more: Readonly<Record<string, unknown>> = {},
): { readonly vars: Readonly<Record<string, unknown>> } {
  return { vars: { ...VARS, ...more } };
}

/** How many tasks changed something, host by host. */
export function changed(out: string): (number | undefined)[] {
  return NAMES.map((name) => recap(out)[name]?.changed);
}

/** What the first function of each host holds. */
export async function values({ fleet }: World): Promise<number[]> {
  return await Promise.all(fleet.hosts.map((host) => held(host, FIRST)));
}
