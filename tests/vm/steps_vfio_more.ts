/**
 * libvirt's hook on the machine's functions, and the two ways in which the
 * kernel waits for a holder.
 *
 * @module
 */
import { domainXml } from "../vfio/domain_xml.ts";
import type { Step } from "./machine_steps.ts";
import {
  bind,
  functions,
  PF,
  prepare,
  shell,
  VF,
  VFIO_PCI,
} from "./steps_vfio_words.ts";

const DEVICE = `<hostdev mode='subsystem' type='pci' managed='yes'>
      <driver name='vfio'/>
      <source>
        <address domain='0x0000' bus='0x01' slot='0x00' function='0x1'/>
      </source>
      <address type='pci' domain='0x0000' bus='0x06' slot='0x00' function='0x0'/>
    </hostdev>`;
const PROFILE = JSON.stringify({
  format: "fwctl-vfio-profile/1",
  vms: { web: { vfs: [VF[0]], set: { log_max_qp: 5 } } },
});
const HOOK = "$TMPDIR/root/etc/libvirt/hooks/qemu.d/50-fwctl-vfio";

/** The hook, as libvirt runs it. */
function hook(operation: string): string {
  return `${HOOK} web ${operation} - < $TMPDIR/web.xml`;
}

/** Not held against the model: what changes is the machine. */
type Here = Omit<Step, "compare">;

function here(steps: readonly Here[]): Step[] {
  return steps.map((step) => ({ ...step, compare: false }));
}

/** From the hook's installation to the VM's end. */
export const HOOK_STEPS: readonly Step[] = here([
  shell(
    "four functions again, a domain, its profile",
    [
      functions(4),
      // The hook keeps its modules there; what is compiled already is the machine's.
      "mount -t tmpfs none /var/cache && ln -s $DENO_DIR /var/cache/fwctl",
      `cat > $TMPDIR/vms.json <<'END'\n${PROFILE}\nEND`,
      `cat > $TMPDIR/web.xml <<'END'\n${domainXml("web", DEVICE)}END`,
    ].join("\n"),
  ),
  {
    name: "the hook is installed",
    args: [
      "vfio",
      "hook",
      "install",
      "--root",
      "$TMPDIR/root",
      "--profile",
      "$TMPDIR/vms.json",
    ],
    exit: 0,
    says: ["Installed"],
  },
  shell("the hook prepares the VM's function", hook("prepare begin")),
  {
    name: "the function is as the profile of its VM",
    args: ["vfio", "status", VF[0]],
    exit: 0,
    says: ["web  as its profile"],
  },
  shell("libvirt gives the function to vfio-pci", bind(0, VFIO_PCI)),
  {
    ...shell(
      "a VM whose function is in use does not start",
      hook("prepare begin"),
    ),
    hold: { vf: VF[0], way: "cdev" },
    exit: 1,
    says: [
      `fwctl: web: VF 0 ${VF[0]} is in use: held by deno[`,
      "through /dev/vfio/devices/vfio0. Stop the VM that has it first",
    ],
    silent: true,
  },
  {
    ...shell(
      "when the VM is gone the hook gives the function back",
      `echo ${VF[0]} > /sys/bus/pci/drivers/vfio-pci/unbind && ${
        hook("release end")
      }`,
    ),
    hold: null,
  },
  {
    name: "the function holds what it held before",
    args: ["caps", "fwctl5", "--vf", VF[0], "--type", "GENERAL"],
    exit: 0,
    says: [
      `log_max_qp${" ".repeat(39)}155      5${" ".repeat(18)}20${
        " ".repeat(18)
      }20`,
    ],
  },
]);

/** Seconds in which a command ends, whatever the kernel waits for; emulation is slow. */
const SOON = 90;

function soon(step: Here): Here {
  return { within: SOON, ...step };
}

/** A line that waits in the background; its shell's id goes to a file. */
function waits(line: string, file: string): string {
  return `(${line}) > /dev/null 2>&1 & echo $! > $TMPDIR/${file}`;
}

/** The driver of a held function is unbound: the function has no driver any more, and is in use. */
const UNBIND_STEPS: readonly Here[] = [
  shell("vfio-pci has the function again", bind(0, VFIO_PCI)),
  {
    ...shell(
      "the driver of a held function is unbound, and the kernel waits",
      [
        waits(`echo ${VF[0]} > /sys/bus/pci/drivers/vfio-pci/unbind`, "unbind"),
        "sleep 2",
        "kill -0 $(cat $TMPDIR/unbind) && echo it waits",
        `[ ! -e ${PF}/virtfn0/driver ] && echo the link to the driver is gone`,
        `echo enable $(cat ${PF}/virtfn0/enable); ls -d /dev/vfio/12`,
      ].join("\n"),
      "it waits",
      "the link to the driver is gone",
    ),
    hold: { vf: VF[0], way: "group" },
  },
  soon({
    name:
      "a function that the kernel waits for is in use, although it has no driver",
    args: prepare(VF[0], "log_max_qp=3"),
    exit: 1,
    says: [`VF 0 ${VF[0]} is in use: held by deno[`],
    silent: true,
  }),
  soon({
    name: "status ends while an unbind waits",
    args: ["vfio", "status"],
    exit: 0,
    says: ["in use", "held by deno["],
    silent: true,
  }),
  {
    ...shell(
      "when the holder is gone the unbind ends",
      "while kill -0 $(cat $TMPDIR/unbind) 2>/dev/null; do sleep 0.1; done; echo ended",
      "ended",
    ),
    hold: null,
  },
];

/** The functions are removed while the first is held; `sriov_numvfs` cannot even be read. */
const REMOVE_STEPS: readonly Here[] = [
  shell("vfio-pci has the function once more", bind(0, VFIO_PCI)),
  {
    ...shell(
      "the functions are removed while one is held: who reads sriov_numvfs waits as well",
      [
        waits(`echo 0 > ${PF}/sriov_numvfs`, "writer"),
        "sleep 1",
        waits(`cat ${PF}/sriov_numvfs`, "reader"),
        "sleep 1",
        "kill -0 $(cat $TMPDIR/writer) && kill -0 $(cat $TMPDIR/reader) && echo both wait",
      ].join("\n"),
      "both wait",
    ),
    hold: { vf: VF[0], way: "group" },
  },
  soon({
    name: "list ends while functions are removed",
    args: ["list"],
    exit: 0,
    says: ["3/8", VF[1]],
    silent: true,
  }),
  soon({
    name: "status ends, and says what is being removed and who is in the way",
    args: ["vfio", "status"],
    exit: 0,
    says: [
      `${
        VF[0]
      } is being removed, and the kernel waits for whoever holds it: held by deno[`,
      VF[1],
    ],
    silent: true,
  }),
  soon({
    name: "status of the held one ends, and says that it is being removed",
    args: ["vfio", "status", VF[0]],
    exit: 1,
    says: [
      `${VF[0]} is a virtual function that is being removed`,
      "held by deno[",
    ],
    silent: true,
  }),
  soon({
    name: "prepare of the held one ends, and sends nothing",
    args: prepare(VF[0], "log_max_qp=3"),
    exit: 1,
    says: ["is being removed", "held by deno["],
    silent: true,
  }),
  soon({
    name: "prepare of one that will be removed next ends, and sends nothing",
    args: prepare(VF[1], "log_max_qp=3"),
    exit: 1,
    says: ["the functions of 0000:01:00.0 are being removed"],
    silent: true,
  }),
  soon({
    name: "info of the physical function ends",
    args: ["info", "fwctl5"],
    exit: 0,
    says: ["0000:01:00.0"],
  }),
  soon({
    name: "a bundle ends",
    args: ["bundle", "-o", "$TMPDIR/bundle.tar.gz"],
    exit: 0,
    says: ["bundle.tar.gz"],
  }),
  shell(
    "all that time the kernel waited",
    "kill -0 $(cat $TMPDIR/writer) && kill -0 $(cat $TMPDIR/reader) && echo both wait",
    "both wait",
  ),
  {
    ...shell(
      "when the holder is gone the functions are",
      `while kill -0 $(cat $TMPDIR/writer) 2>/dev/null; do sleep 0.1; done; cat ${PF}/sriov_numvfs`,
      "0",
    ),
    hold: null,
  },
  {
    name: "no function is left, and none is on its way out",
    args: ["vfio", "status"],
    exit: 0,
    says: ["No virtual functions."],
  },
];

/** What the kernel waits for, while every command ends. */
export const HANG_STEPS: readonly Step[] = here([
  ...UNBIND_STEPS,
  ...REMOVE_STEPS,
]);
