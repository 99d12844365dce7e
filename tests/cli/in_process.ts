/**
 * Runs the command's own main in this process, its output kept: what needs no
 * process of its own costs a tenth of one.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { JSON_VERSION } from "../../lib/view/json.ts";
import { checkPrinted, type Json } from "../answers.ts";
import type { Ended } from "./fwctl.ts";
import { keptMain } from "./kept.ts";

/**
 * `fwctl ARGS`, here. Nobody can be asked, and standard input is not read. What
 * it prints as JSON is held against its schema.
 */
export async function fwctlHere(args: readonly string[]): Promise<Ended> {
  const { code, out, err } = await keptMain(args);
  const said = `${args.join(" ")}\n${out}\n${err}`;
  assert(!/^\s+at .*:\d+:\d+/m.test(said), `a stack trace: ${said}`);
  assert(!/internal error: /.test(said), said);
  await checkPrinted(args, out);
  return { code, out, err };
}

/** `fwctl ARGS --json`, here, and its one object. */
export async function fwctlHereJson(
  args: readonly string[],
): Promise<{ code: number; err: string; json: Json }> {
  const { code, out, err } = await fwctlHere([...args, "--json"]);
  const json: Json = JSON.parse(out);
  assertEquals(json.version, JSON_VERSION);
  return { code, err, json };
}
