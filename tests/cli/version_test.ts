/** What `fwctl version` says is what the drivers, the recordings and the files say. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { loadDrivers } from "../../drivers/load.ts";
import { BNXT_KERNELS } from "../../drivers/bnxt/tables/allow_list.ts";
import { FORMATS } from "../../lib/cli/shell/formats.ts";
import { driverVersion, standing } from "../../lib/cli/shell/version.ts";
import { FWCTL_DEVICE_TYPE } from "../../lib/uapi/fwctl.ts";
import { KNOWN_DIFFERENCES } from "../kernel/differences.ts";
import { recordedOn } from "../kernel/groups.ts";
import { ROOT } from "../paths.ts";
import { fwctlHere } from "./in_process.ts";

const RECORDINGS = [...Deno.readDirSync(`${ROOT}tests/fixtures/oracle`)]
  .map(({ name }) => name).filter((name) => name.endsWith(".jsonl.gz"))
  .map((name) => name.replace(".jsonl.gz", ""));

function minorOf(release: string): string {
  return release.split(".").slice(0, 2).join(".");
}

Deno.test("the kernels of every driver are those of its recordings and of the known differences", async () => {
  const later = KNOWN_DIFFERENCES.flatMap(({ from }) => from ?? []);
  for (const { name, kernels = [] } of await loadDrivers()) {
    const own = RECORDINGS.filter((each) => each.startsWith(`${name}-`));
    assert(own.length > 0, name);
    const recorded = own.map((each) => minorOf(recordedOn(each)));
    // What each later kernel changed was looked for in all drivers alike.
    assertEquals(
      [...kernels],
      [...new Set([...recorded, ...later])].sort(),
      name,
    );
  }
  assertEquals(
    (await loadDrivers()).find(({ name }) => name === "bnxt")?.kernels,
    BNXT_KERNELS,
  );
});

Deno.test("fwctl version: Deno, ioctls, device types, kernels, this machine, formats", async () => {
  const { code, out } = await fwctlHere(["version", "--model", "connectx"]);
  assertEquals(code, 0);
  assertMatch(out, new RegExp(`^fwctl \\S+, Deno ${Deno.version.deno}\n`));
  assertMatch(out, /FWCTL_INFO 0x9a00, FWCTL_RPC 0x9a01/);
  assertMatch(out, /^this machine: Linux 7\.2\./m);
  assertMatch(
    out,
    /^bnxt +3 +Broadcom NetXtreme +7\.2 +7\.2, 7\.3 +held against$/m,
  );
  const json = JSON.parse(
    (await fwctlHere(["version", "--model", "connectx", "--json"])).out,
  );
  assertEquals(json.schema, "fwctl/version");
  assertEquals(
    json.fwctl,
    JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`)).version,
  );
  assertEquals(json.ioctls, { FWCTL_INFO: 0x9a00, FWCTL_RPC: 0x9a01 });
  assertEquals(
    Object.fromEntries(
      json.drivers.map((
        { driver, deviceType }: { driver: string; deviceType: number },
      ) => [driver.toUpperCase(), deviceType]),
    ),
    Object.fromEntries(
      Object.entries(FWCTL_DEVICE_TYPE).filter(([, number]) => number > 0),
    ),
  );
  assertEquals(json.formats, FORMATS);
});

Deno.test("a machine that cannot be asked is no error of fwctl version, a scenario that is not there is", async () => {
  const { code } = await fwctlHere(["version"]);
  assertEquals(code, 0);
  const wrong = await fwctlHere(["version", "--model", "conectx"]);
  assertEquals(wrong.code, 1);
});

Deno.test("how a kernel stands to those that a driver was held against", () => {
  const held = ["7.2", "7.4"];
  const cases: Record<string, ReturnType<typeof standing>> = {
    "7.2.13-amd64": "held",
    "7.4": "held",
    "7.3.1": "between",
    "7.10.0-rc1": "newer",
    "8.0": "newer",
    "6.18.44": "older",
    "6.14.0": "absent",
    "": null,
    "nonsense": null,
  };
  for (const [release, want] of Object.entries(cases)) {
    assertEquals(standing(release, "6.15", held), want, release);
  }
  assertEquals(standing("7.2", null, []), null);
});

Deno.test("a driver from outside that says nothing of kernels is shown without", async () => {
  const [driver] = await loadDrivers(["cxl"]);
  assert(driver);
  const { kernels: _, doctor: __, ...plain } = driver;
  assertEquals(driverVersion(plain, "7.2.1"), {
    driver: "cxl",
    deviceType: 2,
    title: driver.title,
    since: null,
    kernels: [],
    here: null,
  });
});

Deno.test("no form of a file is missing among the formats", () => {
  const declared = sources("lib").flatMap((path) =>
    [
      ...Deno.readTextFileSync(path)
        .matchAll(/export const \w*FORMAT\w* = "([^"]+)"/g),
    ]
      .map(([, format = ""]) => format)
  );
  assert(declared.length >= 10, declared.join());
  const known = Object.values(FORMATS);
  assertEquals(
    declared.filter((format) => !known.includes(format)),
    [],
    "add it to lib/cli/shell/formats.ts",
  );
});

function sources(folder: string): string[] {
  return [...Deno.readDirSync(`${ROOT}${folder}`)].flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) return sources(path);
    return path.endsWith(".ts") ? [`${ROOT}${path}`] : [];
  });
}
