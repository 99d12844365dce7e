import { assertEquals } from "@std/assert";
import { didYouMean, editDistance, nearest } from "../lib/suggest.ts";

const NAMES = ["log_max_qp", "log_max_eq", "log_max_cq", "roce", "vhca_id"];

Deno.test("editDistance() counts letters inserted, dropped, changed and swapped", () => {
  assertEquals(editDistance("", "abc"), 3);
  assertEquals(editDistance("roce", "roec"), 1);
  assertEquals(editDistance("kitten", "sitting"), 3);
  assertEquals(editDistance("same", "same"), 0);
});

Deno.test("nearest() gives the nearest names first, and names that contain what is given", () => {
  assertEquals(nearest("log_mxa_qp", NAMES)[0], "log_max_qp");
  assertEquals(nearest("log_max_q", NAMES), [
    "log_max_cq",
    "log_max_eq",
    "log_max_qp",
  ]);
  assertEquals(nearest("vhca", NAMES), ["vhca_id"]);
  assertEquals(nearest("nothing_like_it", NAMES), []);
});

Deno.test("didYouMean() is a sentence, or nothing when nothing is near", () => {
  assertEquals(didYouMean("rocce", NAMES), "Did you mean roce?");
  assertEquals(
    didYouMean("log_max_q", NAMES),
    "Did you mean log_max_cq, log_max_eq or log_max_qp?",
  );
  assertEquals(didYouMean("", NAMES), undefined);
  assertEquals(didYouMean("x".repeat(100_000), NAMES), undefined);
});
