/**
 * How long a VM waits for its hook: from the start of the process to its end,
 * with one function to prepare on a modelled card. The model answers at once,
 * so that all of it is ours; booting the model is in it too.
 *
 * @module
 */
import { scenario } from "../cli/fwctl.ts";
import { ROOT } from "../paths.ts";
import { domainXml } from "../vfio/domain_xml.ts";
import { type Benchmark, type Figure, median } from "./benchmark.ts";

const RUNS = 11;
const LIMIT = 300;

/** Milliseconds of one hook that prepares one function. */
export async function hookTime(folder: string, run: number): Promise<number> {
  const xml = domainXml(
    "web",
    "<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000' bus='0x3b' slot='0x00' function='0x2'/></source></hostdev>",
  );
  Deno.writeTextFileSync(`${folder}/web.xml`, xml);
  Deno.writeTextFileSync(`${folder}/model.json`, JSON.stringify(scenario()));
  Deno.writeTextFileSync(
    `${folder}/vms.json`,
    JSON.stringify({
      format: "fwctl-vfio-profile/1",
      vms: { web: { set: { log_max_qp: 12, GENERAL_2: { migratable: 1 } } } },
    }),
  );
  const started = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--quiet", "--allow-read", "--allow-write"],
      ...["lib/cli/main.ts", "vfio", "hook", "run"],
      ...["--profile", `${folder}/vms.json`],
      ...["--state-dir", `${folder}/state${run}`],
      ...["--model", `${folder}/model.json`],
      ...["--model-state", `${folder}/model${run}.state`],
      ...["--", "web", "prepare", "begin", "-"],
    ],
    cwd: ROOT,
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(xml));
  await writer.close();
  const { code, stderr } = await child.output();
  const took = performance.now() - started;
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  return took;
}

async function hook(): Promise<Figure> {
  const folder = await Deno.makeTempDir({ prefix: "fwctl-bench-" });
  try {
    const times: number[] = [];
    for (let run = 0; run <= RUNS; run++) {
      const took = await hookTime(folder, run);
      // The first fills caches.
      if (run > 0) times.push(took);
    }
    return {
      value: median(times),
      unit: "ms",
      detail: `best ${Math.min(...times).toFixed(0)}, worst ${
        Math.max(...times).toFixed(0)
      }, ${RUNS} runs; two capability types written, read back and on record`,
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The claims. */
export const benchmarks: readonly Benchmark[] = [{
  name: "libvirt's hook for one VF on the model, process start to end",
  limit: LIMIT,
  run: hook,
}];
