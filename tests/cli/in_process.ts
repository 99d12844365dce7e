/**
 * Runs the command's own main in this process, its output kept: what needs no
 * process of its own costs a tenth of one.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { main } from "../../lib/cli/main.ts";
import { Output } from "../../lib/cli/output.ts";
import { JSON_VERSION } from "../../lib/view/json.ts";
import { checkPrinted, type Json } from "../answers.ts";
import type { Ended } from "./fwctl.ts";

/** An output that keeps what it is given. */
export class Kept extends Output {
  /** Standard output so far. */
  out = "";
  /** Standard error so far. */
  err = "";

  override text(text: string): void {
    this.out += text;
  }

  override note(text: string): void {
    this.err += text;
  }
}

/**
 * `fwctl ARGS`, here. Nobody can be asked, and standard input is not read. What
 * it prints as JSON is held against its schema.
 */
export async function fwctlHere(args: readonly string[]): Promise<Ended> {
  let kept = new Kept(false);
  const code = await main(args, (json) => kept = new Kept(json));
  const { out, err } = kept;
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
