/**
 * The witnesses: what is typed into a machine, and what must come of it. Every
 * program here but `fwctl` was written by others, or by the kernel's documents
 * alone.
 *
 * @module
 */

/** One command line. */
export interface Line {
  readonly run: string;
  /** Texts that must be in what it prints; space between words may be any. */
  readonly says?: readonly string[];
  /** The exit status that must be; 0 without. */
  readonly exit?: number;
}

/** One machine, and what is typed into it. */
export interface Scene {
  /** Also the name of its transcripts. */
  readonly name: string;
  /** What it shows: a sentence. */
  readonly title: string;
  /** Words of the kernel's command line. */
  readonly words: readonly string[];
  /** The scenario that is served by CUSE, at /tmp/model for our own command too. */
  readonly serves?: string;
  /** Programs it needs. */
  readonly needs: readonly ("mstreg" | "cc" | "python3")[];
  /** Sessions by name; each is one transcript. */
  readonly sessions: Readonly<Record<string, readonly Line[]>>;
}

const OURS = "--model unix:/tmp/model";
const INFO = "python3 tests/kernel/clients/info_rpc.py /dev/fwctl/fwctl0";
/** ACCESS_REG, a write of MGIR with 0x212 at byte 8: a ConnectX-6 Dx. */
const SET_MGIR = `08050000000000000000902000000000${"00".repeat(10)}0212${
  "00".repeat(20)
}`;

const READS_PAOS = "mstreg -d fwctl0 --reg_name PAOS -g -i local_port=1,swid=0";

const mstreg: readonly Line[] = [
  { run: READS_PAOS, says: ["admin_status | 0x00000001"] },
  {
    run:
      'mstreg -d fwctl0 --reg_name PAOS -i "local_port=1,swid=0" -s "admin_status=2,e=1" --yes',
    says: ["admin_status | 0x00000002", "Sending access register"],
  },
  {
    run: `fwctl reg fwctl0 PAOS local_port=1 ${OURS}`,
    says: ["admin_status 20 4 2 DOWN"],
  },
  {
    run:
      `fwctl reg fwctl0 PAOS local_port=1 --set admin_status=4 --max-effect disruptive --yes ${OURS}`,
    says: ["1 action done"],
  },
  { run: READS_PAOS, says: ["admin_status | 0x00000004"] },
];

const PARAMETERS = "SRIOV_EN NUM_OF_VFS LINK_TYPE_P1 CQE_COMPRESSION";

const mstconfig: readonly Line[] = [
  {
    run: `mstconfig -d fwctl0 -e q ${PARAMETERS}`,
    says: [
      "Name: ConnectX-6 Dx model",
      "NUM_OF_VFS 16 16 16",
      "LINK_TYPE_P1 ETH(2) ETH(2) ETH(2)",
    ],
  },
  {
    run: "mstconfig -d fwctl0 -y set NUM_OF_VFS=9 CQE_COMPRESSION=AGGRESSIVE",
    says: ["NUM_OF_VFS 16 9", "Applying... Done!"],
  },
  {
    run: `mstconfig -d fwctl0 -e q ${PARAMETERS}`,
    says: [
      "* NUM_OF_VFS 16 16 9",
      "* CQE_COMPRESSION BALANCED(0) BALANCED(0) AGGRESSIVE(1)",
    ],
  },
  {
    run: `fwctl nvconfig query fwctl0 NUM_OF_VFS CQE_COMPRESSION ${OURS}`,
    says: ["NUM_OF_VFS 16 16 9", "2 wait for the next"],
  },
  {
    run: `fwctl nvconfig set fwctl0 NUM_OF_VFS=12 --yes ${OURS}`,
    says: ["NUM_OF_VFS 9 → 12", "read back and right"],
  },
  {
    run: "mstconfig -d fwctl0 -e q NUM_OF_VFS",
    says: ["* NUM_OF_VFS 16 16 12"],
  },
  {
    run: "mstconfig -d fwctl0 -y set NUM_OF_VFS=128",
    says: ["larger than maximum allowed 127"],
    exit: 3,
  },
  { run: "mstconfig -d fwctl0 -y r", says: ["Applying... Done!"] },
  {
    run: `fwctl nvconfig query fwctl0 --pending ${OURS}`,
    says: ["nothing waits for a reset"],
  },
];

/** The scenes in the order of their boots. */
export const SCENES: readonly Scene[] = [
  {
    name: "served",
    title: "the vendor's tools on the served ConnectX",
    words: ["lab.bare"],
    serves: "connectx",
    needs: ["mstreg", "python3"],
    sessions: {
      mstreg,
      mstconfig,
      others: [
        { run: "mstconfig -d fwctl0 q", says: ["UCTX_EN True(1)"] },
        { run: "mstlink -d fwctl0", says: ["State : Active", "Speed : 100G"] },
        { run: "mstmget_temp -d fwctl0", says: ["52"] },
        { run: "mstcongestion -d fwctl0 -q", says: ["Action: disabled"] },
        { run: "mstfwctrl fwctl0", says: ["Problem parsing sysfs"], exit: 255 },
        { run: "mstflint -d fwctl0 q", exit: 1 },
        { run: "mstvpd fwctl0", exit: 1 },
      ],
    },
  },
  {
    name: "drivers",
    title: "the drivers of Linux on their stand-ins",
    words: [],
    needs: ["mstreg", "cc", "python3"],
    sessions: {
      mlx5: [
        { run: `${INFO} 0 ${SET_MGIR} 48`, says: ["response 00"] },
        {
          run:
            'mstreg -d fwctl0 --reg_name PAOS -i "local_port=1,swid=2" -s "admin_status=2,e=1" --yes',
          says: ["admin_status | 0x00000002"],
        },
        {
          run: 'mstreg -d fwctl0 --reg_name PAOS -g -i "local_port=1,swid=2"',
          says: ["admin_status | 0x00000002"],
        },
      ],
      cxl: [
        {
          run:
            "cc -O2 -o /tmp/cxl_features tests/kernel/clients/cxl_features.c",
        },
        {
          run: "/tmp/cxl_features",
          says: ["get 4 bytes, set 4: efbeadde", "read back, set back"],
        },
      ],
      bnxt: [
        {
          run: "python3 tests/kernel/clients/hwrm_ver_get.py",
          says: ["inline, query, send, DMA", "error_code 0, req_type 0"],
        },
      ],
    },
  },
];
