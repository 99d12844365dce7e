/**
 * Recordings of the real kernel's drivers: made in the guest, and answered from
 * by a process that may not touch a device at all. For the guest alone; the
 * model has its own tests of recordings.
 *
 * @module
 */
import type { PlainObject } from "../../lib/plain.ts";
import type { Machine, Step } from "./machine_steps.ts";

const FWCTL = "fwctl --state-dir $TMPDIR/record";
const REPLAY = "fwctl-replay --replay";
const CAPS =
  "recipes/vf_caps.ts -p device=fwctl0 -p function=1,2 -p set=log_max_qp=1 --yes";
const QUERY_CQ = "04020000000000000000000000000000";

/** Records a command, replays it, and holds both outputs and exit codes to be the same. */
function same(name: string, what: string, command: string): Step {
  const at = `$TMPDIR/${name}`;
  return {
    name: `${what} says the same against its recording, without a device`,
    shell: [
      `${FWCTL} record ${at}.jsonl -- ${command} > ${at}.out 2> ${at}.err`,
      "a=$?",
      `${REPLAY} ${at}.jsonl ${command} > ${at}.again 2> ${at}.note`,
      "b=$?",
      `cat ${at}.out ${at}.err ${at}.note`,
      `cmp ${at}.out ${at}.again && test $a -eq $b && echo "the same, exit $a"`,
    ].join("; "),
    args: [],
    exit: 0,
    says: ["recorded in", "replay of", "a real host", "the same, exit"],
  };
}

const STEPS: readonly Step[] = [
  same("list", "list", "list --json"),
  same("mlx5", "an mlx5 device's identity", "info fwctl0"),
  same("pds", "a pds device", "describe fwctl3"),
  same("bnxt", "a bnxt query", "query fwctl4 version --json"),
  same(
    "refused",
    "what the kernel refuses",
    `rpc fwctl0 --scope configuration --out 64 ${QUERY_CQ}`,
  ),
  {
    name: "an apply is replayed: every write, without a device",
    shell: [
      `${FWCTL} record $TMPDIR/apply.jsonl -- apply ${CAPS} --no-journal`,
      `${REPLAY} $TMPDIR/apply.jsonl apply ${CAPS}`,
    ].join(" && "),
    args: [],
    exit: 0,
    says: ["recorded in", "replay of", "SET_HCA_CAP", "applied"],
  },
  {
    name: "a redacted bundle of the real devices replays",
    shell: [
      `${FWCTL} record --redact $TMPDIR/bundle.jsonl -- bundle -o $TMPDIR/a.tar.gz > /dev/null`,
      `${REPLAY} $TMPDIR/bundle.jsonl bundle -o $TMPDIR/b.tar.gz`,
    ].join(" && "),
    args: [],
    exit: 0,
    says: ["replaced: ", "redacted", "Bundle: "],
  },
  {
    name: "record show lists the requests with scope and result",
    shell: "fwctl-replay record show $TMPDIR/refused.jsonl",
    args: [],
    exit: 0,
    says: ["QUERY_CQ", "configuration", "EBADMSG", "a real host"],
  },
];

/** The machine with these steps, beside a twin that is not asked. */
export function recordMachine(twin: PlainObject): Machine {
  return {
    name: "recordings of real drivers",
    words: ["lab.nocxl"],
    prepare: [],
    twin,
    steps: STEPS,
  };
}
