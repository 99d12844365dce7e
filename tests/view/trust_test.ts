/** Signatures and measurements for people. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { MeasuredDifference } from "../../lib/trust/compare.ts";
import { plainStyle } from "../../lib/view/style.ts";
import {
  signText,
  trustText,
  type VerifiedView,
  verifyText,
} from "../../lib/view/trust.ts";
import { trusted } from "../trust/make.ts";

const EVIL = "\x1b[2Jevil\u202e\n";
const CLEAN = /^[^\p{Cc}\p{Cf}]*$/u;

function view(
  differences: readonly MeasuredDifference[],
  complete = true,
): VerifiedView {
  const side = { file: EVIL, devices: [EVIL], signedBy: [EVIL] };
  return { baseline: side, measured: side, differences, complete };
}

function difference(path: readonly string[]): MeasuredDifference {
  return { device: EVIL, path, baseline: EVIL, now: undefined };
}

/** No line has anything that could steer a terminal. */
function harmless(text: string): void {
  for (const line of text.split("\n")) assertMatch(line, CLEAN);
}

Deno.test("nothing of a statement, a trust file or a name can steer the terminal", async () => {
  harmless(verifyText(view([]), plainStyle, false));
  harmless(verifyText(view([difference([EVIL])]), plainStyle, false));
  harmless(verifyText(view([difference([])]), plainStyle, false));
  const keys = [await trusted("A", { name: EVIL, notAfter: new Date(0) })];
  harmless(trustText(keys, new Date(), plainStyle));
  harmless(signText({
    file: EVIL,
    kind: "recipe",
    sha256: "00",
    keyid: "00",
    expires: null,
    signature: EVIL,
  }, plainStyle));
});

Deno.test("differences beyond the first forty are counted, and shown when asked for", () => {
  const many = Array.from({ length: 50 }, (_, i) => ({
    device: "0000:01:00.0",
    path: ["configuration", `n${i}`],
    baseline: i,
    now: { x: i },
  }));
  const few = verifyText(view(many), plainStyle, false);
  assertMatch(few, /^… and 10 more values; --all shows them$/m);
  assert(!few.includes("n45"));
  const all = verifyText(view(many, false), plainStyle, true);
  assertMatch(all, /^ {2}n45 +45 +→ +\{…\}$/m);
  assertMatch(all, /in at least 50 values/);
});

Deno.test("a device on one side only is said to be missing, or new", () => {
  const one = { path: [], device: "d" };
  const text = verifyText(
    view([
      { ...one, baseline: "Toy", now: undefined },
      { ...one, device: "e", baseline: undefined, now: "Toy" },
    ]),
    plainStyle,
    false,
  );
  assertEquals(text.split("\n").slice(0, 2), [
    "d  is missing: it is in the baseline only",
    "e  is not in the baseline",
  ]);
});
