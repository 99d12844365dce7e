/** What no broken machine shows: the state directory, files that say nothing, kernels in between. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { RealDisk } from "../../lib/apply/disk.ts";
import { journalFolder } from "../../lib/apply/journal.ts";
import { lockFolder } from "../../lib/apply/locks.ts";
import { FileSeals } from "../../lib/apply/seals.ts";
import { CHECKS, type DoctorFacts, examine } from "../../lib/doctor/mod.ts";
import { isBefore, releaseOf } from "../../lib/doctor/finding.ts";
import { LinuxHost } from "../../lib/host/linux.ts";
import { Folder } from "../cli/fwctl.ts";
import { factsOf, machine, named, textOf } from "./machine.ts";

async function healthy(): Promise<DoctorFacts> {
  using host = await machine("healthy");
  return await factsOf(host);
}

/** What the doctor finds when a healthy machine's facts are changed. */
async function changed(
  change: (facts: DoctorFacts) => Partial<DoctorFacts>,
): Promise<ReturnType<typeof examine>> {
  const facts = await healthy();
  return examine({ ...facts, ...change(facts) });
}

Deno.test("releases are compared by number, and what is none is before nothing", () => {
  assertEquals(releaseOf("6.15.0-rc1+deb14"), [6, 15]);
  assertEquals(
    ["6.9.1", "6.15", "7.0-rc1", "linux", "", undefined].map((text) =>
      isBefore(text, "6.15")
    ),
    [true, false, false, false, false, false],
  );
});

Deno.test("an old kernel that has the class all the same is a note, not a problem", async () => {
  const found = await changed(() => ({
    release: {
      path: "/proc/sys/kernel/osrelease",
      text: "6.12.0-el10",
      error: "",
    },
  }));
  assertEquals(named(found, "problem"), []);
  assertEquals(named(found, "note"), ["kernel"]);
});

Deno.test("a driver that came later than the kernel is named with its release", async () => {
  const found = await changed(({ functions, modules, drivers }) => ({
    release: { path: "/proc/sys/kernel/osrelease", text: "6.15.2", error: "" },
    functions: functions.map((each) => ({
      ...each,
      driver: "later",
      fwctl: [],
    })),
    devices: [],
    auxiliary: [],
    modules: {
      ...modules,
      modules: [{
        name: "later_fwctl",
        loaded: false,
        builtin: false,
        file: "",
        blocks: [],
      }],
    },
    drivers: [...drivers, {
      name: "later",
      kernelDrivers: ["mlx5_core"],
      functionDrivers: ["mlx5_core"],
      module: "later_fwctl",
      config: "CONFIG_FWCTL_LATER",
      since: "7.2",
      sinceUnsure: false,
      absent: "",
    }],
  }));
  assert(named(found, "problem").includes("kernel later_fwctl"));
  assertStringIncludes(textOf(found[0]), "since 7.2");
});

Deno.test("files that cannot be read are checks that were not made, with the reason", async () => {
  const gone = (path: string) => ({ path, error: "EACCES" });
  const found = await changed(({ modules }) => ({
    release: gone("/proc/sys/kernel/osrelease"),
    process: null,
    config: { path: "", values: {} },
    lockdown: gone("/sys/kernel/security/lockdown"),
    tainted: gone("/proc/sys/kernel/tainted"),
    modules: {
      ...modules,
      modules: modules.modules.map((each) => ({
        ...each,
        loaded: null,
        builtin: null,
      })),
    },
    devices: [],
    auxiliary: [],
    classFolder: gone("/sys/class/fwctl"),
    functions: [],
  }));
  for (
    const check of ["kernel", "config", "lockdown", "taint", "cap-sys-rawio"]
  ) {
    assert(named(found, "unmade").includes(check), check);
  }
  assert(found.every(({ means }) => means !== ""));
});

Deno.test("what Deno was not allowed is one problem, and nothing else is said", async () => {
  const found = await changed(() => ({
    unreachable: {
      message: "no --allow-ffi",
      hint: "Run deno with --allow-ffi",
      errno: "",
    },
  }));
  assertEquals(found.map(({ check, severity }) => [check, severity]), [[
    "deno-ffi",
    "problem",
  ]]);
});

Deno.test("runs that never ended, seals and held locks are told with what to do", async () => {
  const state: DoctorFacts["state"] = {
    dir: "/var/lib/fwctl",
    at: "/var/lib/fwctl",
    mode: 0o40700,
    uid: 0,
    gid: 0,
    exists: true,
    errors: [],
    unfinished: [{ run: "20260101T000000000Z-0badcafe", devices: ["fwctl0"] }],
    locks: [
      {
        path: "/var/lib/fwctl/locks/0000:3b:00.0.lock",
        note: '{"pid":77}',
        pid: 77,
      },
      { path: "/var/lib/fwctl/locks/0000:af:00.0.lock", note: "", pid: 0 },
    ],
    seals: [{ device: "fwctl0", at: "2026-01-01T00:00:00Z", breakable: false }],
  };
  const found = await changed(() => ({ state }));
  assertEquals(named(found, "problem"), ["unfinished-run fwctl0"]);
  assertStringIncludes(
    textOf(found[0]),
    "fwctl resume 20260101T000000000Z-0badcafe",
  );
  assertEquals(named(found, "warning"), ["seal fwctl0", "lock 0000:3b:00.0"]);
  assert(named(found, "ok").includes("lock 0000:af:00.0"));
  const user = { uid: 1000, groups: [1000], capabilities: "0" };
  const refused = await changed(() => ({ state, process: user }));
  assert(named(refused, "warning").includes("state-dir"));
});

Deno.test("a state directory is read, and nothing in it is changed", async () => {
  using folder = new Folder();
  const dir = `${folder.path}/state`;
  const disk = new RealDisk();
  using host = await machine("healthy");
  const before = await factsOf(host, [], { disk, dir });
  assertEquals([before.state?.exists, before.state?.at], [false, folder.path]);
  assertEquals([...Deno.readDirSync(folder.path)], []);
  disk.makeFolder(lockFolder(dir));
  disk.makeFolder(journalFolder(dir));
  const facts = await factsOf(host);
  const [device] = facts.devices;
  const bootId = new TextDecoder().decode(
    host.readFile("/proc/sys/kernel/random/boot_id"),
  ).trim();
  new FileSeals(`${dir}/seals`).seal(device?.entry.pci ?? "", bootId, {
    at: "2026-01-01T00:00:00Z",
    breakable: true,
    recipe: "r",
  });
  Deno.writeTextFileSync(
    `${dir}/journal/20260101T000000000Z-0badcafe.jsonl`,
    "noise\n",
  );
  const after = await factsOf(host, [], { disk, dir });
  assertEquals(after.state?.seals.map((seal) => seal.device), ["fwctl0"]);
  const found = examine(after);
  assert(named(found, "warning").includes("seal fwctl0"));
});

Deno.test("who holds a lock is read from /proc/locks, and the lock is not touched", async () => {
  using folder = new Folder();
  const dir = `${folder.path}/state`;
  const disk = new RealDisk();
  disk.makeFolder(lockFolder(dir));
  using _lock = disk.lock(`${lockFolder(dir)}/0000:3b:00.0.lock`);
  using host = new LinuxHost();
  const facts = await factsOf(host, [], { disk, dir });
  const [lock] = facts.state?.locks ?? [];
  // Some sandboxes have no /proc/locks; then it cannot be told.
  const told = host.exists("/proc/locks") ? Deno.pid : null;
  assertEquals(lock?.pid, told);
});

Deno.test("every check has a name of its own, and says nothing twice", async () => {
  const facts = await healthy();
  const all = CHECKS.flatMap((check) => check(facts));
  const keys = all.map(({ check, subject }) => `${check} ${subject}`);
  assertEquals(new Set(keys).size, keys.length);
});
