/** What `fwctl host install` writes, read by those who will read it on a host. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { ignored, lacking } from "./needs.ts";
import { Installed, run } from "./systemd/root.ts";

const EVERYTHING = [
  "--enable",
  "--seal",
  ...["--group", "fwctl", "--prometheus", "/var/lib/node_exporter"],
  ...["--modules", "cuse", "--wait-for", "0000:3b:00.0"],
];

/** A test that is ignored, with a word, where a program is missing. */
function test(
  name: string,
  programs: readonly string[],
  fn: () => Promise<void>,
): void {
  Deno.test({ name, ignore: ignored(name, lacking(...programs)), fn });
}

test("systemd-analyze verify has nothing to say about the units, and would", [
  "systemd-analyze",
], async () => {
  for (const options of [[], EVERYTHING]) {
    using root = await Installed.with(...options);
    root.asHost();
    const folder = "/etc/systemd/system";
    const units = [...Deno.readDirSync(`${root.path}${folder}`)]
      .filter(({ isFile }) => isFile).map(({ name }) => name);
    assert(units.length >= 5, units.join(" "));
    const verify = () =>
      run(
        "systemd-analyze",
        "verify",
        "--man=no",
        `--root=${root.path}`,
        ...units,
      );
    assertEquals(await verify(), { code: 0, said: "" });
    const apply = `${folder}/fwctl-apply.service`;
    const text = root.text(apply);
    root.write(apply, text.replace("ProtectHome=", "ProtectHoem="));
    assertStringIncludes((await verify()).said, "Unknown key 'ProtectHoem'");
    root.write(apply, text.replace("/bin/fwctl", "/bin/fwctlx"));
    assertStringIncludes((await verify()).said, "is not executable");
  }
});

test("systemd-analyze security finds the services hardened", [
  "systemd-analyze",
], async () => {
  using root = await Installed.with(...EVERYTHING);
  root.asHost();
  for (const name of ["apply", "seal", "drift", "prune"]) {
    const { code, said } = await run(
      ...["systemd-analyze", "security", "--offline=true", "--threshold=20"],
      ...[`--root=${root.path}`, `fwctl-${name}.service`],
    );
    assertEquals(code, 0, said.split("\n").slice(-3).join("\n"));
    assertMatch(
      said,
      /Overall exposure level for fwctl-\w+\.service: [01]\.\d OK/,
    );
  }
});

test(
  "systemd-analyze calendar understands the timers",
  ["systemd-analyze"],
  async () => {
    for (const drift of ["hourly", "Mon..Fri 06:00", "*-*-* 00/2:00"]) {
      using root = await Installed.with("--drift", drift);
      for (const name of ["drift", "prune"]) {
        const text = root.text(`/etc/systemd/system/fwctl-${name}.timer`);
        const [, calendar = ""] = /^OnCalendar=(.*)$/m.exec(text) ?? [];
        const { code, said } = await run(
          "systemd-analyze",
          "calendar",
          calendar,
        );
        assertEquals(code, 0, said);
      }
    }
  },
);

test("systemd-tmpfiles makes the folders, and closes them", [
  "systemd-tmpfiles",
], async () => {
  using root = await Installed.with();
  const { code, said } = await run(
    "systemd-tmpfiles",
    "--create",
    `--root=${root.path}`,
  );
  assertEquals([code, said], [0, ""]);
  for (
    const [folder, mode] of [
      ["/var/lib/fwctl", 0o700],
      ["/var/lib/fwctl/journal", 0o700],
      ["/var/lib/fwctl/seals", 0o700],
      ["/var/log/fwctl", 0o750],
    ] as const
  ) {
    const found = Deno.statSync(`${root.path}${folder}`);
    assertEquals((found.mode ?? 0) & 0o7777, mode, folder);
  }
  // Nothing is removed by age, however old.
  const kept = root.write("/var/lib/fwctl/journal/x.jsonl", "");
  Deno.utimeSync(kept, 0, 0);
  await run(
    "systemd-tmpfiles",
    "--clean",
    "--remove",
    "--boot",
    `--root=${root.path}`,
  );
  assert(Deno.statSync(kept).isFile);
});

test("systemd-sysusers makes the group", ["systemd-sysusers"], async () => {
  using root = await Installed.with("--group", "netops");
  const { code, said } = await run("systemd-sysusers", `--root=${root.path}`);
  assertEquals(code, 0, said);
  assertMatch(root.text("/etc/group"), /^netops:x:\d+:$/m);
});

test("udev reads the rule without a complaint, and would have one", [
  "udevadm",
  "unshare",
], async () => {
  using root = await Installed.with("--group", "root");
  const rule = root.text("/etc/udev/rules.d/60-fwctl.rules");
  // The rules of this machine are udev's: ours is among them in a namespace of its own.
  const read = async (text: string): Promise<string> => {
    const file = root.write("/rules", text);
    const { said } = await run(
      ...["unshare", "-m", "sh", "-ec"],
      `mount --make-rprivate /; mkdir -p /run/udev; mount -t tmpfs tmpfs /run/udev
       mkdir /run/udev/rules.d; cp "$0" /run/udev/rules.d/60-fwctl.rules
       udevadm test /sys/class/mem/null 2>&1 | grep 60-fwctl.rules`,
      file,
    );
    return said;
  };
  const fine = await read(rule);
  assertMatch(
    fine,
    /^Reading rules file: \/run\/udev\/rules\.d\/60-fwctl\.rules$/m,
  );
  assertEquals(fine.trim().split("\n").length, 1, fine);
  const broken = await read(rule.replace('MODE="0660"', 'MODDE="0660"'));
  assert(broken.trim().split("\n").length > 1, broken);
});

test(
  "logrotate rotates the log, and leaves journals alone",
  ["logrotate"],
  async () => {
    using root = await Installed.with();
    const own = root.text("/etc/logrotate.d/fwctl");
    const log = root.write("/var/log/fwctl/fwctl.log", "one line\n");
    const journal = root.write("/var/lib/fwctl/journal/a.jsonl", "{}\n");
    Deno.chmodSync(log.slice(0, log.lastIndexOf("/")), 0o750);
    const config = root.write(
      "/rotate.conf",
      own.replace("/var/log/fwctl/", `${root.path}/var/log/fwctl/`),
    );
    const state = `${root.path}/state`;
    const dry = await run("logrotate", "-d", "-s", state, config);
    assertEquals(dry.code, 0, dry.said);
    assert(!/error/i.test(dry.said), dry.said);
    const done = await run("logrotate", "-f", "-s", state, config);
    assertEquals([done.code, done.said], [0, ""]);
    assertEquals(root.text("/var/log/fwctl/fwctl.log.1"), "one line\n");
    assertEquals((Deno.statSync(log).mode ?? 0) & 0o777, 0o640);
    assertEquals(Deno.readTextFileSync(journal), "{}\n");
  },
);
