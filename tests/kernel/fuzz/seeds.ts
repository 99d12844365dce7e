/**
 * The kept recordings as seeds.
 *
 * @module
 */
import type { Type } from "./case.ts";
import { Seeds } from "./mutate.ts";

/** All cases of a kind that were recorded as root. */
export async function recordedSeeds(type: Type): Promise<Seeds> {
  const names = [...Deno.readDirSync(FIXTURES)].map(({ name }) => name)
    .filter((name) => name.startsWith(`${type}-`) && !name.includes("-no"))
    .sort();
  const lines: string[] = [];
  for (const name of names) {
    lines.push(...await linesOf(new URL(name, FIXTURES)));
  }
  return new Seeds(lines);
}

const FIXTURES = new URL("../../fixtures/oracle/", import.meta.url);

async function linesOf(path: URL): Promise<string[]> {
  const bytes = await Deno.readFile(path);
  const stream = new Blob([bytes]).stream()
    .pipeThrough(new DecompressionStream("gzip"));
  return (await new Response(stream).text()).split("\n");
}
