/** A model in one process, used by others: the real command on both sides. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { ServedHost } from "../../../lib/model/served/client.ts";
import { isFwctlError } from "../../../lib/errors.ts";
import { discover } from "../../../lib/device/discovery.ts";
import { openDevice } from "../../../lib/device/open.ts";
import { queryHcaCap } from "../../../drivers/mlx5/protocol.ts";
import { Folder, fwctl, MODEL_FLAGS } from "../../cli/fwctl.ts";
import { Served } from "./served.ts";

const CLIENT = ["--allow-ffi", "--allow-read", "--unstable-worker-options"];

Deno.test("what one process applies another one reads", async () => {
  await using served = await Served.start("connectx");
  const run = (command: string) =>
    fwctl([
      command,
      "recipes/vf_caps.ts",
      "-p",
      "vf=0000:3b:00.2",
      "-p",
      "set=roce=0",
      ...(command === "apply" ? ["--yes"] : []),
      "--model",
      served.model,
    ], { flags: CLIENT });
  assertEquals((await run("apply")).code, 0);
  assertMatch((await run("plan")).out, /nothing to do/);
});

Deno.test("the served machine is the machine itself", async () => {
  await using served = await Served.start("connectx");
  const own = await fwctl(["list", "--model", "connectx"]);
  const other = await fwctl(["list", "--model", served.model], {
    flags: CLIENT,
  });
  assertEquals(other, own);
});

Deno.test("descriptors of a process that is killed are closed", async () => {
  await using served = await Served.start("connectx");
  using host = new ServedHost(served.socket);
  const opened = new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `import { ServedHost } from ${
        JSON.stringify(
          new URL("../../../lib/model/served/client.ts", import.meta.url).href,
        )
      };
       const host = new ServedHost(${JSON.stringify(served.socket)});
       for (let i = 0; i < 50; i++) host.open("/dev/fwctl/fwctl0");
       Deno.kill(Deno.pid, "SIGKILL");`,
    ],
  });
  for (let round = 0; round < 24; round++) {
    assertEquals((await opened.output()).signal, "SIGKILL");
  }
  // 1,200 open files would be more than a process may have.
  using device = openDevice(host, "/dev/fwctl/fwctl0");
  assertEquals(device.info().deviceType, 1);
});

Deno.test("requests of several processes take their time side by side", async () => {
  await using served = await Served.start("connectx", ["--latency", "100"]);
  const script = `import { ServedHost } from ${
    JSON.stringify(
      new URL("../../../lib/model/served/client.ts", import.meta.url).href,
    )
  };
  import { openDevice } from ${
    JSON.stringify(
      new URL("../../../lib/device/open.ts", import.meta.url).href,
    )
  };
  using host = new ServedHost(${JSON.stringify(served.socket)});
  using device = openDevice(host, "/dev/fwctl/fwctl0");
  for (let i = 0; i < 10; i++) device.rpc({ scope: "configuration", request: new Uint8Array(${
    JSON.stringify([...queryHcaCap(0, "current")])
  }), responseCapacity: 4112 });`;
  const one = async (): Promise<number> => {
    const started = performance.now();
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", script],
    }).output();
    assert(success);
    return performance.now() - started;
  };
  const started = performance.now();
  const each = await Promise.all([one(), one(), one(), one()]);
  const all = performance.now() - started;
  assert(Math.min(...each) >= 1000, `10 requests of 100 ms took ${each}`);
  assert(
    all < 3000,
    `4 processes at once took ${all} ms, one after another 4 s`,
  );
});

Deno.test("errors of the machine come through as they are", async () => {
  await using served = await Served.start("connectx");
  using host = new ServedHost(served.socket);
  for (const path of ["/dev/fwctl/fwctl9", "/sys/nowhere"]) {
    try {
      host.open(path);
      assert(false, "it opened");
    } catch (error) {
      assert(isFwctlError(error));
      assertEquals(error.code, "SyscallError");
      assertEquals(error.details().errnoName, "ENOENT");
    }
  }
  assertEquals(discover(host).devices.length, 2);
});

Deno.test("where nobody serves, the error says how to", async () => {
  using folder = new Folder();
  const { code, err } = await fwctl(
    ["list", "--model", `unix:${folder.path}/none`],
    { flags: CLIENT },
  );
  assertEquals(code, 1);
  assertMatch(err, /No model is served at .*[^]*fwctl serve/);
  const without = await fwctl(["serve", "--socket", `${folder.path}/s`], {
    flags: MODEL_FLAGS,
  });
  assertEquals(without.code, 1);
  assertMatch(without.err, /There is no model to serve/);
});
