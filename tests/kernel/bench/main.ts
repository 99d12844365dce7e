// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * `deno task kernel:bench`: what a call costs through our FFI beside the same
 * loop in C and in python, and how long our command and those of the vendor take
 * to start; all in one boot, on the real mlx5_fwctl.
 *
 *     deno task kernel:bench [TURNS]
 *
 * The machine is emulated in software: only the ratios count, and they make our
 * side look worse than it is, since a system call is cheap there beside the code
 * around it. Without a kernel, QEMU or a compiler the reason is printed, and
 * without the vendor's commands they are left out.
 *
 * @module
 */
import { plainStyle } from "../../../lib/view/style.ts";
import { table } from "../../../lib/view/table.ts";
import { median } from "../../bench/benchmark.ts";
import { compile } from "../../bench/native.ts";
import { ROOT } from "../../paths.ts";
import { peersFolder } from "../../vm/peers.ts";
import { boot, chosenKernel } from "../boot.ts";
import { CALLS, type Measured, STARTS } from "./what.ts";

/** Ours must not take longer than this times python. */
const LIMIT_PYTHON = 1;

const [OURS] = STARTS;

/** ACCESS_REG, a write of MGIR: the vendor's tools ask it what device this is. */
const SET_MGIR = `08050000000000000000902000000000${"00".repeat(10)}0212${
  "00".repeat(20)
}`;

/**
 * What a run takes when it is left alone: the tenth part of the runs is faster.
 * Whatever else the host does only adds.
 */
function typical(runs: readonly number[]): number {
  const sorted = [...runs].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 10)] ?? Number.NaN;
}

function times(value: number): string {
  return `${value.toFixed(2)} ×`;
}

/** Prints the calls. @returns how many limits are broken */
function showCalls({ calls }: Measured): number {
  let broken = 0;
  const rows = Object.entries(calls).map(([name, sides]) => {
    const [c, python, ours] = [sides.c, sides.python, sides.ours]
      .map((all) => typical(all ?? []));
    const [toC, toPython] = [
      (ours ?? 0) / (c ?? 0),
      (ours ?? 0) / (python ?? 0),
    ];
    const limit = CALLS.find((one) => one.name === name)?.limit;
    const ok = limit === undefined ||
      toC <= limit && toPython <= LIMIT_PYTHON;
    if (!ok) broken++;
    return [
      name,
      ...[c, python, ours].map((one) => `${((one ?? 0) / 1000).toFixed(2)} µs`),
      ...[times(toC), times(toPython)],
      limit === undefined
        ? "no claim"
        : `${ok ? "ok" : "BROKEN"}, limits ${times(limit)} and ${
          times(LIMIT_PYTHON)
        }`,
    ];
  });
  const header = ["CALL", "C", "PYTHON", "OURS", "OURS/C", "OURS/PYTHON", ""];
  console.log(
    table(rows, { header, right: [1, 2, 3, 4, 5] }, plainStyle).join("\n"),
  );
  console.log("");
  return broken;
}

function showStarts({ starts }: Measured): void {
  const ours = median(starts[OURS?.name ?? ""] ?? []);
  const rows = Object.entries(starts).map(([name, all]) => [
    name,
    `${median(all).toFixed(0)} ms`,
    times(ours / median(all)),
  ]);
  const header = ["START", "TIME", "OURS/IT"];
  console.log(table(rows, { header, right: [1, 2] }, plainStyle).join("\n"));
}

async function main(turns: number): Promise<number> {
  const kernel = chosenKernel();
  if ("reason" in kernel) {
    console.log(`not measured: ${kernel.reason}`);
    return 0;
  }
  const peers = peersFolder();
  if ("reason" in peers) console.log(`without them: ${peers.reason}`);
  // Not in /tmp: the machine has one of its own.
  const directory = await Deno.makeTempDir({ dir: "/var/tmp" });
  try {
    const built = await compile("rpc_loop.c", directory);
    if ("reason" in built) {
      console.log(`not measured: ${built.reason}`);
      return 0;
    }
    const { code, output } = await boot(
      kernel,
      ROOT,
      [
        "path" in peers ? `export PATH='${peers.path}':$PATH` : "",
        `python3 tests/kernel/clients/info_rpc.py /dev/fwctl/fwctl0 0 ${SET_MGIR} 48 >/dev/null`,
        `deno run -A --no-check tests/kernel/bench/guest.ts ${built.program} ${turns} ${
          "path" in peers ? "peers" : ""
        }`,
      ].join("\n"),
      { words: ["lab.nocxl"], timeout: 1800 },
    );
    if (code !== 0) {
      console.error(`the machine ended with ${code}:\n${output}`);
      return 1;
    }
    const measured = JSON.parse(
      output.trim().split("\n").at(-1) ?? "",
    ) as Measured;
    console.log(
      `Linux ${kernel.version}, emulated: the ratios count, not the times\n`,
    );
    const broken = showCalls(measured);
    showStarts(measured);
    return broken === 0 ? 0 : 1;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const turns = Number(Deno.args[0] ?? 3);
if (!(Number.isInteger(turns) && turns > 0)) {
  console.error("usage: deno task kernel:bench [TURNS]");
  Deno.exit(2);
}
Deno.exit(await main(turns));
