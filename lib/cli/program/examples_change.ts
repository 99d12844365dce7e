/**
 * Examples of the commands that can change a device; examples.ts says their
 * form.
 *
 * @module
 */

/** By the command's path. */
export const CHANGE_EXAMPLES: Readonly<Record<string, string>> = {
  plan: `
fwctl plan recipes/vf_caps.ts --params-help  # what the recipe takes
fwctl plan recipes/vf_caps.ts -p vf=0000:3b:00.2,0000:3b:00.3 -p set=log_max_qp=12,roce=0  # what would change
fwctl plan recipes/vf_caps.ts -p vf=0000:3b:00.2 -p set=roce=0 --detailed-exitcode  # for scripts (exit 2)
fwctl plan recipes/vf_caps.ts -p vf=0000:3b:00.2 -p set=roce=0 -o vf.json  # kept, to be reviewed and applied
`,
  show: `
fwctl show vf.json  # what a plan file would do
fwctl show vf.json --require-signed --trust release.pem  # and that somebody we trust signed it
`,
  apply: `
fwctl apply recipes/vf_caps.ts -p vf=0000:3b:00.2 -p set=roce=0 --yes  # plan, write, read back
fwctl apply vf.json --yes  # a plan file; somebody was faster: it is stale (exit 3)
fwctl apply recipes/vf_caps.ts -p vf=0000:3b:00.3 -p set=roce=0 --max-scope debug-read-only --seal --yes  # with ceilings, closed until the next boot
`,
  undo: `
fwctl undo last --yes  # take back the newest run
`,
  resume: `
fwctl resume last --yes  # finish it; here it was not killed (exit 1)
`,
  "journal close": `
fwctl journal close last --yes  # leave what an unfinished run did as it is (exit 1)
`,
  reg: `
fwctl reg fwctl0  # the registers with a name
fwctl reg fwctl0 PTYS local_port=1 proto_mask=4  # one, with its fields
fwctl reg fwctl0 0x9020 --size 160  # one by its id, raw
fwctl reg fwctl0 QPTS local_port=1 --set trust_state=DSCP --yes  # written, read back, on record
`,
  nvconfig: `
fwctl nvconfig query fwctl0 NUM_OF_VFS LINK_TYPE  # default, current, next
fwctl nvconfig set fwctl0 SRIOV_EN=1 NUM_OF_VFS=8 --dry-run  # what would be written
`,
  "nvconfig query": `
fwctl nvconfig query fwctl0  # the common ones
fwctl nvconfig query fwctl0 NUM_OF_VFS LINK_TYPE  # two of them
fwctl nvconfig query fwctl0 --pending  # what waits for a reset
`,
  "nvconfig set": `
fwctl nvconfig set fwctl0 SRIOV_EN=1 NUM_OF_VFS=8 LINK_TYPE_P1=ETH --dry-run  # the plan
fwctl nvconfig set fwctl0 NUM_OF_VFS=8 --yes  # it waits for the next reset
fwctl nvconfig set fwctl0 NUM_OF_VFS=4 --reset pci --max-effect disruptive --yes  # and a reset is asked for
`,
  "nvconfig reset": `
fwctl nvconfig reset fwctl0 NUM_OF_VFS --yes  # back to the default, with its whole item
fwctl nvconfig reset fwctl0 --everything --yes  # refused without --max-effect destructive (exit 4)
`,
  "nvconfig backup": `
fwctl nvconfig backup fwctl0 before.json  # all that is stored
fwctl nvconfig backup fwctl0 vfs.json --only NUM_OF_VFS  # one item of it
`,
  "nvconfig restore": `
fwctl nvconfig restore fwctl0 before.json --dry-run  # what would be written
fwctl nvconfig restore fwctl0 before.json --exact --yes  # also what is stored now and was not then
`,
  vfio: `
fwctl vfio status  # who drives and holds each virtual function
fwctl vfio prepare 0000:3b:00.2 --set roce=0 --dry-run  # what a VM would be given
`,
  "vfio prepare": `
fwctl vfio prepare 0000:3b:00.2 --set roce=0 --dry-run  # the plan
fwctl vfio prepare --profile vms.json --vm web --yes  # by the profile of a VM
`,
  "vfio release": `
fwctl vfio release 0000:3b:00.2 --yes  # what was there before the first prepare
`,
  "vfio status": `
fwctl vfio status  # all of them
fwctl vfio status 0000:3b:00.7 0000:3b:01.0  # two of them
fwctl vfio status --profile vms.json --vm web  # against a VM's profile (exit 2)
`,
  "vfio hook": `
fwctl vfio hook show  # whether it is installed
fwctl vfio hook install --profile vms.json --root /tmp/fwctl-hook  # into a folder, to look at it
`,
  "vfio hook install": `
fwctl vfio hook install --profile vms.json --root /tmp/fwctl-hook  # into a folder, to look at it
fwctl vfio hook install --profile vms.json --networks  # also for functions of libvirt networks (not run: it writes to /etc/libvirt)
`,
  "vfio hook remove": `
fwctl vfio hook remove --root /tmp/fwctl-hook  # from that folder
`,
  "vfio hook show": `
fwctl vfio hook show  # on this machine
fwctl vfio hook show --root /tmp/fwctl-hook  # in a folder
`,
  "vfio hook run": `
fwctl vfio hook run --profile vms.json -- web prepare begin -  # what libvirt calls when the VM web starts (not run: libvirt gives the VM's XML on standard input)
`,
  diag: `
fwctl diag capabilities fwctl0  # which counters there are
fwctl diag set fwctl0 --counters tx-packets,0x0401 --period 1ms --allow-taint --yes  # choose some
fwctl diag sample fwctl0 --duration 10ms --html counters.html  # a page with their plots
fwctl diag stop fwctl0 --allow-taint --yes  # and no more
`,
  "diag capabilities": `
fwctl diag capabilities fwctl0  # which counters there are, how often and how many it samples
`,
  "diag set": `
fwctl diag set fwctl0 --counters tx-packets,0x0401 --period 1ms --allow-taint --yes  # two counters, every millisecond
fwctl diag set fwctl0 --mode on-demand --allow-taint --yes  # all with a name, when asked
`,
  "diag sample": `
fwctl diag sample fwctl0 --duration 10ms  # what it counts
fwctl diag sample fwctl0 --count 5 --csv  # five samples, for a spreadsheet
`,
  "diag dump": `
fwctl diag dump fwctl0 --count 5  # the newest samples
`,
  "diag stop": `
fwctl diag stop fwctl0 --allow-taint --yes  # sample nothing any more
`,
  rpc: `
fwctl rpc fwctl0 --scope configuration --out 272 01010000000000000000000000000000  # QUERY_ADAPTER of mlx5
fwctl rpc fwctl0 --scope configuration --out 272 --in request.bin  # a request from a file
`,
};
