/** Devices of a libvirt domain, in the shapes that virsh prints. */
import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/errors.ts";
import { MOST_XML, parseDomain } from "../../lib/vfio/domain.ts";
import { domainXml } from "./domain_xml.ts";

const HOSTDEV = `    <hostdev mode='subsystem' type='pci' managed='yes'>
      <driver name='vfio'/>
      <source>
        <address domain='0x0000' bus='0x3b' slot='0x00' function='0x2'/>
      </source>
      <alias name='hostdev0'/>
      <address type='pci' domain='0x0000' bus='0x05' slot='0x00' function='0x0' multifunction='on'/>
    </hostdev>`;

function devices(xml: string): string[] {
  return parseDomain(domainXml("web", xml)).devices.map(({ pci, managed }) =>
    `${pci}${managed ? " managed" : ""}`
  );
}

Deno.test("a hostdev is the address of its source, never the guest's", () => {
  assertEquals(devices(HOSTDEV), ["0000:3b:00.2 managed"]);
  assertEquals(devices(HOSTDEV.replace("managed='yes'", "managed='no'")), [
    "0000:3b:00.2",
  ]);
  assertEquals(devices(HOSTDEV.replace(" managed='yes'", "")), [
    "0000:3b:00.2",
  ]);
});

Deno.test("the domain attribute may be absent, and numbers may be decimal, hex or octal", () => {
  const at = (text: string) =>
    devices(HOSTDEV.replace(/<address domain[^>]*>/, `<address ${text}/>`));
  assertEquals(at("bus='0x3b' slot='0x00' function='0x2'"), [
    "0000:3b:00.2 managed",
  ]);
  assertEquals(at("domain='1' bus='59' slot='010' function='2'"), [
    "0001:3b:08.2 managed",
  ]);
  assertEquals(at("domain='0x10000' bus='0x3B' slot='0x1f' function='7'"), [
    "10000:3b:1f.7 managed",
  ]);
  for (
    const wrong of [
      "bus='0x100'",
      "slot='32'",
      "function='8'",
      "bus='3b'",
      "bus='-1'",
      "bus=''",
      "bus='0x3b; reboot'",
      "domain='99999999999'",
    ]
  ) {
    assertThrows(() => at(wrong), UsageError, "PCI address whose");
  }
});

Deno.test("an interface of type hostdev is one, also behind a network", () => {
  assertEquals(
    devices(`<interface type='hostdev' managed='yes'>
      <mac address='52:54:00:6d:90:02'/>
      <source>
        <address type='pci' domain='0x0000' bus='0x3b' slot='0x00' function='0x3'/>
      </source>
      <vlan><tag id='42'/></vlan>
      <address type='pci' domain='0x0000' bus='0x06' slot='0x00' function='0x0'/>
    </interface>
    <interface type='network'>
      <source network='vf-pool'/>
      <actual type='hostdev' managed='yes'>
        <source><address type='pci' bus='0x3b' slot='0x00' function='0x4'/></source>
      </actual>
    </interface>`),
    ["0000:3b:00.3 managed", "0000:3b:00.4"],
  );
});

Deno.test("several functions are in the document's order, each once", () => {
  const other = HOSTDEV.replace("function='0x2'", "function='0x5'");
  assertEquals(devices(`${other}\n${HOSTDEV}\n${other}`), [
    "0000:3b:00.5 managed",
    "0000:3b:00.2 managed",
  ]);
});

Deno.test("what is commented out, USB, mdev, SCSI or not of this host counts for nothing", () => {
  assertEquals(
    devices(`<!-- ${HOSTDEV.replaceAll("--", "")} -->
    <hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/></source></hostdev>
    <hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='c2177883-f1bb-47f0-914d-32a22e3a8804'/></source></hostdev>
    <hostdev mode='capabilities' type='misc'><source><char>/dev/x</char></source></hostdev>
    <controller type='pci' index='1'><address type='pci' bus='0x3b' slot='0' function='2'/></controller>`),
    [],
  );
});

Deno.test("a name keeps what its entities stand for", () => {
  assertEquals(parseDomain(domainXml("a&amp;b &#x26; c", "")).name, "a&b & c");
  assertEquals(parseDomain("<domain/>").name, "");
});

Deno.test("what is no domain, or too long, is refused", () => {
  assertThrows(() => parseDomain("<network/>"), UsageError, "no <domain>");
  assertThrows(
    () => parseDomain("x".repeat(MOST_XML + 1)),
    UsageError,
    "longer than",
  );
});

Deno.test("a network's interface names the network until it is the function that was handed out", () => {
  const on = (xml: string) => parseDomain(domainXml("web", xml));
  const waiting = on(`<interface type='network'>
      <mac address='52:54:00:6d:90:02'/>
      <source network='vf-pool' portid='d3a91a2e-0f5b-4d7c-a1c9-2f3d9f6b7a11'/>
      <model type='virtio'/>
    </interface>
    <interface type='network'><source network='vf-pool'/></interface>`);
  assertEquals([waiting.devices, waiting.networks], [[], ["vf-pool"]]);
  const given = on(`<interface type='hostdev' managed='yes'>
      <mac address='52:54:00:6d:90:02'/>
      <driver name='vfio'/>
      <source>
        <address type='pci' domain='0x0000' bus='0x3b' slot='0x01' function='0x1'/>
      </source>
      <alias name='hostdev0'/>
    </interface>`);
  assertEquals(given.networks, []);
  assertEquals(given.devices, [{ pci: "0000:3b:01.1", managed: true }]);
});
