// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * Runs in the machine, which was booted with lab.bare: plays the scenes, and
 * performs recordings on the served lab.
 *
 *     deno run -A tests/kernel/cuse/guest.ts [--scenes | --recordings] [--all]
 *
 * FWCTL_SCENE is a part of a scene's name: that one alone is played.
 *
 * @module
 */
import { FEATURES, GROUPS } from "../groups.ts";
import { type Replayed, replayServed, ServedMachine } from "./replay.ts";
import { SCENES } from "./scenes.ts";
import { output, Served } from "./served.ts";

/** Differences told in full. */
const SHOWN = 8;

/** Recordings of random calls without CAP_SYS_RAWIO: every driver, every rule of the core. */
const SHORT = ["without CAP_SYS_RAWIO"];
/** All that are not about devices that go and come back. */
const ALL = ["every rule of the core", "random calls"];

const all = Deno.args.includes("--all");
const groups = GROUPS.filter(({ name }) =>
  all
    ? ALL.some((part) => name.startsWith(part)) && !name.includes("come back")
    : SHORT.some((part) => name.includes(part))
);

function tell(one: Replayed): void {
  const known = Object.entries(one.known)
    .map(([reason, count]) => `, ${count} known: ${reason}`).join("");
  console.log(
    `${one.name}: ${one.steps} steps in ${
      one.seconds.toFixed(1)
    } s, ${one.unknown.length} differences${known}; ` +
      `${one.left} cases left out: CUSE has no sysfs and no unplug`,
  );
  for (
    const { caseId, index, op, field, was, is } of one.unknown.slice(0, SHOWN)
  ) {
    console.log(
      `    ${caseId} step ${index} ${op}: ${field} was ${
        JSON.stringify(was)
      }, is ${JSON.stringify(is)}`.slice(0, 300),
    );
  }
}

const loaded = await output("insmod", ["/tmp/modules/cuse.ko"]);
if (loaded.code !== 0) throw new Error(`no CUSE: ${loaded.text}`);
let broken = 0;
const only = Deno.env.get("FWCTL_SCENE") ?? "";
for (const { name, run } of Deno.args.includes("--recordings") ? [] : SCENES) {
  if (!name.includes(only)) continue;
  const start = performance.now();
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
    const seconds = (performance.now() - start) / 1000;
    console.log(`ok      ${name} (${seconds.toFixed(1)} s)`);
  } catch (error) {
    broken++;
    console.log(
      `BROKEN  ${name}\n${error instanceof Error ? error.stack : error}`,
    );
  }
}
if (!Deno.args.includes("--scenes")) {
  using machine = new ServedMachine();
  for (const { words, recordings } of groups) {
    const features = words.includes(FEATURES) ? ["--features"] : [];
    await using _ = await Served.lab(...features);
    for (const name of recordings) {
      const replayed = await replayServed(machine, name);
      broken += replayed.unknown.length;
      tell(replayed);
    }
  }
}
console.log(broken === 0 ? "all as promised" : `${broken} promises broken`);
Deno.exit(broken === 0 ? 0 : 1);
