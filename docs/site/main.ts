/**
 * `deno task docs [-o DIR]`: the documentation as a site of plain files, which a
 * browser opens from the disk as well as from a server.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { buildSite } from "./build.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: { output: { type: "string", short: "o", default: "site" } },
});
const folder = values.output;
const { pages } = await buildSite({ folder, api: true });
await Deno.stdout.write(
  new TextEncoder().encode(
    `${pages.length} pages and the library's reference: ${folder}/index.html\n`,
  ),
);
