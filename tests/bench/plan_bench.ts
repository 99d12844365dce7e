/**
 * How planning grows with the number of virtual functions, from recipe to plan
 * on the modelled fleet, each size in processes of its own.
 *
 * @module
 */
import { type Benchmark, type Figure, median } from "./benchmark.ts";
import { fromFileUrl } from "../paths.ts";

const CHILD = fromFileUrl(new URL("plan_child.ts", import.meta.url));
const TURNS = 5;

interface Turn {
  readonly ms: number;
  readonly kB: number;
}

async function plan(functions: number): Promise<Turn> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--unstable-worker-options",
      "-A",
      CHILD,
      String(functions),
      "1",
    ],
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(text.decode(stderr));
  const [ms = NaN, kB = NaN] = text.decode(stdout).split(" ").map(Number);
  return { ms, kB };
}

let measured: Promise<{ few: Turn[]; many: Turn[] }> | undefined;

/** Both sizes in turn, once for both claims. */
function turns(): Promise<{ few: Turn[]; many: Turn[] }> {
  return measured ??= (async () => {
    const few: Turn[] = [];
    const many: Turn[] = [];
    for (let turn = 0; turn < TURNS; turn++) {
      few.push(await plan(1000));
      many.push(await plan(4000));
    }
    return { few, many };
  })();
}

async function growth(): Promise<Figure> {
  const { few, many } = await turns();
  const [a, b] = [few, many].map((list) => median(list.map(({ ms }) => ms)));
  return {
    value: (b ?? NaN) / (a ?? NaN),
    unit: "×",
    detail: `${b?.toFixed(0)} ms for 4,000, ${a?.toFixed(0)} ms for 1,000`,
  };
}

async function memory(): Promise<Figure> {
  const { many } = await turns();
  return {
    value: Math.max(...many.map(({ kB }) => kB)) / 1024,
    unit: "MB",
    detail: "most resident memory of the whole process, model included",
  };
}

/** The claims. */
export const benchmarks: readonly Benchmark[] = [
  {
    name: "planning 4,000 VFs against 1,000, from recipe to plan",
    limit: 4.5,
    run: growth,
  },
  { name: "memory while planning 4,000 VFs", limit: 200, run: memory },
];
