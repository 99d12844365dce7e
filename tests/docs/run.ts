/**
 * Makes a test of a document: its blocks, in a process of their own.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { ROOT } from "../paths.ts";
import type { Report } from "./lane.ts";

/** A test that every block of a file runs and prints what the file says. */
export function testBlocksOf(file: string): void {
  Deno.test(`${file}: every block runs, exits and prints as it says`, async () => {
    const { failures } = await reportOf(file);
    assertEquals(failures, []);
  });
}

/** What came of a file's blocks; the path is from the checkout's root. */
export async function reportOf(file: string): Promise<Report> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--quiet", "--unstable-worker-options", "-A"]
      .concat(`${ROOT}tests/docs/lane.ts`, file),
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stdout);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${text}\n${new TextDecoder().decode(stderr)}`);
  }
}
