import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { RealDisk } from "../../lib/apply/disk.ts";
import { lockDevices, type LockOptions } from "../../lib/apply/locks.ts";
import { PlanError } from "../../lib/errors.ts";
import { Folder } from "../cli/fwctl.ts";

function options(folder: Folder, more: Partial<LockOptions> = {}): LockOptions {
  return {
    disk: new RealDisk(),
    folder: `${folder.path}/locks`,
    holder: { pid: 4711, command: "apply" },
    timeout: 0,
    ...more,
  };
}

Deno.test("a device that is locked is refused at once, saying who has it", async () => {
  using folder = new Folder();
  using _held = await lockDevices(["0000:3b:00.0"], options(folder));
  const error = await assertRejects(
    () => lockDevices(["0000:5e:00.0", "0000:3b:00.0"], options(folder)),
    PlanError,
  );
  assertEquals(error.reason, "locked");
  assertStringIncludes(
    error.message,
    "0000:3b:00.0 is locked by process 4711 (fwctl apply, since 2",
  );
  // What was locked before that one is free again.
  using _other = await lockDevices(["0000:5e:00.0"], options(folder));
});

Deno.test("whoever waits gets the lock when it is let go", async () => {
  using folder = new Folder();
  const held = await lockDevices(["a"], options(folder));
  let told = "";
  const waits = lockDevices(
    ["a"],
    options(folder, {
      timeout: 30,
      waiting: (message) => told = message,
      sleep: () => {
        held[Symbol.dispose]();
        return Promise.resolve();
      },
    }),
  );
  using _got = await waits;
  assertStringIncludes(told, "waiting for a, locked by process 4711");
});

Deno.test("waiting ends in an error when the time is up", async () => {
  using folder = new Folder();
  using _held = await lockDevices(["a"], options(folder));
  let now = 0;
  let slept = 0;
  const error = await assertRejects(
    () =>
      lockDevices(
        ["a"],
        options(folder, {
          timeout: 2,
          now: () => new Date(now),
          sleep: (milliseconds) => {
            now += milliseconds;
            slept++;
            return Promise.resolve();
          },
        }),
      ),
    PlanError,
  );
  assertEquals(error.reason, "locked");
  assert(slept >= 40 && slept <= 41, `${slept}`);
});

Deno.test("an address cannot leave the folder", async () => {
  using folder = new Folder();
  using _held = await lockDevices(["../../x", ".."], options(folder));
  assertEquals(
    [...Deno.readDirSync(`${folder.path}/locks`)].map(({ name }) => name)
      .sort(),
    ["_.lock", "__.._x.lock"].sort(),
  );
});

Deno.test("the kernel lets go of a lock when its holder is killed", async () => {
  using folder = new Folder();
  const module = new URL("../../lib/apply/locks.ts", import.meta.url).href;
  const disk = new URL("../../lib/apply/disk.ts", import.meta.url).href;
  const script = `
    import { lockDevices } from ${JSON.stringify(module)};
    import { RealDisk } from ${JSON.stringify(disk)};
    await lockDevices(["a"], {
      disk: new RealDisk(), folder: ${JSON.stringify(`${folder.path}/locks`)},
      holder: { pid: Deno.pid, command: "test" }, timeout: 0,
    });
    console.log("held");
    await new Promise(() => setInterval(() => {}, 1000));
  `;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", folder.file("hold.ts", script)],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  await assertRejects(() => lockDevices(["a"], options(folder)), PlanError);
  child.kill("SIGKILL");
  await child.status;
  await reader.cancel();
  using _got = await lockDevices(["a"], options(folder));
});
