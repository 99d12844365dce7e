/** `--policy`, `--seal`, `--break-seal` and `fwctl policy`, end to end. */
import { assert, assertEquals } from "@std/assert";
import { Folder } from "./fwctl.ts";
import { fwctlHere, fwctlHereJson } from "./in_process.ts";

const VF = "vf=0000:3b:00.2";
const RECIPE = "recipes/vf_caps.ts";

const SITE = {
  format: "fwctl-policy/1",
  deny: [{ field: "roce", value: { in: [0] }, reason: "storage needs RoCE" }],
  allow: [
    {
      kind: "mlx5.hca_cap",
      field: "log_max_qp",
      value: { max: 12 },
      reason: "queue budget",
    },
    { kind: "mlx5.hca_cap", field: "roce" },
  ],
};

/** SET_HCA_CAP GENERAL of function 1, with no image. */
const SET = "01090000000000008000000100000000";
/** QUERY_MKEY. */
const MKEY = "0201000000000000000000000000000000";

function plan(set: string, ...rest: string[]): string[] {
  return ["plan", RECIPE, "--model", "connectx", "-p", VF, "-p", `set=${set}`]
    .concat(rest);
}

Deno.test("a plan is refused by field and value, and told rule, reason and file", async () => {
  using folder = new Folder();
  const site = folder.file("site.json", SITE);
  const { code, json, err } = await fwctlHereJson(
    plan("log_max_qp=13,roce=0", "--policy", site),
  );
  assertEquals([code, err], [4, ""]);
  assertEquals(json.refusals, [
    "fwctl0: SET_HCA_CAP GENERAL, function 1, roce = 0 is on the deny list: field roce, with value one of 0 (rule: deny[0]: storage needs RoCE)",
    "fwctl0: SET_HCA_CAP GENERAL, function 1, log_max_qp = 13 is not what the allow list has: kind mlx5.hca_cap, field log_max_qp, with value at most 12 (rule: allow[0]: queue budget)",
  ]);
  const text = await fwctlHere(plan("log_max_qp=13", "--policy", site));
  assertEquals(text.code, 4);
  assert(
    text.err.includes(`change allow[0] in ${site}; nothing was sent`),
    text.err,
  );
  assertEquals(
    (await fwctlHere(plan("log_max_qp=12", "--policy", site))).code,
    0,
  );
});

Deno.test("a raw request passes the same policy, --yes or not", async () => {
  using folder = new Folder();
  const site = folder.file("site.json", {
    ...SITE,
    deny: [...SITE.deny, { group: "memory-access" }],
  });
  const rpc = (scope: string, hex: string, ...rest: string[]) =>
    fwctlHere([
      ...["rpc", "fwctl0", "--model", "connectx", "--scope", scope],
      ...["--out", "256", "--yes", hex, ...rest],
    ]);
  for (const hex of [SET, MKEY]) {
    const refused = await rpc("debug-read-only", hex, "--policy", site);
    assertEquals(refused.code, 4, refused.err);
    assert(/\(rule: deny\[[01]\]/.test(refused.err), refused.err);
    assert(refused.err.includes("this request was not sent"));
    // It is the policy that stood in the way.
    assert((await rpc("debug-read-only", hex)).code !== 4);
  }
});

Deno.test("reading commands are under the policy too", async () => {
  using folder = new Folder();
  const site = folder.file("site.json", {
    format: "fwctl-policy/1",
    deny: [{ request: "QUERY_HCA_CAP*", reason: "not on this host" }],
  });
  for (
    const args of [["caps", "fwctl0"], ["query", "fwctl0", "caps"]]
  ) {
    const { code, err } = await fwctlHere([
      ...args,
      "--model",
      "connectx",
      "--policy",
      site,
    ]);
    assertEquals(code, 4, args.join(" "));
    assert(err.includes("rule: deny[0]: not on this host"), err);
  }
});

Deno.test("options may lower what a file allows, and not raise it", async () => {
  using folder = new Folder();
  const site = folder.file("site.json", { format: "fwctl-policy/1" });
  const raised = await fwctlHere(
    plan("roce=0", "--policy", site, "--max-effect", "destructive"),
  );
  assertEquals(raised.code, 4);
  assert(raised.err.includes("(rule: max.effect: runtime)"), raised.err);
  const lowered = await fwctlHere(
    plan("roce=0", "--policy", site, "--max-effect", "read"),
  );
  assertEquals(lowered.code, 4);
  assert(lowered.err.includes("(rule: effect)"), lowered.err);
});

Deno.test("an applied plan seals its device until the boot, for every command after it", async () => {
  using folder = new Folder();
  const model = [
    ...["--model", "connectx", "--model-state", `${folder.path}/model.json`],
    ...["--state-dir", `${folder.path}/state`],
  ];
  const apply = (set: string, ...rest: string[]) =>
    fwctlHere([
      ...["apply", RECIPE, ...model, "-p", VF, "-p", `set=${set}`, "--yes"],
      ...rest,
    ]);
  assertEquals((await apply("log_max_qp=12", "--seal")).code, 0);
  const again = await apply("log_max_qp=11");
  assertEquals(again.code, 4);
  assert(
    again.err.includes(
      "by vf-caps and is sealed until the next boot (rule: seal)",
    ),
    again.err,
  );
  const raw = await fwctlHere([
    ...["rpc", "fwctl0", ...model, "--scope", "configuration", "--out", "16"],
    ...["--yes", SET],
  ]);
  assertEquals(raw.code, 4, raw.err);
  // As declared there is nothing to refuse.
  assertEquals((await apply("log_max_qp=12")).code, 0);
  assertEquals((await apply("log_max_qp=11", "--break-seal")).code, 0);
});

Deno.test("a seal with nowhere to be kept stops the apply before it writes", async () => {
  const { code, err } = await fwctlHere([
    ...["apply", RECIPE, "--model", "connectx", "-p", VF],
    ...["-p", "set=roce=0", "--yes", "--seal"],
  ]);
  assertEquals(code, 4);
  assert(err.includes("Name a folder with --state-dir; nothing was sent"), err);
});

Deno.test("fwctl policy says what a file allows of every driver", async () => {
  using folder = new Folder();
  const site = folder.file("site.json", SITE);
  const { code, json } = await fwctlHereJson(["policy", site]);
  assertEquals([code, json.schema], [0, "fwctl/policy"]);
  const mlx5 = json.drivers.find((each: { driver: string }) =>
    each.driver === "mlx5"
  );
  const verdict = (name: string): string =>
    mlx5.requests.find((each: { label: { name: string } }) =>
      each.label.name === name
    )?.verdict;
  assertEquals(
    ["SET_HCA_CAP", "QUERY_HCA_CAP", "ACCESS_REG"].map(verdict),
    ["plan", "sent", "refused"],
  );
  const text = await fwctlHere(["policy", site, "--all"]);
  assert(text.out.includes("is a valid policy."), text.out);
  assert(/mlx5 +\d+ +2 +\d+/.test(text.out), text.out);
});

Deno.test("a policy that is wrong stops every command before anything is opened", async () => {
  using folder = new Folder();
  const bad = folder.file("bad.json", {
    format: "fwctl-policy/1",
    deny: [{ group: "memory-acess" }],
  });
  for (
    const args of [["policy", bad], [
      "caps",
      "fwctl0",
      "--model",
      "connectx",
      "--policy",
      bad,
    ], plan("roce=0", "--policy", bad)]
  ) {
    const { code, err } = await fwctlHere(args);
    assertEquals(code, 1, args.join(" "));
    assert(err.includes('did you mean "memory-access"?'), err);
  }
  const missing = await fwctlHere(
    plan("roce=0", "--policy", `${folder.path}/no`),
  );
  assertEquals(missing.code, 1);
});
