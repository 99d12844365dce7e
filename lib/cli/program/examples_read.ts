/**
 * Examples of the commands that change no device; examples.ts says their form.
 *
 * @module
 */

/** By the command's path. */
export const READ_EXAMPLES: Readonly<Record<string, string>> = {
  list: `
fwctl list  # what is there
fwctl list --all --json  # for programs, every virtual function on its own
`,
  info: `
fwctl info fwctl0  # who it is, by its number
fwctl info 0000:3b:00.0 --all  # by its PCI address; every virtual function
`,
  describe: `
fwctl describe ens1f0np0  # what can be queried and declared, by its network interface
fwctl describe mem0  # of a CXL memory device (--model mixed)
`,
  query: `
fwctl query fwctl0 identity  # a query by name
fwctl query mlx5_0 caps types=ROCE,ATOMIC  # with an argument
fwctl query mem0 features --json  # for programs (--model mixed)
`,
  caps: `
fwctl caps fwctl0 --type ROCE --diff  # where it has less than it could
fwctl caps fwctl0 --vf 0000:3b:00.2 --compare 0000:3b:00.4  # how two functions differ
fwctl caps fwctl0 --save before.json  # kept in a file
fwctl caps fwctl0 --against before.json  # what changed since then
`,
  object: `
fwctl object fwctl0  # what can be asked
fwctl object fwctl0 QUERY_CQ cqn=1135  # one, with its fields
fwctl object fwctl0 vport_state --picture  # and how its bits lie
`,
  dump: `
fwctl dump fwctl0  # the menu
fwctl dump fwctl0 FULL_QPC index1=0x43  # one of it, segment by segment
fwctl dump fwctl0 FULL_QPC index1=0x43 --binary qpc.bin  # its bytes, for the vendor's parsers
`,
  drift: `
fwctl drift recipes/vf_caps.ts -p vf=0000:3b:00.2 -p set=roce=1  # is it still as declared?
fwctl drift recipes/vf_caps.ts -p vf=0000:3b:00.2 -p set=roce=0 --prometheus fwctl.prom  # it is not; figures for a collector (exit 2)
`,
  report: `
fwctl report -o machine.html  # devices, who has them, and the runs on record
fwctl report recipes/vf_caps.ts -p vf=0000:3b:00.2 -p set=roce=0 -o planned.html  # and what a recipe would change
`,
  doctor: `
fwctl doctor  # what keeps this machine's devices from working
fwctl doctor 0000:3b:00.2  # who has this virtual function
fwctl doctor --all  # also what is fine
`,
  bundle: `
fwctl bundle -o case.tar.gz  # all devices
fwctl bundle --device fwctl0 --redact -o case1.tar.gz --page case1.html  # one, under pseudonyms, and a page to read it
`,
  "bundle show": `
fwctl bundle show case.tar.gz  # what is in it
`,
  schema: `
fwctl schema  # which there are
fwctl schema plan  # of what fwctl plan --json prints
fwctl schema --dir schemas  # all of them, into a folder
`,
  journal: `
fwctl journal list  # every run
fwctl journal show last  # the newest, record by record
`,
  "journal list": `
fwctl journal list  # every run, and how it ended
`,
  "journal show": `
fwctl journal show last  # the newest
`,
  "journal verify": `
fwctl journal verify  # all of them
`,
  record: `
fwctl record case.jsonl -- info fwctl0  # keep what a command asks and hears
fwctl --replay case.jsonl info fwctl0  # the same without the machine (not run: --replay and --model are two machines; the README's test runs it)
fwctl record --redact shared.jsonl -- query fwctl0 identity  # to be given away
`,
  "record show": `
fwctl record show case.jsonl  # what was asked and heard
`,
  "record close": `
fwctl record close killed.jsonl  # its command was killed
`,
  policy: `
fwctl policy policy.json  # what it allows, in sentences
fwctl policy policy.json --all  # every request by name
`,
  scope: `
fwctl scope 01010000000000000000000000000000  # of one request of mlx5
fwctl scope --list --driver bnxt  # of all that a driver knows
`,
  sign: `
fwctl sign vf.json --key key.pem --expires 90d  # a plan file
fwctl sign site.ts --key key.pem  # a recipe
`,
  attest: `
fwctl attest --all -o now.json  # what every device is configured to
fwctl attest fwctl0 --key key.pem -o golden.json  # one, signed
`,
  verify: `
fwctl verify now.json --baseline golden.json  # is it still that?
fwctl verify now.json --baseline golden.json --trust release.pem  # and is the baseline ours?
`,
  trust: `
fwctl trust release.pem  # whose signatures count
`,
  decode: `
fwctl decode mlx5  # what can be decoded
fwctl decode mlx5 PTYS --picture  # how a register's bits lie
fwctl decode mlx5 PTYS 0001000400000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000  # bytes as fields
`,
  serve: `
fwctl serve --scenario two-cards --socket /tmp/model.sock  # to other fwctl, as --model unix:/tmp/model.sock (not run: it serves until Ctrl-C)
`,
};
