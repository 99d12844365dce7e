// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * Runs in the machine: serves the recordings' lab through CUSE until SIGTERM.
 *
 *     deno run -A tests/kernel/cuse/lab.ts [--features]
 *
 * @module
 */
import { CuseServer } from "../../../lib/cuse/server.ts";
import { LinuxHost } from "../../../lib/host/linux.ts";
import { bootLab } from "../../oracle/replay.ts";

const features = Deno.args.includes("--features");
const { lab } = bootLab({ features, nocap: false, nobody: false });
using host = new LinuxHost();
using server = new CuseServer(host, lab.core);
Deno.addSignalListener("SIGTERM", () => server.close());
console.log(`serving ${server.nodes.length} devices`);
await server.run();
Deno.exit(0);
