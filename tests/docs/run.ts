/**
 * Makes tests of documents: their blocks, in a process of their own.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { ROOT } from "../paths.ts";
import type { Report } from "./lane.ts";

/**
 * A test for each file, that every block of it runs and prints what the file
 * says. One process runs them all, from the first test on.
 */
export function testBlocksOf(files: readonly string[]): void {
  let reports: Promise<Report[]> | undefined;
  for (const [index, file] of files.entries()) {
    Deno.test(`${file}: every block runs, exits and prints as it says`, async () => {
      const all = await (reports ??= reportsOf(files));
      assertEquals(all[index]?.failures, []);
    });
  }
}

/**
 * What came of the blocks of files; the paths are from the checkout's root.
 *
 * @throws {Error} with what the process said when a command ended it
 */
export async function reportsOf(files: readonly string[]): Promise<Report[]> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--quiet", "--unstable-worker-options", "-A"]
      .concat(`${ROOT}tests/docs/lane.ts`, ...files),
    env: { NO_COLOR: "1" },
  }).output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  if (lines.length === files.length) {
    return lines.map((line) => JSON.parse(line));
  }
  const said = new TextDecoder().decode(stderr);
  throw new Error(`${files[lines.length]} ended the process: ${said}`);
}
