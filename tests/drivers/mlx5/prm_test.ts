/**
 * Places and widths of register fields against the vendor's own database, where
 * its tools are installed (Debian's mstflint, or a folder in FWCTL_PEERS).
 */
import { assert, assertEquals } from "@std/assert";
import { compareRegisters, type Verdict } from "./prm_compare.ts";
import { databaseFile, readDatabase } from "./prm.ts";

/** Why a field of ours and the database do not have the same bits: by verdict, the fields. */
const EXPLAINED: readonly [Verdict, RegExp, string][] = [
  [
    "part",
    /^(QCAM|PCAM|MCAM)\.\w+_mask\./,
    "the database has one mask, the kernel names its bits",
  ],
  ["part", /^QPDPM\.dscp\[/, "the database has 16 bits without names inside"],
  [
    "part",
    /^(QTCT\.(prio|tclass)|PPLR\.lb_(cap|en)|MFRL\.pci_sync_for_fw_update_start|MCQS\.fw_device|SLRG\.phase_eo_(pos|neg))$/,
    "grew upwards in a newer generation: the same low bits",
  ],
  [
    "part",
    /^PPCNT\.counter_set\.ib_port_cntrs_grp_data_layout\.link_overrun_errors$/,
    "the kernel reads two counters of 4 bits as one of 8",
  ],
  [
    "split",
    /^(MTCAP|MTPPS|MSECQ|MTCTR|MRTCQ|Resource_dump_registers)\./,
    "64 bits there are two words",
  ],
  [
    "split",
    /^PMLP\.lane\d_module_mapping$/,
    "the kernel has the word, the database its parts",
  ],
  ["split", /^PPTB\.prio_x_buff$/, "eight buffers of 4 bits there"],
  ["split", /^PPCNT\.counter_set\.rs_histogram_cntrs\.hist$/, "an array there"],
  [
    "split",
    /^(PPLM\.retransmission_active|SLTP\.status)$/,
    "the bits have another use in newer generations",
  ],
  [
    "absent",
    /^(PTYS\.eth_proto_lp_advertise|PPLM\.\w+_port_profile|PPLM\.port_profile_mode|MPEIN\.\w+|SLRG\.ffe_set_tested)$/,
    "dropped in newer generations",
  ],
  [
    "part",
    /^SLRG\.(height|phase)_grade_type$/,
    "the page of the 28 nm generation",
  ],
  ["split", /^SLRG\.phase_grade$/, "the page of the 28 nm generation"],
  ["other", /^SLRG\.height_grade$/, "the page of the 28 nm generation"],
  ["named", /./, "the same bits under another name"],
];

const file = databaseFile();
if (file === undefined) {
  // deno-lint-ignore no-console -- a skipped test says why
  console.warn(
    "skipped: no register database of mstflint is installed (FWCTL_PEERS)",
  );
}

Deno.test({
  name:
    "register fields are where the vendor's database has them, or it is known why not",
  ignore: file === undefined,
  fn: () => {
    const database = readDatabase(Deno.readTextFileSync(file ?? ""));
    assert(database.size > 150, `${database.size} registers there`);
    const { registers, fields } = compareRegisters(database);
    assert(registers >= 30, `${registers} registers in common`);
    const counts: Partial<Record<Verdict, number>> = {};
    const unexplained: string[] = [];
    for (const { field, verdict, there } of fields) {
      counts[verdict] = (counts[verdict] ?? 0) + 1;
      if (
        verdict !== "same" &&
        !EXPLAINED.some(([of, names]) => of === verdict && names.test(field))
      ) unexplained.push(`${verdict} ${field}: ${there.slice(0, 3).join(" ")}`);
    }
    assertEquals(unexplained, []);
    assert(fields.length > 1000, `${fields.length} fields`);
    assert((counts.same ?? 0) > 700, JSON.stringify(counts));
  },
});
