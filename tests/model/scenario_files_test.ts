/** Files and nodes that a scenario says itself. */
import { assertEquals, assertThrows } from "@std/assert";
import { modelledDrivers } from "../../drivers/load.ts";
import { ModelError, SyscallError } from "../../lib/errors.ts";
import { ModelHost } from "../../lib/model/host.ts";
import { parseScenario } from "../../lib/model/scenario.ts";
import type { PlainObject } from "../../lib/plain.ts";

function scenario(host: PlainObject): PlainObject {
  return {
    format: "fwctl-scenario/1",
    name: "files",
    host,
    devices: [{
      driver: "mlx5",
      pci: "0000:3b:00.0",
      firmware: { type: "connectx-6-dx" },
    }],
  };
}

async function hostOf(host: PlainObject): Promise<ModelHost> {
  return await ModelHost.create(
    parseScenario(scenario(host)),
    modelledDrivers(),
  );
}

function errnoOf(body: () => unknown): string {
  return assertThrows(body, SyscallError).errnoName;
}

Deno.test("a scenario's files stand in place of the model's, and beside them", async () => {
  using host = await hostOf({
    files: {
      "/etc/modprobe.d/a.conf": "blacklist fwctl\n",
      "/proc/self/fdinfo": null,
      "/proc/sys/kernel/tainted": "7\n",
      "/sys/class/fwctl": null,
      "/dev/link": { link: "fwctl/fwctl0" },
    },
  });
  const text = (path: string) => new TextDecoder().decode(host.readFile(path));
  assertEquals(text("/etc/modprobe.d/a.conf"), "blacklist fwctl\n");
  assertEquals(text("/proc/sys/kernel/tainted"), "7\n");
  assertEquals(host.list("/etc"), ["modprobe.d"]);
  assertEquals(host.list("/proc/sys/kernel"), [
    "osrelease",
    "random",
    "tainted",
  ]);
  assertEquals(host.list("/sys/class").includes("fwctl"), false);
  assertEquals(errnoOf(() => host.list("/sys/class/fwctl")), "ENOENT");
  assertEquals(host.stat("/dev/link"), host.stat("/dev/fwctl/fwctl0"));
});

Deno.test("a node has the mode that a scenario gives it, and opens by it", async () => {
  const cases = [
    [{ uid: 1000 }, undefined, "EACCES"],
    [{ uid: 1000 }, { mode: "0660", gid: 1000 }, ""],
    [{ uid: 1000 }, { mode: "0640", gid: 1000 }, "EACCES"],
    [{ uid: 1000 }, { mode: "0066", uid: 1000 }, "EACCES"],
    [{ uid: 1000 }, { mode: "0666" }, ""],
    [{ uid: 0 }, { mode: "0000" }, ""],
    [{ uid: 0 }, { open: "ENOMEM" }, "ENOMEM"],
  ] as const;
  for (const [who, node, errno] of cases) {
    using host = await hostOf({
      ...who,
      ...(node === undefined ? {} : { nodes: { fwctl0: { ...node } } }),
    });
    const open = () => host.open("/dev/fwctl/fwctl0").close();
    assertEquals(
      errno === "" ? (open(), "") : errnoOf(open),
      errno,
      JSON.stringify(node),
    );
    const { mode, major, minor } = host.stat("/dev/fwctl/fwctl0");
    const digits = node !== undefined && "mode" in node ? node.mode : "0600";
    assertEquals([mode, major, minor], [
      0o020000 | Number.parseInt(digits, 8),
      251,
      0,
    ]);
  }
});

Deno.test("wrong files and nodes are refused by their key", () => {
  const refused = (host: PlainObject, says: string): void => {
    assertThrows(() => parseScenario(scenario(host)), ModelError, says);
  };
  refused({ files: { "etc/x": "" } }, "must be an absolute path");
  refused({ files: { "/a/../b": "" } }, "must be an absolute path");
  refused({ files: { "/a": 7 } }, "host.files./a is 7 but must be an object");
  refused(
    { files: { "/a": { target: "b" } } },
    "host.files./a.link is missing",
  );
  refused({ nodes: { null: {} } }, "is no name such as fwctl0");
  refused({ nodes: { fwctl0: { mode: "888" } } }, "must be octal digits");
  refused({ nodes: { fwctl0: { open: "ENOPE" } } }, "must be an errno");
  refused(
    { nodes: { fwctl0: { owner: 1 } } },
    "host.nodes.fwctl0.owner is not known",
  );
});
