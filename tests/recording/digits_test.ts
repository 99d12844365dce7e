/** Which bytes mean one value wherever they stand. */
import { assert } from "@std/assert";
import { isDistinct } from "../../lib/recording/digits.ts";

Deno.test("an address is hidden wherever its bytes stand", () => {
  assert(isDistinct("b8cef60a1b2c"));
  assert(isDistinct("0000b8cef60a1b2c"));
});

Deno.test("zeros, ones and bytes that count up or down are not taken for an address", () => {
  assert(!isDistinct("000000000000"));
  assert(!isDistinct("ffffffffffff"));
  assert(!isDistinct("fdfeff000102"));
  assert(!isDistinct("0605040302010000".slice(0, 12)));
  assert(!isDistinct("000000000001"));
});
