/** The units on a host that boots: the real systemd, their sandbox, and a modelled machine. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { Folder } from "../cli/fwctl.ts";
import { ROOT } from "../paths.ts";
import { offlineBundle } from "./ansible/bundle.ts";
import { BARE, Booted } from "./systemd/booted.ts";
import { ignored, lacking } from "./needs.ts";
import { Installed } from "./systemd/root.ts";

const missing = [
  ...lacking("unshare", "nsenter", "systemctl"),
  ...(Deno.uid() === 0 ? [] : ["root's rights"]),
];
const ignore = ignored("booting with the units", missing);

/** The offline bundle, made once. */
let made: Promise<string> | undefined;
function bundle(): Promise<string> {
  return made ??= offlineBundle(folder.path);
}
const folder = new Folder();
Deno.test.afterAll(() => folder[Symbol.dispose]());

/** A root with two recipes on one device, which is what a seal after each would break. */
async function site(
  second: object,
  ...more: readonly string[]
): Promise<Installed> {
  const root = await Installed.with(
    "--enable",
    "--seal",
    "--wait",
    "5",
    ...more,
  );
  const text = Deno.readTextFileSync(`${ROOT}recipes/vf_caps.ts`);
  for (
    const [name, set] of [["10-first", { roce: 0 }], [
      "20-second",
      second,
    ]] as const
  ) {
    root.write(`/etc/fwctl/recipes/${name}.ts`, text);
    root.write(
      `/etc/fwctl/recipes/${name}.json`,
      JSON.stringify({ vf: ["0000:3b:00.2"], set }),
    );
  }
  return root;
}

Deno.test({
  name:
    "at boot the recipes are applied and the devices sealed before kubelet starts",
  ignore,
  async fn() {
    using root = await site({ log_max_qp: 12 });
    await using host = await Booted.up(root, await bundle());
    const said = await host.sh("cat /run/*.out");
    assertEquals(
      await host.ok(
        "systemctl is-active fwctl-apply fwctl-seal fwctl-drift.timer fwctl-prune.timer",
      ),
      "active\n".repeat(4),
      said.said,
    );
    assertEquals(await host.ok("cat /run/kubelet.out"), "active\nactive\n");
    const log = await host.ok("cat /var/log/fwctl/fwctl.log");
    assertMatch(log, /apply 10-first\.ts applied, 1 request, run /);
    assertMatch(log, /apply 20-second\.ts applied, 1 request, run /);
    assertMatch(log, /seal 0000:3b:00\.0/);
    await host.ok("systemctl start fwctl-drift fwctl-prune");
    assertEquals(await host.ok("systemctl is-system-running"), "running\n");

    // The sandbox is one here, and not only in the file.
    const unit = root.text("/etc/systemd/system/fwctl-apply.service");
    const lines = [
      "grep -e ^CapBnd: -e ^Seccomp: -e ^NoNewPrivs: /proc/self/status",
      ...[
        "touch /etc/fwctl/x",
        "ls /root",
        "touch /var/lib/fwctl/y && echo kept",
      ],
      // The machine itself, through libc.
      `${BARE} list`,
    ];
    root.write(
      "/probe.service",
      unit
        .replace(
          /^ExecStart=.*$/m,
          `ExecStart=/bin/sh -c '${lines.join("; ")}'`,
        )
        .replace(
          "[Service]",
          `[Service]\nStandardOutput=file:/run/probe\nStandardError=file:/run/probe`,
        ),
    );
    await host.put(
      `${root.path}/probe.service`,
      "/etc/systemd/system/probe.service",
    );
    await host.ok("systemctl daemon-reload; systemctl start probe");
    const sandbox = await host.ok("cat /run/probe");
    assertMatch(sandbox, /^CapBnd:\t0{16}$/m);
    assertMatch(sandbox, /^NoNewPrivs:\t1$/m);
    assertMatch(sandbox, /^Seccomp:\t2$/m);
    assertMatch(sandbox, /touch: .*Read-only file system/);
    assertMatch(sandbox, /ls: .*Permission denied/);
    assertMatch(sandbox, /^kept$/m);
    assertMatch(sandbox, /no fwctl device|fwctl\d+/i, sandbox);

    // A wish that is not so: the unit says it, and no write goes past the seal.
    await host.ok(
      'sed -i \'s/"roce":0/"roce":1/\' /etc/fwctl/recipes/10-first.json',
    );
    const drift = await host.sh("systemctl start fwctl-drift");
    assert(drift.code !== 0, drift.said);
    assertMatch(
      await host.ok("systemctl show -p ExecMainStatus fwctl-drift"),
      /=2$/m,
    );
    assertStringIncludes(await host.ok("systemctl --failed"), "fwctl-drift");
    const again = await host.sh("systemctl restart fwctl-apply");
    assert(again.code !== 0, again.said);
    assertMatch(
      await host.ok("systemctl show -p ExecMainStatus fwctl-apply"),
      /=4$/m,
    );
    assertStringIncludes(await host.ok("cat /run/apply.out"), "sealed");
  },
});

Deno.test({
  name:
    "a recipe that fails at boot fails the service, not the other recipe nor the boot, and nothing is sealed",
  ignore,
  async fn() {
    // A collector's folder, which is another user's.
    const metrics = "/var/lib/node_exporter";
    using root = await site({ log_max_qp: 99 }, "--prometheus", metrics);
    root.write(`${metrics}/other.prom`, "");
    Deno.chownSync(`${root.path}${metrics}`, 65534, 65534);
    await using host = await Booted.up(root, await bundle());
    assertEquals(
      (await host.sh("systemctl is-failed fwctl-apply")).said,
      "failed\n",
    );
    const log = await host.ok("cat /var/log/fwctl/fwctl.log");
    assertMatch(log, /apply 10-first\.ts applied/);
    assertMatch(log, /apply 20-second\.ts error/);
    assert(!log.includes("seal "), log);
    assertEquals(await host.ok("cat /run/kubelet.out"), "failed\ninactive\n");
    assert((await host.sh("systemctl start fwctl-drift")).code !== 0);
    await host.ok("sed -i s/99/13/ /etc/fwctl/recipes/20-second.json");
    // A value that differs is in the metrics, and no failure.
    await host.ok("systemctl start fwctl-drift");
    assertMatch(
      await host.ok(`cat ${metrics}/fwctl.prom`),
      /20-second\.ts",device="fwctl0",state="drifted"\} 1/,
    );
    // Mended, by whoever reads that.
    await host.ok("sed -i s/13/12/ /etc/fwctl/recipes/20-second.json");
    await host.ok(
      "systemctl restart fwctl-apply && systemctl start fwctl-seal",
    );
    assertEquals(await host.ok("systemctl is-active fwctl-seal"), "active\n");
  },
});
