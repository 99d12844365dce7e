/** The command bundle, as a user runs it. */
import { assert, assertEquals } from "@std/assert";
import { gunzip } from "../../lib/bundle/gzip.ts";
import { Folder } from "./fwctl.ts";
import { fwctlHere, fwctlHereJson } from "./in_process.ts";

const MODEL = ["--model", "mixed"];

Deno.test("bundle writes an archive and a page, and show says the same of the archive", async () => {
  using folder = new Folder();
  const file = `${folder.path}/b.tar.gz`;
  const page = `${folder.path}/b.html`;
  const { code, json } = await fwctlHereJson([
    "bundle",
    ...["-o", file, "--page", page, "--device", "fwctl3", "--device", "mem0"],
    ...MODEL,
  ]);
  assertEquals([code, json.schema, json.file, json.page], [
    0,
    "fwctl/bundle",
    file,
    page,
  ]);
  assertEquals(
    json.manifest.devices.map(({ name }: { name: string }) => name),
    ["fwctl1", "fwctl3"],
  );
  const digest = new Uint8Array(
    await crypto.subtle.digest("SHA-256", Deno.readFileSync(file)),
  );
  assertEquals(digest.toHex(), json.sha256);
  const { json: shown } = await fwctlHereJson(["bundle", "show", file]);
  assertEquals(shown.manifest, json.manifest);
  assertEquals(shown.sha256, json.sha256);
  // The page from the archive is the page beside it.
  const again = `${folder.path}/again.html`;
  assertEquals(
    (await fwctlHere(["bundle", "show", file, "--page", again])).code,
    0,
  );
  assertEquals(Deno.readTextFileSync(again), Deno.readTextFileSync(page));
  const part = await fwctlHere([
    "bundle",
    ...["show", file, "--part", "devices/fwctl3/version.json"],
  ]);
  assertEquals(JSON.parse(part.out).chip, "BCM57508");
});

Deno.test("bundle's text names every part with its size, what failed, and the digest", async () => {
  using folder = new Folder();
  const file = `${folder.path}/b.tar.gz`;
  const { code, out } = await fwctlHere(["bundle", "-o", file, ...MODEL]);
  assertEquals(code, 0);
  for (
    const wanted of [
      /devices\/fwctl0\/reg-mgir\.json +\d+ {2}reg MGIR/,
      /devices\/fwctl2\/probe\.json +- {2}not asked: /,
      /object-delegated-vhca\.json +- {2}DeviceError: .*BAD_OP/,
      /Reads only: scope debug-read-only, effect read, no taint\./,
      /sha256 [0-9a-f]{64}/,
    ]
  ) assert(wanted.test(out), `${wanted} in ${out}`);
});

Deno.test("bundle --redact-pci leaves no address, serial or boot id in the archive or the page", async () => {
  using folder = new Folder();
  const file = `${folder.path}/b.tar.gz`;
  const page = `${folder.path}/b.html`;
  const { code, out } = await fwctlHere([
    ...["bundle", "-o", file, "--page", page, "--redact-pci"],
    ...MODEL,
  ]);
  assertEquals(code, 0);
  assert(/Replaced by pseudonyms: boot 1 in \d+ places, bytes \d+/.test(out));
  const list = await fwctlHereJson(["list", ...MODEL]);
  const { bootId, devices } = list.json.inventory;
  const values = [
    bootId,
    ...devices.map(({ pci }: { pci: string }) => pci),
    "bc:97:e1:5e:00:00",
    "bc97e1fffe5e0000",
    "b8cef6",
  ];
  const archive = new TextDecoder("latin1")
    .decode(await gunzip(Deno.readFileSync(file)));
  for (const text of [archive, Deno.readTextFileSync(page)]) {
    for (const value of values) assert(!text.includes(value), value);
  }
});

Deno.test("a bundle cannot be made to write, and a policy file lowers it further", async () => {
  using folder = new Folder();
  const policy = folder.file("p.json", {
    format: "fwctl-policy/1",
    max: { scope: "configuration" },
  });
  const { code, json } = await fwctlHereJson([
    ...["bundle", "-o", `${folder.path}/b.tar.gz`, "--policy", policy],
    ...MODEL,
  ]);
  assertEquals(code, 0);
  assertEquals(json.manifest.policy, {
    scope: "configuration",
    effect: "read",
    taint: false,
  });
  assert(
    json.manifest.missing.some(({ code }: { code: string }) =>
      code === "PolicyError"
    ),
  );
  const none = await fwctlHere([
    "bundle",
    "--max-scope",
    "debug-write",
    ...MODEL,
  ]);
  assertEquals(none.code, 1);
});

Deno.test("what is there already stays without --force, and nothing is asked of a device", async () => {
  using folder = new Folder();
  const file = folder.file("b.tar.gz", "mine");
  const { code, err } = await fwctlHere(["bundle", "-o", file, ...MODEL]);
  assertEquals(code, 1);
  assert(err.includes("--force"), err);
  assertEquals(Deno.readTextFileSync(file), "mine");
});

Deno.test("bundle show refuses what is no bundle, unknown parts, and options that collect", async () => {
  using folder = new Folder();
  const junk = folder.file("junk.tar.gz", "not gzip");
  for (
    const [args, wanted] of [
      [["show", junk], "not gzip"],
      [["show", `${folder.path}/none`], "cannot be read"],
      [["show", junk, "--redact"], "not for showing"],
    ] as const
  ) {
    const { code, err, out } = await fwctlHere(["bundle", ...args]);
    assertEquals([code, out], [1, ""]);
    assert(err.includes(wanted), err);
  }
  const file = `${folder.path}/b.tar.gz`;
  await fwctlHere(["bundle", "-o", file, "--device", "fwctl2", ...MODEL]);
  const { err } = await fwctlHere([
    ...["bundle", "show", file, "--part", "machine/tant.json"],
  ]);
  assert(err.includes("Did you mean machine/taint.json"), err);
});
