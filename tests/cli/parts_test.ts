/** Small parts of the command that need no process. */
import { assertEquals } from "@std/assert";
import { EXIT, exitOfError, exitOfResult } from "../../lib/cli/exit.ts";
import { quickList } from "../../lib/cli/quick.ts";
import { recipeArgs } from "../../lib/cli/recipe_main.ts";
import {
  DeviceError,
  type FwctlError,
  PlanError,
  PolicyError,
} from "../../lib/errors.ts";

const REFUSED: FwctlError = new DeviceError("no", {
  status: 3,
  statusName: "X",
});

Deno.test("exit codes of errors: stale and policy have their own", () => {
  assertEquals(exitOfError(REFUSED), EXIT.error);
  assertEquals(exitOfError(new PlanError("x", "stale")), EXIT.stale);
  assertEquals(exitOfError(new PlanError("x", "in-use")), EXIT.error);
  assertEquals(exitOfError(new PolicyError("x", ["y"])), EXIT.refused);
});

Deno.test("exit codes of results: what is on the device decides, not the error", () => {
  const steps: [] = [];
  const stale = new PlanError("x", "stale");
  assertEquals(exitOfResult({ outcome: "applied", steps }), EXIT.done);
  assertEquals(exitOfResult({ outcome: "nothing", steps }), EXIT.done);
  assertEquals(
    exitOfResult({ outcome: "failed", steps, error: REFUSED }),
    EXIT.error,
  );
  assertEquals(
    exitOfResult({ outcome: "failed", steps, error: stale }),
    EXIT.stale,
  );
  assertEquals(
    exitOfResult({ outcome: "undone", steps, error: stale }),
    EXIT.undone,
  );
  assertEquals(
    exitOfResult({ outcome: "not-undone", steps, error: stale }),
    EXIT.notUndone,
  );
});

Deno.test("the short way of list takes only what is plainly well formed", () => {
  assertEquals(quickList(["list", "--model", "x", "--all", "--json"]), {
    globals: { model: "x", modelState: undefined },
    options: { all: true },
  });
  for (
    const args of [
      [],
      ["info"],
      ["list", "--help"],
      ["list", "--model"],
      ["list", "--model", "--json"],
      ["list", "--model=x"],
      ["list", "extra"],
      ["--json", "list"],
    ]
  ) assertEquals(quickList(args), undefined, args.join(" "));
});

Deno.test("a recipe run by itself stands where the command expects it", () => {
  const url = "file:///r.ts";
  assertEquals(recipeArgs(url, ["plan", "-p", "a=b"]), [
    "plan",
    url,
    "-p",
    "a=b",
  ]);
  assertEquals(
    recipeArgs(url, ["--model", "connectx", "apply", "--yes"]),
    ["--model", "connectx", "apply", url, "--yes"],
  );
  assertEquals(recipeArgs(url, []), ["plan", url, "--params-help"]);
});
