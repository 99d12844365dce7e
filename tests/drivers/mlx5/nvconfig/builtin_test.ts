/** The built-in parameters: every one is where the vendor's database and the kernel have it. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { builtinKnowledge } from "../../../../drivers/mlx5/nvconfig/builtin.ts";
import {
  findParameter,
  needParameter,
  typeText,
  typeWord,
} from "../../../../drivers/mlx5/nvconfig/names.ts";
import { evaluate } from "../../../../drivers/mlx5/nvconfig/expression.ts";
import { UsageError } from "../../../../lib/errors.ts";

/** name, class/index:bytes, first bit, width, valid bit ("-" is none). */
const EXPECTED = `
SRIOV_EN 0/80:12 32 1 sriov_valid
NUM_OF_VFS 0/80:12 48 16 sriov_valid
PF_NUM_OF_VF_VALID 0/80:12 17 1 -
PF_NUM_OF_VF 3/80:16 80 16 pf_total_vf_en
NUM_OF_PF 0/80:12 40 8 num_pfs_valid
LINK_TYPE 1/12:4 28 2 -
PER_PF_NUM_SF 0/80:12 11 1 -
PF_TOTAL_SF 3/80:16 16 16 pf_total_sf_en
PF_SF_BAR_SIZE 3/80:16 0 8 pf_total_sf_en
PF_BAR2_ENABLE 0/80:12 36 1 -
NUM_PF_MSIX 0/80:12 74 10 num_pf_msix_valid
NUM_VF_MSIX 0/80:12 64 10 num_vf_msix_valid
STRICT_VF_MSIX_NUM 0/80:12 10 1 -
PF_NUM_PF_MSIX 3/80:16 52 12 -
VF_LOG_BAR_SIZE 0/80:12 84 6 vf_bar_size_valid
VF_VPD_ENABLE 0/80:12 13 1 -
VF_NODNIC_ENABLE 0/80:12 9 1 -
HIDE_PORT2_PF 0/80:12 35 1 -
VF_MIGRATION_MODE 0/10a:8 40 2 -
UCTX_EN 0/10a:8 23 1 -
CQE_COMPRESSION 0/10a:8 29 3 -
REAL_TIME_CLOCK_ENABLE 0/10a:8 21 1 -
PCI_ATOMIC_MODE 0/10a:8 17 3 -
ROCE_ADAPTIVE_ROUTING_EN 0/10a:8 34 1 -
SWP_L4_CHECKSUM_MODE 0/11d:8 0 2 -
ROCE_CONTROL 3/112:4 4 2 -
PCI_WR_ORDERING 3/112:4 2 2 -
MULTI_PORT_VHCA_EN 3/112:4 0 1 -
ADVANCED_PCI_SETTINGS 7/80:4 0 1 -
ATS_ENABLED 7/80:4 9 1 -
EXP_ROM_PXE_ENABLE 7/80:4 5 1 -
EXP_ROM_UEFI_x86_ENABLE 7/80:4 6 1 -
MAX_ACC_OUT_READ 0/84:4 0 16 -
SAFE_MODE_ENABLE 7/82:4 1 1 -
INTERNAL_CPU_MODEL 0/c:16 28 4 -
INTERNAL_CPU_PAGE_SUPPLIER 0/c:16 27 1 -
INTERNAL_CPU_ESWITCH_MANAGER 0/c:16 26 1 -
INTERNAL_CPU_IB_VPORT0 0/c:16 25 1 -
INTERNAL_CPU_OFFLOAD_ENGINE 0/c:16 23 1 -
FLEX_PARSER_PROFILE_ENABLE 0/e:20 24 8 -
PROG_PARSE_GRAPH 0/e:20 0 1 -
ROCE_CC_PRIO_MASK 1/107:4 24 8 -
CNP_DSCP 1/108:68 530 6 -
CNP_802P_PRIO 1/108:68 541 3 -
KEEP_ETH_LINK_UP 1/190:4 31 1 -
LLDP_NB_DCBX 1/10a:12 4 1 -
USER_PROGRAMMABLE_CC 0/111:4 0 1 -
WOL_MAGIC_EN 3/10:4 21 1 -
`;

Deno.test("all 48 common parameters are at the published item, bit and width", () => {
  const { parameters, tlvs } = builtinKnowledge();
  const found = [...parameters.values()].map((field) => {
    const tlv = tlvs.get(field.tlv);
    assert(tlv, field.tlv);
    return `${field.parameter} ${tlv.class}/${
      tlv.index.toString(16)
    }:${tlv.size} ${field.bit} ${field.width} ${field.valid || "-"}`;
  });
  assertEquals(found.sort(), EXPECTED.trim().split("\n").sort());
  assertEquals(found.length, 48);
});

Deno.test("every valid bit, gate, limit and rule names fields that are there", () => {
  const { parameters, tlvs } = builtinKnowledge();
  for (const field of parameters.values()) {
    const own = tlvs.get(field.tlv);
    if (field.valid !== "") {
      assertEquals(own?.fields.get(field.valid)?.width, 1, field.valid);
    }
    for (const text of [field.gate, field.min, field.max, field.rule]) {
      if (text === "") continue;
      evaluate(text, (name) => {
        const dot = name.indexOf(".");
        const tlv = dot < 0 ? own : tlvs.get(name.slice(0, dot));
        assert(tlv?.fields.has(name.slice(dot + 1)), `${text}: ${name}`);
        return 1;
      });
    }
    assert(field.bit + field.width <= 8 * (own?.size ?? 0));
  }
});

Deno.test("type words are the published ones", () => {
  const type = (name: string): string => {
    const { tlv, instance } = needParameter(builtinKnowledge(), name);
    return typeText(typeWord(tlv, instance));
  };
  assertEquals(
    ["SRIOV_EN", "LINK_TYPE_P1", "PF_NUM_OF_VF", "ATS_ENABLED"].map(type),
    ["00000080", "01010012", "03000080", "07000080"],
  );
  assertEquals(type("LINK_TYPE_P2"), "01020012");
});

Deno.test("a name without its port, with one too many, or nearly right is refused with the right one", () => {
  const wrong: [string, string][] = [
    ["LINK_TYPE", "Write LINK_TYPE_P1"],
    ["LINK_TYPE_P0", "Ports count from 1"],
    ["LINK_TYPE_P9", "Ports count from 1"],
    ["LINK_TYPE_M1", "Write LINK_TYPE_P1"],
    ["SRIOV_EN_P1", "Write SRIOV_EN"],
    ["SRIOV_EN[0]", "Write SRIOV_EN"],
    ["SRIOV_ENN", "Did you mean SRIOV_EN?"],
    ["NUM_OF_VF", "NUM_OF_VFS"],
  ];
  for (const [name, hint] of wrong) {
    const error = assertThrows(
      () => needParameter(builtinKnowledge(), name),
      UsageError,
    );
    assert(error.hint?.includes(hint), `${name}: ${error.hint}`);
  }
  assertEquals(findParameter(builtinKnowledge(), "\u0000"), undefined);
});
