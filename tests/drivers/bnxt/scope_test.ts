/** Labels of bnxt requests: the kernel's least scope, and our effect. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { BNXT_UCTX_CAPS, bnxtKernelOps } from "../../../drivers/bnxt/kernel.ts";
import { learn } from "../../../drivers/bnxt/knowledge.ts";
import { newRequest } from "../../../drivers/bnxt/protocol.ts";
import { classify, requests } from "../../../drivers/bnxt/scope.ts";
import { StubDevice } from "../../../drivers/bnxt/stub.ts";
import { buffersOf } from "../../../drivers/bnxt/tables/buffers.ts";
import { exampleOf } from "./buffers_fixture.ts";
import { allowList } from "../../../drivers/bnxt/tables/allow_list.ts";
import type { Bytes } from "../../../lib/bytes.ts";
import type { UserMemory } from "../../../lib/model/types.ts";
import { SCOPES } from "../../../lib/uapi/fwctl.ts";

function bare(reqType: number): Bytes {
  const request = new Uint8Array(16);
  new DataView(request.buffer).setUint16(0, reqType, true);
  return request;
}

/** Memory that is there wherever one looks. */
const MEMORY: UserMemory = {
  read: (_address, length) => new Uint8Array(length),
  write: () => true,
  clear: () => true,
};

/** A request the kernel looks at: with buffers of the right lengths, where it names any. */
function good(reqType: number): Bytes {
  const named = buffersOf(reqType);
  return named ? exampleOf(named.name).slice(0, named.size) : bare(reqType);
}

for (const kernel of ["7.2", "7.3"] as const) {
  Deno.test(`every req_type is labelled with exactly the least scope at which Linux ${kernel} sends it`, () => {
    const ops = bnxtKernelOps(new StubDevice(), kernel);
    const uctx = ops.open_uctx();
    assert(typeof uctx === "object");
    const known = learn({ uctx_caps: BNXT_UCTX_CAPS[kernel] });
    for (let reqType = 0; reqType < 0x10000; reqType++) {
      const label = classify(good(reqType), () => known);
      const sends = SCOPES.map((_, scope) =>
        typeof ops.fw_rpc(uctx, scope, good(reqType), 64, MEMORY) === "object"
      );
      assertEquals(label.allowed, sends.includes(true), label.name);
      if (label.allowed) {
        assertEquals(
          SCOPES.indexOf(label.scope),
          sends.indexOf(true),
          label.name,
        );
      }
      assert(label.name !== "" && label.scopeReason !== "");
    }
  });
}

Deno.test("the kernel's lowest scope does not hide what destroys or resets", () => {
  const effects = (names: string[]) =>
    names.map((name) => classify(newRequest(name)).effect);
  assertEquals(
    effects([
      "NVM_ERASE_DIR_ENTRY",
      "NVM_FACTORY_DEFAULTS",
      "DBG_ERASE_NVM",
    ]),
    ["destructive", "destructive", "destructive"],
  );
  assertEquals(
    effects([
      "FUNC_RESET",
      "FW_RESET",
      "PORT_PHY_I2C_WRITE",
      "DBG_SIM_CABLE_STATE",
    ]),
    ["disruptive", "disruptive", "disruptive", "disruptive"],
  );
  assertEquals(
    effects(["PORT_CLR_STATS", "FW_SET_TIME", "DBG_USEQ_FLUSH"]),
    ["runtime", "runtime", "runtime"],
  );
  assertEquals(
    effects(["NVM_FLUSH", "NVM_VERIFY_UPDATE", "NVM_MOD_DIR_ENTRY"]),
    ["next-reset", "next-reset", "next-reset"],
  );
});

Deno.test("what does more than read is nothing but the commands known to", () => {
  const writes = [...allowList().values()].map(({ name }) => name)
    .filter((name) => classify(newRequest(name)).effect !== "read");
  assertEquals(writes.sort(), [
    "DBG_CFG",
    "DBG_COREDUMP_INITIATE",
    "DBG_ERASE_NVM",
    "DBG_LOG_BUFFER_FLUSH",
    "DBG_PTRACE",
    "DBG_SERDES_TEST",
    "DBG_SIM_CABLE_STATE",
    "DBG_TOKEN_CFG",
    "DBG_USEQ_FLUSH",
    "FUNC_RESET",
    "FW_LIVEPATCH",
    "FW_RESET",
    "FW_SET_STRUCTURED_DATA",
    "FW_SET_TIME",
    "NVM_DEFRAG",
    "NVM_ERASE_DIR_ENTRY",
    "NVM_FACTORY_DEFAULTS",
    "NVM_FLUSH",
    "NVM_MODIFY",
    "NVM_MOD_DIR_ENTRY",
    "NVM_RAW_WRITE_BLK",
    "NVM_SET_VARIABLE",
    "NVM_VERIFY_UPDATE",
    "NVM_WRITE",
    "PORT_CLR_STATS",
    "PORT_DSC_DUMP",
    "PORT_PHY_FDRSTAT",
    "PORT_PHY_I2C_WRITE",
    "PORT_PHY_MDIO_WRITE",
    "PORT_PRBS_TEST",
    "SCH_GRP_CFG",
    "SELFTEST_RETRIEVE_SERDES_DATA",
  ]);
});

Deno.test("statistics of the PHY are labelled by the operation asked for", () => {
  const effects = [0, 1, 2, 3, 4].map((ops) =>
    classify(newRequest("PORT_PHY_FDRSTAT", { ops })).effect
  );
  assertEquals(effects, ["runtime", "runtime", "runtime", "read", "runtime"]);
  // Bytes that are not sent count as 0, which is START.
  assertEquals(
    classify(newRequest("PORT_PHY_FDRSTAT", { ops: 3 }).slice(0, 20)).effect,
    "runtime",
  );
});

Deno.test("synchronising images destroys only with its ACTION bit, and tables show it with", () => {
  const effects = [0, 0x7f, 0x80000000, 0x80000001].map((sync_action) =>
    classify(newRequest("FW_SYNC", { sync_action })).effect
  );
  assertEquals(effects, ["read", "read", "destructive", "destructive"]);
  const listed = requests().find(({ label }) => label.name === "FW_SYNC");
  assertEquals(listed?.label.effect, "destructive");
});

Deno.test("the label says which fields the request sets, by name", () => {
  assertEquals(
    classify(newRequest("FW_RESET", { embedded_proc_type: 6 })).detail,
    "embedded_proc_type CHIP, selfrst_status SELFRSTNONE",
  );
  assertEquals(
    classify(newRequest("FUNC_QCAPS", { fid: 3 }, 0xfffd)).detail,
    "target TOOLS, fid 3",
  );
  assertEquals(classify(newRequest("NVM_GET_DIR_INFO")).detail, "");
  assertEquals(
    classify(newRequest("DBG_CFG", {}, 0xffff, new Uint8Array([1, 2]))).detail,
    "2 bytes of no public layout",
  );
});

Deno.test("the list of requests has every command once, allowed ones with their scope", () => {
  const all = requests();
  assertEquals(new Set(all.map(({ code }) => code)).size, all.length);
  assertEquals(
    all.filter(({ label }) => label.allowed).length,
    allowList().size,
  );
  const codes = all.map(({ code }) => Number(code));
  assertEquals(codes, [...codes].sort((a, b) => a - b));
});

Deno.test("any bytes can be labelled", () => {
  const allowed = [...allowList().keys()];
  fc.assert(
    fc.property(
      fc.constantFrom(...allowed, 0x1, 0x8000, 0xffff),
      fc.uint8Array({ maxLength: 160 }),
      (reqType, bytes) => {
        const request = new Uint8Array(bytes);
        if (request.length > 1) {
          new DataView(request.buffer).setUint16(0, reqType, true);
        }
        const label = classify(request);
        assert(SCOPES.includes(label.scope) && label.name !== "");
      },
    ),
    { numRuns: 20_000 },
  );
});
