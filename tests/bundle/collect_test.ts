/** Collecting: reads only, nothing silently missing, no device stops another. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { packBundle, readBundle } from "../../lib/bundle/archive.ts";
import { gunzip, gzip } from "../../lib/bundle/gzip.ts";
import { type BundleInput, makeBundle } from "../../lib/bundle/make.ts";
import { MANIFEST_PATH } from "../../lib/bundle/manifest.ts";
import { readTar, writeTar } from "../../lib/bundle/tar.ts";
import { taintBits } from "../../lib/bundle/taint.ts";
import { discover } from "../../lib/device/discovery.ts";
import { Sessions } from "../../lib/device/sessions.ts";
import { DecodeError } from "../../lib/errors.ts";
import type { Host } from "../../lib/host/host.ts";
import { kmsgLine } from "../../lib/host/kmsg.ts";
import type { RequestLabel } from "../../drivers/driver.ts";
import { READ_POLICY } from "../../lib/plan/policy.ts";
import { DRIVERS, machine } from "../recipes/run.ts";

/** A bundle of a modelled machine, and every request that was sent for it. */
async function made(
  host: Host,
  options: Partial<BundleInput> = {},
): Promise<
  Awaited<ReturnType<typeof makeBundle>> & { sent: RequestLabel[] }
> {
  const sent: RequestLabel[] = [];
  const inventory = discover(host, DRIVERS);
  using sessions = new Sessions({
    host,
    inventory,
    drivers: DRIVERS,
    policy: READ_POLICY,
    observer: (label) => sent.push(label),
  });
  const bundle = await makeBundle({
    host,
    sessions,
    devices: inventory.devices,
    versions: { fwctl: "0" },
    tool: { fwctl: "0", deno: "0" },
    ...options,
  });
  return { ...bundle, sent };
}

Deno.test("of every driver only reads are sent, none above debug-read-only, none that taints", async () => {
  using host = await machine("mixed");
  const before = host.tainted;
  const { sent, manifest } = await made(host);
  assert(sent.length > 100, `${sent.length} requests`);
  const other = sent.filter(({ effect, scope }) =>
    effect !== "read" || !["configuration", "debug-read-only"].includes(scope)
  );
  assertEquals(other, []);
  assertEquals(host.tainted, before);
  assertEquals(manifest.policy, {
    scope: "debug-read-only",
    effect: "read",
    taint: false,
  });
});

Deno.test("every query of every device is a part, or said to be missing or not asked", async () => {
  using host = await machine("mixed");
  const { manifest } = await made(host);
  const entries = [
    ...manifest.parts,
    ...manifest.missing,
    ...manifest.skipped,
  ];
  const said = entries.map(({ path }) => path);
  assertEquals(new Set(said).size, said.length);
  for (const { name, driver } of manifest.devices) {
    const queries = DRIVERS.find((each) => each.name === driver)?.queries ?? {};
    assert(Object.keys(queries).length > 1, driver);
    for (const query of Object.keys(queries)) {
      const start = `devices/${name}/${query.replaceAll("_", "-")}`;
      assert(said.some((path) => path.startsWith(start)), start);
    }
  }
  for (const part of ["inventory", "kernel", "log", "taint", "versions"]) {
    assert(said.includes(`machine/${part}.json`), part);
  }
});

Deno.test("a device that cannot be opened is noted with its error and does not stop the others", async () => {
  using host = await machine("mixed");
  const broken: Host = Object.assign(Object.create(host), {
    kind: host.kind,
    open(path: string) {
      if (path.endsWith("fwctl1")) host.open("/dev/fwctl/fwctl99");
      return host.open(path);
    },
    readFile: (path: string, limit?: number) => host.readFile(path, limit),
    list: (path: string) => host.list(path),
    readLink: (path: string) => host.readLink(path),
    exists: (path: string) => host.exists(path),
    kernelLog: undefined,
  });
  const { manifest } = await made(broken);
  const [first] = manifest.missing.filter(({ device }) => device === "fwctl1");
  assertEquals([first?.path, first?.code], [
    "devices/fwctl1/info.json",
    "SyscallError",
  ]);
  for (const name of ["fwctl0", "fwctl2", "fwctl3"]) {
    assert(
      manifest.parts.some(({ path }) =>
        path === `devices/${name}/identity.json`
      ),
      name,
    );
  }
  // This host has no kernel log to give, which is said, too.
  assert(manifest.missing.some(({ path }) => path === "machine/log.json"));
});

Deno.test("the lines of the kernel log about these devices are in it, others are not", async () => {
  using host = await machine("mixed");
  const noisy: Host = Object.create(host, {
    kind: { value: host.kind },
    kernelLog: {
      value: () => [
        "[    1.0] mlx5_core 0000:3b:00.0: firmware version: 22.41.1000",
        "[    2.0] usb 1-1: new device",
        "[    3.0] fwctl0: a line",
      ],
    },
    ...Object.fromEntries(
      (["open", "readFile", "list", "readLink", "exists"] as const).map(
        (name) => [name, { value: host[name].bind(host) }],
      ),
    ),
  });
  const { data } = await made(noisy);
  const log = JSON.stringify(data.get("machine/log.json"));
  assert(log.includes("22.41.1000") && log.includes("a line"), log);
  assert(!log.includes("usb"), log);
});

Deno.test("the same machine gives the same bytes, and what is read back is what was made", async () => {
  using host = await machine("mixed");
  using again = await machine("mixed");
  const options = { created: new Date("2026-01-31T12:00:00Z") };
  const one = await made(host, options);
  const two = await made(again, options);
  assertEquals(two.sha256, one.sha256);
  const read = await readBundle(one.bytes);
  assertEquals(read.manifest, one.manifest);
  assertEquals(read.data, one.data);
  assertEquals(read.manifest.created, "2026-01-31T12:00:00.000Z");
});

Deno.test("redacted, no identifying value of the machine is left in the archive", async () => {
  using host = await machine("mixed");
  const plain = await made(host);
  const text = async (bytes: Bytes) =>
    new TextDecoder("latin1").decode(await gunzip(bytes)).toLowerCase();
  const values = [
    "bc97e1fffe5e0000",
    "bc:97:e1:5e:00:00",
    "0xb8cef6fffe3b0000",
    "b8cef63b0000",
    discover(host).bootId,
    "0000:3b:00.0",
    "0000:5e:02.1",
  ];
  const whole = await text(plain.bytes);
  for (const value of values) assert(whole.includes(value), value);
  const hidden = await made(host, { redaction: { pci: true } });
  const said = await text(hidden.bytes);
  for (const value of values) assert(!said.includes(value), value);
  const kinds = hidden.manifest.redaction?.map(({ kind }) => kind) ?? [];
  for (const kind of ["serial", "mac", "vuid", "boot", "bytes", "pci"]) {
    assert(kinds.includes(kind), kind);
  }
  // And what helps is still there.
  for (const fact of ["22.41.1000", "mt_0000000359", "connectx-6 dx"]) {
    assert(said.includes(fact), fact);
  }
});

const PART = { path: "machine/x.json", title: "x", device: "" };
const ABOUT = {
  tool: { fwctl: "0", deno: "0" },
  created: null,
  host: "model",
  policy: { scope: "debug-read-only", effect: "read", taint: false },
  redaction: null,
  devices: [],
  missing: [],
  skipped: [],
};

Deno.test("a bundle whose parts are not those of its manifest is refused", async () => {
  const { bytes } = await packBundle([{ ...PART, data: [1, 2] }], ABOUT, 0);
  const members = readTar(await gunzip(bytes));
  const changed = (
    change: (path: string, data: Bytes) => string | undefined,
  ) =>
    gzip(writeTar(
      members.flatMap(({ path, data }) => {
        const text = change(path, data);
        return text === undefined
          ? []
          : [{ path, data: new TextEncoder().encode(text) as Bytes }];
      }),
      0,
    ));
  const text = (data: Bytes) => new TextDecoder().decode(data);
  const cases: [string, (path: string, data: Bytes) => string | undefined][] = [
    ["digest", (path, data) => path === PART.path ? "[1,3]\n" : text(data)],
    [
      "not in it",
      (path, data) => path === PART.path ? undefined : text(data),
    ],
    [
      "has no manifest",
      (path, data) => path === MANIFEST_PATH ? undefined : text(data),
    ],
    [
      "does not name",
      (path, data) =>
        path === MANIFEST_PATH
          ? JSON.stringify({ ...JSON.parse(text(data)), parts: [] })
          : text(data),
    ],
    [
      "did you mean",
      (path, data) =>
        path === MANIFEST_PATH
          ? text(data).replace('"skipped"', '"skiped": [], "skipped"')
          : text(data),
    ],
    [
      "not JSON",
      (path, data) => path === MANIFEST_PATH ? "{" : text(data),
    ],
    [
      "version",
      (path, data) =>
        path === MANIFEST_PATH
          ? text(data).replace('"1.0"', '"9.0"')
          : text(data),
    ],
  ];
  for (const [wanted, change] of cases) {
    const bad = await changed(change);
    const error = await assertRejects(() => readBundle(bad), DecodeError);
    const said = `${error.message} ${error.hint}`.toLowerCase();
    assert(said.includes(wanted.toLowerCase()), `${wanted}: ${said}`);
  }
});

Deno.test("taint is told letter by letter, a bit without a name too", () => {
  assertEquals(taintBits(0n), []);
  assertEquals(
    taintBits(1n << 19n | 1n << 12n | 1n).map(({ bit, letter }) => [
      bit,
      letter,
    ]),
    [[0, "P"], [12, "O"], [19, "J"]],
  );
  assertEquals(taintBits(1n << 40n)[0]?.letter, "?");
});

Deno.test("a record of /dev/kmsg is a line as dmesg has it, anything else is none", () => {
  assertEquals(
    kmsgLine("6,339,5140900,-;NET: Registered\n SUBSYSTEM=x\n"),
    "[    5.140900] NET: Registered",
  );
  assertEquals(kmsgLine("4,1,12,c,caller=T1;a;b"), "[    0.000012] a;b");
  assertEquals(kmsgLine("garbage"), undefined);
  assertEquals(kmsgLine(""), undefined);
});
