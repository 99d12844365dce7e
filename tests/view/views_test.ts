import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { ApplyResult } from "../../lib/apply/types.ts";
import { DeviceError, PolicyError } from "../../lib/errors.ts";
import { capsText, onlyDiffering } from "../../lib/view/caps.ts";
import { errorText } from "../../lib/view/error.ts";
import { hexdump } from "../../lib/view/hexdump.ts";
import { inventoryText } from "../../lib/view/inventory.ts";
import { jsonText, planBody, resultBody } from "../../lib/view/json.ts";
import { reportText } from "../../lib/view/report.ts";
import { resultText } from "../../lib/view/result.ts";
import { plainStyle, printable } from "../../lib/view/style.ts";
import { displayWidth, table } from "../../lib/view/table.ts";
import { changed, inventory, plan, step } from "./make.ts";

const REFUSED = new DeviceError(
  "The firmware refused SET_HCA_CAP: BAD_PARAM",
  { status: 3, statusName: "BAD_PARAM", syndrome: 0x537801 },
  { device: "fwctl0", hint: "Compare each value with the maximum" },
);

Deno.test("list: long runs of alike functions are one line", () => {
  assertEquals(
    inventoryText(inventory(6), plainStyle),
    `\
DEVICE    DRIVER  ADDRESS       PCI ID     KERNEL DRIVER     VFS                           NET        RDMA/CXL
fwctl0    mlx5    0000:3b:00.0  15b3:101d  mlx5_core         6/16                          ens1f0np0  mlx5_0
  VF 0-4          0000:3b:00.2             no driver         5 VFs alike, to 0000:3b:00.6
  VF 5            0000:3b:00.7             vfio-pci, in use
`,
  );
  const all = inventoryText(inventory(6), plainStyle, { all: true });
  assertEquals(all.split("\n").length, 1 + 1 + 6 + 1);
});

Deno.test("list: a machine without devices says why that can be", () => {
  const text = inventoryText({ ...inventory(0), devices: [] }, plainStyle);
  assertStringIncludes(text, "mlx5_fwctl");
});

function result(
  outcome: ApplyResult["outcome"],
  ...statuses: ApplyResult["steps"][number]["status"][]
): ApplyResult {
  return {
    outcome,
    steps: statuses.map((status, step) => ({
      step,
      status,
      errors: status === "failed" || status === "not-undone" ? [REFUSED] : [],
    })),
    ...(outcome === "applied" ? {} : { error: REFUSED }),
  };
}

const TWO = plan([changed(0), changed(1)], [step(0), step(1)]);

Deno.test("result: applied says that it was read back", () => {
  assertEquals(
    resultText(TWO, result("applied", "applied", "applied"), plainStyle),
    `\
  ✓  fwctl0  VF 0  0000:3b:00.2  applied, read back and right
  ✓  fwctl0  VF 1  0000:3b:00.3  applied, read back and right

Applied: 2 functions changed, read back and right.
`,
  );
});

Deno.test("result: undone says what failed, what was taken back, and what to do", () => {
  assertEquals(
    resultText(TWO, result("undone", "undone", "failed"), plainStyle),
    `\
  ↶  fwctl0  VF 0  0000:3b:00.2  undone, read back and as before
  ✗  fwctl0  VF 1  0000:3b:00.3  failed; nothing of it is on the device
      The firmware refused SET_HCA_CAP: BAD_PARAM

Failed and undone: 1 step had been or may have been applied; everything is taken back and read back as before.
  next: Compare each value with the maximum
`,
  );
});

Deno.test("result: what is left on a device is named field by field", () => {
  const text = resultText(
    TWO,
    result("not-undone", "not-undone", "not-reached"),
    plainStyle,
  );
  assertStringIncludes(
    text,
    "FAILED AND NOT UNDONE: 1 step may still hold new values.",
  );
  assertStringIncludes(text, "fwctl0  VF 0  log_max_qp  was 17, may be 12");
});

Deno.test("error: message, findings and next step, no stack", () => {
  const error = new PolicyError(
    "Refused by policy: a (and 1 more)",
    ["a", "b"],
    { hint: "Raise it" },
  );
  assertEquals(
    errorText(error, plainStyle),
    "error: Refused by policy: a (and 1 more)\n  - a\n  - b\n  next: Raise it\n",
  );
});

const CAPS = {
  function: 1,
  types: [{
    type: "GENERAL",
    number: 0,
    layout: "cmd_hca_cap",
    fields: [
      { field: "log_max_qp", bit: 139, width: 5, current: 12, maximum: 17 },
      {
        field: "port_type",
        bit: 438,
        width: 2,
        current: 1,
        maximum: 1,
        name: "ETH",
      },
    ],
  }],
  unsupported: ["RDMA"],
};

Deno.test("caps: differing fields are marked, and alone with diff", () => {
  assertEquals(
    capsText(CAPS, plainStyle),
    `\
GENERAL  cmd_hca_cap, 2 fields, 1 not at the maximum
   FIELD       BIT  WIDTH  CURRENT  MAXIMUM  NAME
*  log_max_qp  139      5       12       17
   port_type   438      2        1        1  ETH

Not supported by this firmware: RDMA
`,
  );
  assert(!capsText(CAPS, plainStyle, { diff: true }).includes("port_type"));
  assert(!JSON.stringify(onlyDiffering(CAPS)).includes("port_type"));
});

Deno.test("report: lists of flat objects are tables, the rest is indented", () => {
  assertEquals(
    reportText({
      devices: [{ name: "fwctl0", vfs: [1, 2] }, { name: "x" }],
      deep: { a: [{ b: { c: 1 } }] },
    }, plainStyle),
    `\
devices:
  name    vfs
  fwctl0  1, 2
  x
deep:
  a:
    -
      b:
        c: 1
`,
  );
});

Deno.test("json: bytes are hex, requests are the bytes that will be sent", () => {
  const parsed = JSON.parse(jsonText("plan", { plan: planBody(TWO) }));
  assertEquals(parsed.schema, "fwctl/plan");
  assertEquals(parsed.version, "1.0");
  assertEquals(parsed.plan.steps[0].request, "ff000c");
  assertEquals(parsed.plan.steps[0].before, "0011");
  assertEquals(parsed.plan.steps[0].read.request, "01");
  assertEquals(parsed.plan.steps[0].taints, false);
});

Deno.test("json: a result carries the errors of every step", () => {
  const parsed = JSON.parse(
    jsonText("apply", {
      result: resultBody(result("undone", "undone", "failed")),
    }),
  );
  assertEquals(parsed.result.steps[1].errors[0].statusName, "BAD_PARAM");
  assertEquals(parsed.result.error.syndrome, 0x537801);
});

Deno.test("hexdump: groups, ASCII, equal lines folded, the last one always there", () => {
  const bytes = new Uint8Array(64);
  bytes.set(new TextEncoder().encode("Mellanox"), 0);
  assertEquals(
    hexdump(bytes),
    `\
000000  4d656c6c 616e6f78 00000000 00000000  Mellanox........
000010  00000000 00000000 00000000 00000000  ................
*
000030  00000000 00000000 00000000 00000000  ................
`,
  );
  assertEquals(hexdump(new Uint8Array(0)), "");
});

Deno.test("table: columns stand by the width on a terminal, no blanks at the end", () => {
  assertEquals(displayWidth("網卡"), 4);
  assertEquals(displayWidth("e\u0301"), 1);
  assertEquals(
    table([["網卡", "1", ""], ["a", "22", "x"]], { right: [1] }, plainStyle),
    ["網卡   1", "a     22  x"],
  );
});

Deno.test("table: a column that is empty everywhere takes no room", () => {
  assertEquals(table([["a", "", "b"], ["c", "", "d"]], {}, plainStyle), [
    "a  b",
    "c  d",
  ]);
});

Deno.test("printable: every control and format character is shown as an escape", () => {
  for (let code = 0; code < 0x20; code++) {
    assert(
      !printable(`a${String.fromCharCode(code)}b`).includes(
        String.fromCharCode(code),
      ),
    );
  }
  assertEquals(printable("\x7f\x9b\u2028\ud800é"), "\\x7f\\x9b\\u2028\\ud800é");
});
