import { assertEquals } from "@std/assert";
import { type Case, Step } from "../oracle/recording.ts";
import { compareCases, type StepDifference } from "./compare.ts";
import { known } from "./differences.ts";
import { GROUPS, LESS_RIGHTS } from "./groups.ts";
import { identityOf } from "./record.ts";
import { changes, report } from "./report.ts";

type Fields = Readonly<Record<string, unknown>>;

function oneCase(type: string, steps: readonly Fields[], id = "a/case"): Case {
  return { type, id, steps: steps.map((fields) => new Step(fields)) };
}

function rpc(scope: number, request: string, more: Fields): Fields {
  return {
    ...{ op: "rpc", fd: 0, size: 32, scope, in_len: 16, out_len: 32 },
    ...{ inPtr: "in", outPtr: "out", in: request, ...more },
  };
}

const FAILS = { ret: -1, errno: 1 };
const PASSES = { ret: 0, errno: 0, out: "00" };
/** HWRM_NVM_READ and HWRM_VER_GET. */
const [NVM_READ = "", VER_GET = ""] = ["fdff", "0000"].map((type) =>
  type.padEnd(32, "0")
);

async function compared(
  was: readonly Case[],
  is: readonly Case[],
): Promise<readonly StepDifference[]> {
  return (await compareCases("made-up", was, is)).differences;
}

function lines(differences: readonly StepDifference[], kernel: string): string {
  return report(changes(differences, (one) => known(one, kernel))).join("\n");
}

Deno.test("recordings that tell the same differ in nothing", async () => {
  const one = [oneCase("bnxt", [rpc(0, VER_GET, PASSES)])];
  assertEquals(await compareCases("made-up", one, one), {
    steps: 1,
    missing: 0,
    differences: [],
  });
});

Deno.test("a request that is let through at more scopes is one change, not one a step", async () => {
  const steps = (came: Fields) =>
    [0, 1, 2, 3].map((scope) =>
      rpc(scope, VER_GET, scope === 0 ? FAILS : came)
    );
  const differences = await compared(
    [oneCase("bnxt", steps(FAILS)), oneCase("bnxt", steps(FAILS), "b/case")],
    [oneCase("bnxt", steps(PASSES)), oneCase("bnxt", steps(PASSES), "b/case")],
  );
  assertEquals(
    lines(differences, "9.9"),
    "  NEW   bnxt  VER_GET is let through at debug-read-only, debug-write, debug-write-full (was EPERM)\n" +
      "        6 steps, such as made-up a/case, step 1",
  );
});

Deno.test("requests that changed in the same way share a line", async () => {
  const differences = await compared(
    [oneCase(
      "mlx5",
      ["0100", "0101"].map((code) => rpc(1, code.padEnd(32, "0"), FAILS)),
    )],
    [oneCase(
      "mlx5",
      ["0100", "0101"].map((code) => rpc(1, code.padEnd(32, "0"), PASSES)),
    )],
  );
  assertEquals(
    lines(differences, "9.9").split("\n")[0],
    "  NEW   mlx5  QUERY_HCA_CAP, QUERY_ADAPTER are let through at debug-read-only (was EPERM)",
  );
});

Deno.test("what is known of a kernel is known from that kernel on", async () => {
  const differences = await compared(
    [oneCase("bnxt", [rpc(1, NVM_READ, FAILS)])],
    [oneCase("bnxt", [rpc(1, NVM_READ, PASSES)])],
  );
  const about = (kernel: string) =>
    differences.map((one) => known(one, kernel)?.from);
  assertEquals(about("7.2.13"), [undefined, undefined, undefined]);
  assertEquals(about("7.3.4"), ["7.3", "7.3", "7.3"]);
  assertEquals(about("8.0"), ["7.3", "7.3", "7.3"]);
});

Deno.test("a step is known only when all of its fields are", async () => {
  const step = (out: string) => ({
    ...{ op: "info", fd: 0, size: 24, flags: 0, type: 0, len: 4, ptr: "data" },
    ...{ ret: 0, errno: 0, struct: out === "07" ? "00" : "01", out },
  });
  const differences = await compared(
    [oneCase("bnxt", [step("07")])],
    [oneCase("bnxt", [step("0f")])],
  );
  assertEquals(
    differences.map((one) => known(one, "7.3.4") !== undefined),
    [false, true],
  );
  assertEquals(lines(differences, "7.3.4").includes("NEW"), true);
});

Deno.test("what is the machine's, the recorder's or the CPU's business is no difference", async () => {
  const cut = { ...rpc(0, VER_GET, { ret: -1, errno: 14 }), outPtr: "out-31" };
  const pairs: [Fields, Fields][] = [
    [
      { op: "taint", fwctl: 1, tainted: 528384, warnings: [] },
      { op: "taint", fwctl: 1, tainted: 536576, warnings: [] },
    ],
    [
      { op: "write", path: "/x", text: "1", error: "busy (os error 16): one" },
      { op: "write", path: "/x", text: "1", error: "EBUSY (os error 16)" },
    ],
    [
      { op: "run", argv: ["rmmod", "fwctl"], code: 1, stderr: "used by: a b" },
      { op: "run", argv: ["rmmod", "fwctl"], code: 1, stderr: "used by: b a" },
    ],
    [{ op: "dup", fd: 0, to: 1 }, {
      op: "dup",
      fd: 0,
      to: 1,
      ret: 0,
      errno: 0,
    }],
    [cut, { ...cut, out: "00" }],
  ];
  for (const [was, is] of pairs) {
    const found = await compared([oneCase("mlx5", [was])], [
      oneCase("mlx5", [is]),
    ]);
    assertEquals(found, [], String(was.op));
  }
});

Deno.test("steps that could not be performed are counted, and those behind them compared", async () => {
  const kept = [
    rpc(0, VER_GET, PASSES),
    { op: "read", path: "/gone", text: "1" },
    rpc(1, VER_GET, PASSES),
  ];
  const fresh = [rpc(0, VER_GET, PASSES), rpc(1, VER_GET, FAILS)];
  const { steps, missing, differences } = await compareCases(
    "made-up",
    [oneCase("bnxt", kept)],
    [oneCase("bnxt", fresh)],
  );
  assertEquals([steps, missing], [2, 1]);
  assertEquals(differences.map(({ index }) => index), [2, 2, 2]);
});

Deno.test("every recording is performed in one boot, and each driver's rules by everybody", () => {
  const folder = new URL("../fixtures/oracle/", import.meta.url);
  const kept = [...Deno.readDirSync(folder)]
    .filter(({ isFile }) => isFile)
    .map(({ name }) => name.replace(/\.jsonl\.gz$/, "")).sort();
  assertEquals(GROUPS.flatMap(({ recordings }) => recordings).sort(), kept);
  assertEquals(
    new Set(LESS_RIGHTS.recordings),
    new Set(
      kept.filter((name) => name.endsWith("-main"))
        .flatMap((name) => [`${name}:nobody`, `${name}:nocap`]),
    ),
  );
  assertEquals(
    ["mlx5-main", "mlx5-random-nocap", "cxl-nobody"].map(identityOf),
    ["root", "nocap", "nobody"],
  );
});
