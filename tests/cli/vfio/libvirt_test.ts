/**
 * libvirt's hook, end to end: the installed file as a process, run as libvirt
 * runs it, before a QEMU that is a script.
 */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { domainXml } from "../../vfio/domain_xml.ts";
import { hostdev, Libvirtd } from "../../vfio/libvirtd.ts";
import { VF } from "../../vfio/vm.ts";

const PROCESS = { how: "process" } as const;

Deno.test("a VM starts with its profile, and gives it back when it has ended; libvirt's other calls do nothing", async () => {
  using libvirt = await Libvirtd.install(undefined, {}, PROCESS);
  const { lab } = libvirt;
  const { started, err, xml } = await libvirt.start("web", hostdev(VF));
  assert(started, err);
  assertEquals(libvirt.proof("web"), "capabilities 1.0");
  assertEquals(await lab.value("log_max_qp"), 12);
  // Standard output would be the domain's new XML.
  assertEquals(xml, domainXml("web", hostdev(VF)));
  const sent = lab.sent();
  for (
    const [operation, suboperation] of [
      ["reconnect", "begin"],
      ["attach", "begin"],
      ["migrate", "begin"],
      ["restore", "begin"],
      ["prepare", "end"],
      ["release", "begin"],
    ] as const
  ) {
    assertEquals(await libvirt.call("web", operation, suboperation, xml), {
      code: 0,
      err: "",
      xml,
    });
  }
  assertEquals(lab.sent(), sent);
  assertEquals(await libvirt.stop("web", hostdev(VF)), "");
  assertEquals(await lab.value("log_max_qp"), 17);
  assertEquals(lab.records(), []);
});

Deno.test("a VF in use: QEMU is not started, libvirt tells why, and nothing reached the firmware", async () => {
  using libvirt = await Libvirtd.install(undefined, {
    vfs: { enabled: 4, drivers: ["vfio-pci"], heldBy: ["qemu-kvm[31]"] },
  }, PROCESS);
  const { started, err } = await libvirt.start("web", hostdev(VF));
  assert(!started);
  assertEquals(libvirt.proof("web"), undefined);
  assertMatch(
    err,
    /unexpected exit status 1: fwctl: web: VF 0 0000:3b:00\.2 is in use: held by qemu-kvm\[31\] through \/dev\/vfio\/\d+\. Stop the VM that has it first; nothing was sent\n$/,
  );
  assertEquals(libvirt.lab.sent().all, 0);
});

Deno.test("ours is one of several files: each is given what the one before made of the domain", async () => {
  using libvirt = await Libvirtd.install(undefined, {}, PROCESS);
  const folder = `${libvirt.root}/etc/libvirt/hooks/qemu.d`;
  const script = (name: string, text: string) =>
    Deno.writeTextFileSync(`${folder}/${name}`, `#!/bin/sh\n${text}\n`, {
      mode: 0o755,
    });
  script("10-site", "sed s/function=.0x3./function='\"0x2\"'/");
  script("90-last", `cat >${libvirt.root}/seen`);
  script("99-broken", "echo no >&2; exit 3");
  Deno.chmodSync(`${folder}/99-broken`, 0o644);
  const { started, err } = await libvirt.start(
    "web",
    hostdev("0000:3b:00.3"),
  );
  assert(started, err);
  // The domain that 10-site made has another function.
  assertEquals(libvirt.lab.records(), [`${VF}.json`]);
  assertStringIncludes(
    Deno.readTextFileSync(`${libvirt.root}/seen`),
    `function="0x2"`,
  );
});
