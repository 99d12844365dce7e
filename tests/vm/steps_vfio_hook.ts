/**
 * libvirt's hook on the machine's functions, from its installation to the end of
 * a VM.
 *
 * @module
 */
import { domainXml } from "../vfio/domain_xml.ts";
import type { Step } from "./machine_steps.ts";
import {
  bind,
  functions,
  here,
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
