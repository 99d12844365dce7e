/** What drivers say of the fields of an image: a plan's fields are among them, and any unit is fine. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { FieldChange } from "../../drivers/driver.ts";
import { loadDrivers } from "../../drivers/load.ts";
import { parseDefinition } from "../../lib/device/definition.ts";
import type { PlannedResource } from "../../lib/plan/types.ts";
import { Folder } from "../cli/fwctl.ts";
import { fwctlHere } from "../cli/in_process.ts";
import { ROOT } from "../paths.ts";

const CXL = `${ROOT}tests/fixtures/cxl/sample_schema.json`;
const PDS = `${ROOT}tests/fixtures/pds/sample_map.json`;
const DRIVERS = await loadDrivers();
const DEFINITIONS = [CXL, PDS].map((path) =>
  parseDefinition(JSON.parse(Deno.readTextFileSync(path)), path, DRIVERS)
);

function fieldsOf(kind: string, unit: string) {
  const [name = ""] = kind.split(".");
  const type = DRIVERS.flatMap(({ resources }) => Object.values(resources))
    .find((each) => each.kind === kind);
  const own = DEFINITIONS.filter(({ driver }) => driver === name)
    .map(({ content }) => content);
  return type?.imageFields?.(unit, own);
}

Deno.test("each declared field stands in its image where the driver says it does", async () => {
  using folder = new Folder();
  const setting = folder.file(
    "setting.ts",
    `export default { name: "setting", description: "A log level", desired: ({ resource }) => [
      resource("pds.setting", { device: "fwctl2", endpoint: "log", setting: "level",
        select: { module: "flow" }, set: { level: "debug" } })] };`,
  );
  const caps = ["vf_caps.ts", "-p", "vf=0000:3b:00.2", "-p"];
  const taint = ["--max-scope", "debug-write-full", "--allow-taint"];
  const all: [kind: string, recipe: string, args: string[]][] = [
    ["mlx5.hca_cap", "", [...caps, "set=log_max_qp=12,roce=0"]],
    ["mlx5.hca_cap", "", [
      ...caps,
      "set=migratable=1",
      "-p",
      "cap-type=GENERAL_2",
    ]],
    ["mlx5.nvconfig", "", [
      ...["nvconfig_profile.ts", "-p", "device=fwctl0"],
      ...["-p", "set=NUM_OF_VFS=3,SRIOV_EN=1"],
    ]],
    ["cxl.feature", "", [
      ...["cxl_feature.ts", "--definitions", CXL, "-p", "device=mem0"],
      ...["-p", "feature=power_limit", "-p", "set=watts=30,boost=1"],
      ...taint,
    ]],
    ["pds.setting", setting, ["--definitions", PDS, ...taint]],
  ];
  for (const [kind, own, args] of all) {
    const [recipe = "", ...rest] = own === ""
      ? [`${ROOT}recipes/${args[0]}`, ...args.slice(1)]
      : [own, ...args];
    const { out, err } = await fwctlHere([
      ...["plan", recipe, "--model", "mixed", "--json"],
      ...["--max-effect", "destructive", ...rest],
    ]);
    const { plan } = JSON.parse(out);
    assert(plan, `${kind}: ${out}${err}`);
    const resources: PlannedResource[] = plan.resources;
    assert(resources.length > 0);
    resources.forEach((resource, index) => {
      assertEquals(resource.kind, kind);
      const fields = fieldsOf(kind, resource.unit) ?? [];
      const declared: FieldChange[] = [...resource.changes, ...resource.same];
      assert(declared.length > 0 && fields.length > 0, kind);
      for (const { field, bit, width } of declared) {
        const found = fields.find((each) =>
          each.bit === bit && each.width === width
        );
        assertEquals(found?.field, field, `${kind} ${resource.unit} ${field}`);
      }
      const { before } = plan.steps[index];
      for (const { bit, width } of fields) {
        assert(bit >= 0 && width > 0 && bit + width <= before.length * 4, kind);
      }
    });
  }
});

Deno.test("of a unit nobody knows no fields are known, whatever a plan file calls it", () => {
  const units = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "",
      "function 1 ",
      "nvconfig ffffffff",
      "nvconfig -1",
      "feature __proto__",
      "log.",
      "log.level x",
      "function x constructor",
    ),
  );
  fc.assert(fc.property(units, (unit) => {
    for (const { resources } of DRIVERS) {
      for (const { kind } of Object.values(resources)) {
        for (const { bit, width } of fieldsOf(kind, unit) ?? []) {
          assert(Number.isInteger(bit) && Number.isInteger(width));
        }
      }
    }
  }));
  assertEquals(fieldsOf("mlx5.hca_cap", "function 1 NOTHING"), undefined);
  assertEquals(fieldsOf("mlx5.nvconfig", "nvconfig 7fffffff"), undefined);
});
