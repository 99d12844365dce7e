/** Redaction: no value of the list is left, the same value is the same pseudonym. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { Redactor } from "../../lib/bundle/redact.ts";
import type { PlainData } from "../../lib/plain.ts";

function redact(
  data: PlainData,
  options: ConstructorParameters<typeof Redactor>[0] = {},
  log = false,
): PlainData {
  const redactor = new Redactor(options);
  redactor.find(data, log);
  return redactor.replace(data);
}

const HEX = fc.integer({ min: 16, max: 255 }).map((byte) => byte.toString(16));
const MAC = fc.array(HEX, { minLength: 6, maxLength: 6 })
  .filter((bytes) => new Set(bytes).size > 2);
const SERIAL = fc.stringMatching(/^MT[0-9]{4}[A-Z][0-9]{5}$/);
const HOST = fc.stringMatching(/^[a-z]{5,9}[0-9]{2}$/);

Deno.test("no MAC, serial or host name is left, in any notation, text, name or row", () => {
  fc.assert(
    fc.property(MAC, SERIAL, HOST, (mac, serial, host) => {
      const colons = mac.join(":");
      const data = {
        identity: { facts: { mac: colons, serial } },
        [colons]: "a name",
        rows: [
          { field: "port_guid", value: `0x${mac.join("")}0000` },
          { field: "permanent_address.mac_addr_31_0", value: 123456789 },
          { parameter: "SERIAL", next: serial },
        ],
        text: `${host}: card ${serial}MLNXS0D0F0 at ${mac.join("-")}, ${
          mac.join("").toUpperCase()
        }.`,
        fqdn: `${host}.rack.example.com`,
        raw: [...serial].map((c) => c.charCodeAt(0).toString(16)).join(""),
      };
      const said = JSON.stringify(redact(data, { hosts: [host] }))
        .toLowerCase();
      for (
        const value of [
          colons,
          mac.join("-"),
          mac.join(""),
          serial,
          host,
          data.raw,
          "123456789",
          "rack.example",
        ]
      ) {
        assert(!said.includes(value.toLowerCase()), `${value} in ${said}`);
      }
    }),
    { numRuns: 150 },
  );
});

Deno.test("one value is one pseudonym everywhere, two values are two", () => {
  const mac = "b8:ce:f6:3b:00:0a";
  const { a, b, c, d } = redact({
    a: { mac },
    b: `link of ${mac.replaceAll(":", "")} is up`,
    c: { mac: "b8:ce:f6:3b:00:0b" },
    d: { guid: mac.toUpperCase() },
  }) as Record<string, PlainData>;
  assertEquals(a, { mac: "mac-1" });
  assertEquals(b, "link of mac-1 is up");
  assertEquals(c, { mac: "mac-2" });
  assertEquals(d, { guid: "mac-1" });
});

Deno.test("a MAC that is nowhere but in a text goes, too, with and without separators", () => {
  assertEquals(
    redact(["up: b8cef63b000a", "0xB8CEF63B000A", "b8-ce-f6-3b-00-0a"]),
    ["up: mac-1", "mac-1", "mac-1"],
  );
});

Deno.test("what says what a thing is stays: versions, PSID, model, features, flags, limits", () => {
  const data = {
    model: "ConnectX-6 Dx",
    firmware: "22.41.1000",
    package: "230.0.162.0",
    psid: "MT_0000000359",
    uuid: "96dad7d6-fde8-482b-a733-75774e06db8a",
    boot: { state: "ready", time: "2026-01-31T12:00:00.000Z" },
    caps: [
      { field: "log_max_mac", current: 17 },
      { field: "gid_table_size", current: 256 },
      { field: "nic_vport_change_event.mac_valid", current: 1 },
    ],
    pci: "0000:3b:00.2",
    none: { mac: "00:00:00:00:00:00", serial: "", dsn: null, guid: "0x0" },
    hostname: "localhost",
  };
  assertEquals(redact(data), data);
});

Deno.test("raw bytes go, whatever they are below; their length stays", () => {
  const said = redact({
    raw: "0000101d00010000b8cef63b",
    dump: "00 11 22 33 44 55 66 77 88",
    items: [{ type: "0x80", data: "1234abcd" }],
    zeros: "0000000000000000",
  });
  assertEquals(said, {
    raw: "bytes-1(12)",
    dump: "bytes-2(9)",
    items: [{ type: "0x80", data: "bytes-3(4)" }],
    zeros: "0000000000000000",
  });
});

Deno.test("PCI addresses stay unless they are to go, with and without domain", () => {
  const data = {
    pci: "0000:3b:00.2",
    text: "mlx5_core 0000:3b:00.2: up; 3b:00.1",
  };
  assertEquals(redact(data), data);
  assertEquals(redact(data, { pci: true }), {
    pci: "pci-1",
    text: "mlx5_core pci-1: up; pci-2",
  });
});

Deno.test("addresses go from the log, a firmware version there stays", () => {
  const lines = [
    "[    1.000000] bnxt_en: fw version 218.0.166.0",
    "[    2.000000] nfs: server 10.1.2.3 not responding, fe80::1",
  ];
  assertEquals(redact({ lines }, {}, true), {
    lines: [
      lines[0] ?? "",
      "[    2.000000] nfs: server ip-1 not responding, ip-2",
    ],
  });
  assertEquals(redact({ lines }), { lines });
});

Deno.test("the table counts values and places and has no value in it", () => {
  const redactor = new Redactor({ hosts: ["db7.example.com"] });
  const data = {
    a: { mac: "b8:ce:f6:3b:00:0a" },
    b: "db7 and b8:ce:f6:3b:00:0a",
  };
  redactor.find(data);
  assertEquals(redactor.replace(data), {
    a: { mac: "mac-1" },
    b: "host-2 and mac-1",
  });
  assertEquals(redactor.table(), [
    { kind: "host", values: 2, places: 1 },
    { kind: "mac", values: 1, places: 2 },
  ]);
});

Deno.test("any data comes back with its form, and what is found is never given back", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const data = value as PlainData;
      const said = redact(data, { pci: true }, true);
      assertEquals(shape(said), shape(data));
    }),
    { numRuns: 200 },
  );
  // A letter that changes its length with its case.
  const odd = { serial: "İSTANBUL-0815" };
  assertNotEquals(redact({ ...odd, text: "see İSTANBUL-0815" }), odd);
  assert(
    !JSON.stringify(redact({ ...odd, text: "see İSTANBUL-0815" })).includes(
      "0815",
    ),
  );
});

function shape(data: PlainData): PlainData {
  if (Array.isArray(data)) return data.map(shape);
  if (typeof data !== "object" || data === null) return 0;
  return Object.values(data).map(shape);
}
