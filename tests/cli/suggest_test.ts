/** "Did you mean" at every place where a name is typed: one case a kind. */
import { assertEquals, assertMatch } from "@std/assert";
import { ROOT } from "../paths.ts";
import { Folder } from "./fwctl.ts";
import { fwctlHere } from "./in_process.ts";

const RECIPE = `${ROOT}recipes/vf_caps.ts`;

/** What is misspelt, the command line, and what is meant. */
const CASES: readonly (readonly [string, string, RegExp])[] = [
  ["a command", "plam", /Did you mean plan\?/],
  ["a command in a group", "nvconfig qery fwctl0", /Did you mean query\?/],
  [
    "a command in a group of a group",
    "vfio hook instal",
    /Did you mean install\?/,
  ],
  ["an option", "plan x --parm", /Did you mean --param\?/],
  ["an option of every command", "list --modle x", /Did you mean --model\?/],
  [
    "an option two levels down",
    "vfio hook show --rot x",
    /Did you mean --root\?/,
  ],
  [
    "a choice of an option",
    "plan x --max-scope debug-writ",
    /Did you mean debug-write/,
  ],
  ["a choice of an argument", "completion fisch", /Did you mean fish\?/],
  ["a scenario", "--model conectx list", /did you mean "connectx"/],
  ["a device", "info fwctl00", /Did you mean fwctl0/],
  ["a network interface", "info ens1f0np1", /Did you mean ens1f0np0/],
  [
    "a virtual function",
    "caps fwctl0 --vf 0000:3b:0.2",
    /Did you mean 0000:3b:00\.2/,
  ],
  ["a driver", "decode mlx", /Did you mean mlx5\?/],
  ["a query", "query fwctl0 identty", /Did you mean identity\?/],
  ["a query's argument", "query fwctl0 caps tpes=x", /Did you mean types\?/],
  ["a capability type", "caps fwctl0 --type GENRAL", /Did you mean GENERAL/],
  ["a register", "reg fwctl0 PTYZ", /Did you mean PTYS\?/],
  ["an object", "object fwctl0 vport_stat", /Did you mean vport_state/],
  ["a dump segment", "dump fwctl0 FULL_QPD index1=1", /Did you mean FULL_QPC/],
  ["what is decoded", "decode mlx5 PTSY", /Did you mean PTYS\?/],
  [
    "a parameter of nvconfig",
    "nvconfig query fwctl0 SRIOVEN",
    /Did you mean SRIOV_EN\?/,
  ],
  ["its value", "nvconfig set fwctl0 LINK_TYPE_P1=ETHH", /Did you mean ETH\?/],
  [
    "a counter",
    "diag set fwctl0 -c tx-packet --allow-taint",
    /Did you mean tx-packets\?/,
  ],
  ["a recipe's parameter", `plan ${RECIPE} -p fv=1`, /Did you mean vf\?/],
  [
    "a field of a resource",
    `plan ${RECIPE} -p vf=0000:3b:00.2 -p set=rocce=1`,
    /Did you mean roce\?/,
  ],
  ["a manual page", "man plam", /Did you mean plan\?/],
  ["a run", "journal show lats --state-dir STATE", /Did you mean last\?/],
];

for (const [kind, line, meant] of CASES) {
  Deno.test(`a misspelt name is answered with the near one: ${kind}`, async () => {
    using folder = new Folder();
    const args = line.split(" ")
      .map((word) => word === "STATE" ? folder.path : word);
    const model = args.includes("--model") ? [] : ["--model", "connectx"];
    const { code, out, err } = await fwctlHere([...args, ...model]);
    assertEquals([code, out], [1, ""], err);
    assertMatch(err, meant);
    // And as JSON it is one object, from however deep it comes.
    const json = JSON.parse(
      (await fwctlHere([...args, ...model, "--json"])).out,
    );
    assertEquals(json.schema, "fwctl/error");
    assertMatch(`${json.error.message} ${json.error.hint}`, meant);
  });
}
