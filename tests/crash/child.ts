/**
 * The real command in a process that kills itself:
 *
 *   deno run -A tests/crash/child.ts POINT ARGUMENTS…
 *
 * It dies before its POINTth operation, or ends as the command does; 0 is never.
 *
 * @module
 */
import { main } from "../../lib/cli/main.ts";
import { instrument, Points } from "./points.ts";

const [at, ...args] = Deno.args;
const points = new Points(Number(at));
instrument(points);
const code = await main(args);
points.end();
Deno.exit(code);
