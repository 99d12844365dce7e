/** The examples of docs/examples run as they say, with the rights they name. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { enumerate } from "../../docs/examples/enumerate_and_query.ts";
import { main } from "../../docs/examples/own_driver/main.ts";
import { planAndApply } from "../../docs/examples/plan_and_apply.ts";
import { ROOT } from "../paths.ts";

/** Runs deno with the words of a command line, from the checkout. */
async function deno(
  line: string,
): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: line.split(" "),
    cwd: ROOT,
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

/** The command lines at the head of an example that begin with `deno`, without it. */
function lines(example: string): string[] {
  const text = Deno.readTextFileSync(`${ROOT}docs/examples/${example}`);
  return [...text.matchAll(/^ \* deno (.*?)(?: +# .*)?$/gm)]
    .map((match) => match[1] ?? "");
}

Deno.test("enumerate_and_query lists a host of every driver, each device with who it is", async () => {
  const found = await enumerate({ model: "mixed" });
  const heads = found.filter((line) => line.startsWith("fwctl"));
  assertEquals(
    heads.map((line) => line.split("  ")[1]).sort(),
    ["bnxt", "cxl", "mlx5", "pds"],
  );
  assert(!found.some((line) => line.includes("Error")), found.join("\n"));
});

Deno.test("enumerate_and_query needs no right on a model, and a typed error is told without --allow-ffi", async () => {
  const [model = "", real = ""] = lines("enumerate_and_query.ts");
  const listed = await deno(model.replace("run ", "run --no-prompt "));
  assertEquals({ code: listed.code, err: listed.err }, { code: 0, err: "" });
  assertMatch(listed.out, /^fwctl0 {2}mlx5 /m);
  const refused = await deno(
    real.replace("--allow-ffi ", "").replace("run ", "run --no-prompt "),
  );
  assertEquals(refused.code, 1);
  assertMatch(refused.err, /UsageError: .*\n?.*/);
  assertMatch(refused.err, /--allow-ffi/);
});

Deno.test("plan_and_apply shows its plan, tells how far it is, and takes everything back", async () => {
  const said: string[] = [];
  const ended = await planAndApply(
    { model: "connectx" },
    (text) => said.push(text),
  );
  assertEquals(ended, ["applied", "undone"]);
  assertMatch(said[0] ?? "", /log_max_qp +17 → 12/);
  assertEquals(said.slice(1, 4), [
    "0 of 2",
    "1 of 2: SET_HCA_CAP",
    "2 of 2: SET_HCA_CAP",
  ]);
});

Deno.test("plan_and_apply ends with what the policy says when it is refused", async () => {
  const policy = { effect: "read" } as const;
  const refused = await planAndApply({ model: "connectx", policy }, () => {});
  assert(refused.length > 0);
  assertMatch(refused.join(), /effect/);
});

Deno.test("own_driver lists, plans, applies and takes back on its model", async () => {
  const said: string[] = [];
  await main((text) => said.push(text));
  assertEquals(
    said[0],
    'fwctl0  acme  {"model":"Acme 1000","facts":{"serial":"4711"}}',
  );
  assertMatch(said[1] ?? "", /fan_speed +0 → 40 +at most 100/);
  assertEquals(said.slice(2), ["applied", "undone"]);
});

Deno.test("every command line of the examples runs with the flags it names", async () => {
  for (
    const example of [
      "plan_and_apply.ts",
      "quiet_vf_test.ts",
      "own_driver/main.ts",
      "own_driver/mod_test.ts",
    ]
  ) {
    const [line = ""] = lines(example);
    assertMatch(line, /^(run|test) /);
    // Their types are checked by the task check, with all others.
    const words = line.replace(/^\w+/, "$& --no-check --no-prompt");
    const { code, out, err } = await deno(words);
    assertEquals(code, 0, `${line}\n${out}${err}`);
    if (line.startsWith("test")) assertMatch(out, / [23] passed /);
  }
});
