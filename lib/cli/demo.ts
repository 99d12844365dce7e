/**
 * `deno task demo`: the whole way on a modelled ConnectX-6 Dx, each step the
 * real command with the line that runs it printed first.
 *
 * @module
 */
import { EXIT } from "./exit.ts";
import { main } from "./main.ts";
import { Output } from "./output.ts";

const VFS = "vf=0000:3b:00.2,0000:3b:00.3";
const SET = "set=log_max_qp=12,roce=0";

/** One step: what it shows, and the command line without `fwctl`. */
const STEPS: readonly (readonly [string, readonly string[]])[] = [
  ["What is there", ["list"]],
  [
    "What the recipe would change; nothing is written",
    ["plan", "RECIPE", "-p", VFS, "-p", SET],
  ],
  [
    "The same, applied: written, read back, undone if anything fails",
    ["apply", "RECIPE", "-p", VFS, "-p", SET, "--yes"],
  ],
  [
    "Applied twice changes nothing",
    ["apply", "RECIPE", "-p", VFS, "-p", SET, "--yes"],
  ],
  [
    "What VF 0 has now, against VF 2, which nobody touched",
    ["caps", "fwctl0", "--vf", "3b:00.2", "--compare", "3b:00.4"],
  ],
];

async function demo(): Promise<number> {
  const output = new Output(false);
  const folder = Deno.makeTempDirSync({ prefix: "fwctl-demo-" });
  const recipe = new URL("../../recipes/vf_caps.ts", import.meta.url).href;
  const model = [
    "--model",
    "connectx",
    "--model-state",
    `${folder}/state.json`,
  ];
  try {
    for (const [title, args] of STEPS) {
      const shown = args.map((arg) =>
        arg === "RECIPE" ? "recipes/vf_caps.ts" : arg
      );
      output.text(`\n${output.style(`# ${title}`, "cyan")}\n`);
      output.text(
        `${
          output.style(
            `$ fwctl ${
              shown.join(" ")
            } --model connectx --model-state demo.json`,
            "bold",
          )
        }\n`,
      );
      const code = await main([
        ...args.map((arg) => arg === "RECIPE" ? recipe : arg),
        ...model,
      ]);
      if (code !== EXIT.done) return code;
    }
    return EXIT.done;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

if (import.meta.main) Deno.exit(await demo());
