/**
 * Many devices: what lanes cost over the ideal, whether memory grows with the
 * number of requests, and the most devices that a kernel can have.
 *
 * The ideal is what the firmware alone would take: the requests (FWCTL_RPC) of
 * the lane that sent most, each of the model's latency. Starting the threads is
 * told apart from it.
 *
 * @module
 */
import { cards } from "../../lib/model/scenarios/fleet.ts";
import { Served } from "../model/served/served.ts";
import { fromFileUrl } from "../paths.ts";
import type { Benchmark, Figure } from "./benchmark.ts";

const LANES = 16;
const LATENCY = 20;

interface Took {
  readonly start: number;
  readonly plan: number;
  readonly apply: number;
  readonly busiest: number;
  readonly requests: number;
  readonly mb: number;
}

interface FleetTook {
  readonly list: number;
  readonly planned: number;
  readonly applied: number;
  readonly mb: number;
}

/** What a script of this folder printed as JSON. */
async function child<T>(
  name: string,
  args: readonly (string | number)[],
): Promise<T> {
  const path = fromFileUrl(new URL(name, import.meta.url));
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--unstable-worker-options",
      "-A",
      path,
      ...args.map(String),
    ],
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(text.decode(stderr));
  return JSON.parse(text.decode(stdout)) as T;
}

/** So many served cards, so many rounds of plan and apply. */
async function lanes(
  count: number,
  latency: number,
  rounds: number,
): Promise<Took> {
  const scenario = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(scenario, JSON.stringify(cards(count)));
    await using served = await Served.start(
      scenario,
      ["--latency", String(latency)],
    );
    return await child("parallel_child.ts", [
      served.socket,
      count,
      LANES,
      rounds,
    ]);
  } finally {
    await Deno.remove(scenario);
  }
}

async function overIdeal(): Promise<Figure> {
  const { start, plan, apply, busiest, mb } = await lanes(256, LATENCY, 1);
  const ideal = busiest * LATENCY;
  return {
    value: (plan + apply) / ideal,
    unit: "×",
    detail: `plan ${plan.toFixed(0)} ms and apply ${
      apply.toFixed(0)
    } ms, ideal ${ideal} ms (${busiest} requests of the busiest lane); ${LANES} threads and the inventory before that ${
      start.toFixed(0)
    } ms; ${mb.toFixed(0)} MB`,
  };
}

async function memory(): Promise<Figure> {
  const few = await lanes(64, 0, 1);
  const many = await lanes(256, 0, 3);
  return {
    value: many.mb / few.mb,
    unit: "×",
    detail: `${
      many.mb.toFixed(0)
    } MB for 256 devices and ${many.requests} requests, ${
      few.mb.toFixed(0)
    } MB for 64 and ${few.requests}`,
  };
}

let fleet: Promise<FleetTook> | undefined;

function wholeFleet(): Promise<FleetTook> {
  return fleet ??= child("fleet_child.ts", [4096]);
}

async function fleetTime(): Promise<Figure> {
  const { list, planned, applied } = await wholeFleet();
  return {
    value: (list + planned + applied) / 1000,
    unit: "s",
    detail: `list ${list.toFixed(0)} ms, plan ${planned.toFixed(0)} ms, apply ${
      applied.toFixed(0)
    } ms, one VF each, in this process`,
  };
}

async function fleetMemory(): Promise<Figure> {
  const { mb } = await wholeFleet();
  return {
    value: mb,
    unit: "MB",
    detail: "most resident memory of the whole process, model included",
  };
}

/** The claims. */
export const benchmarks: readonly Benchmark[] = [
  {
    name: "plan and apply on 256 devices in 16 lanes at 20 ms a request",
    limit: 1.3,
    run: overIdeal,
  },
  {
    name: "memory at 256 devices and ten times the requests, against 64",
    limit: 1.6,
    run: memory,
  },
  { name: "list, plan and apply 4,096 devices", limit: 20, run: fleetTime },
  { name: "memory for 4,096 devices", limit: 800, run: fleetMemory },
];
