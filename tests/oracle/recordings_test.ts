/** Every recording of the real kernel that is kept here, replayed on the model. */
import { assertEquals } from "@std/assert";
import { fromFileUrl } from "../paths.ts";
import { replayFile, type ReplayOptions } from "./replay.ts";

/** What a recording holds. */
interface Recording {
  /** Below tests/fixtures/oracle, without `.jsonl.gz`. */
  readonly name: string;
  /** How it was recorded. */
  readonly how: Partial<ReplayOptions>;
  /** Its steps: all of them must come out as on the kernel. */
  readonly steps: number;
  /** Steps that must come out otherwise when it is replayed as root, with the plain mock, on Linux 7.2. */
  readonly otherwise?: number;
}

const NOCAP = { nocap: true };
const NOBODY = { nobody: true };
const FEATURES = { features: true };
const KERNEL_7_3 = { kernel: "7.3" } as const;

const RECORDINGS: readonly Recording[] = [
  { name: "mlx5-main", how: {}, steps: 26024 },
  { name: "mlx5-nocap", how: NOCAP, steps: 18, otherwise: 5 },
  { name: "mlx5-nobody", how: NOBODY, steps: 4, otherwise: 3 },
  { name: "mlx5-random", how: {}, steps: 3145 },
  { name: "mlx5-random-nocap", how: NOCAP, steps: 753 },
  { name: "pds-main", how: {}, steps: 2058 },
  { name: "pds-nocap", how: NOCAP, steps: 10, otherwise: 3 },
  { name: "pds-random", how: {}, steps: 2836 },
  { name: "pds-random-nocap", how: NOCAP, steps: 1018 },
  { name: "pds-random-unplug", how: {}, steps: 2003 },
  { name: "bnxt-main", how: {}, steps: 8760 },
  { name: "bnxt-nocap", how: NOCAP, steps: 10, otherwise: 3 },
  { name: "bnxt-buffers", how: KERNEL_7_3, steps: 2460, otherwise: 1681 },
  { name: "bnxt-random", how: {}, steps: 3883 },
  { name: "bnxt-random-nocap", how: NOCAP, steps: 1055 },
  { name: "cxl-main", how: {}, steps: 1822 },
  { name: "cxl-features", how: FEATURES, steps: 398, otherwise: 287 },
  { name: "cxl-nocap", how: NOCAP, steps: 10, otherwise: 3 },
  { name: "cxl-nobody", how: NOBODY, steps: 4, otherwise: 3 },
  { name: "cxl-random", how: {}, steps: 1127 },
  { name: "cxl-random-features", how: FEATURES, steps: 1917 },
  {
    name: "cxl-random-nocap",
    how: { ...FEATURES, ...NOCAP },
    steps: 928,
  },
];

const FOLDER = new URL("../fixtures/oracle/", import.meta.url);

async function replay(
  name: string,
  how: Partial<ReplayOptions>,
): Promise<{ passed: number; failed: number; reports: string[] }> {
  const reports: string[] = [];
  const tally = await replayFile(
    fromFileUrl(new URL(`${name}.jsonl.gz`, FOLDER)),
    { features: false, nocap: false, nobody: false, only: undefined, ...how },
    (text) => reports.push(text),
  );
  return { ...tally, reports };
}

for (const { name, how, steps, otherwise } of RECORDINGS) {
  Deno.test(`the model answers all ${steps} steps of ${name} as the kernel did`, async () => {
    const result = await replay(name, how);
    assertEquals(result, { passed: steps, failed: 0, reports: [] });
    // Who calls, and on what, must make the difference the kernel makes.
    if (otherwise !== undefined) {
      assertEquals((await replay(name, {})).failed, otherwise);
    }
  });
}

Deno.test("no recording is left out", () => {
  const kept = [...Deno.readDirSync(FOLDER)]
    .filter(({ isFile }) => isFile)
    .map(({ name }) => name.replace(/\.jsonl\.gz$/, ""));
  assertEquals(kept.sort(), RECORDINGS.map(({ name }) => name).sort());
});
