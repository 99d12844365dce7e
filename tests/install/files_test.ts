/** What goes onto a host, from its wish alone. */
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import {
  everyLink,
  everyPath,
  hostFiles,
  hostLinks,
} from "../../lib/install/files.ts";
import { marked, standing } from "../../lib/install/mark.ts";
import { EXAMPLE_POLICY } from "../../lib/install/readme.ts";
import { HOST_TAG, type HostWish } from "../../lib/install/types.ts";
import { execLine } from "../../lib/install/units.ts";
import { parsePolicy } from "../../lib/plan/policy.ts";

const WISH: HostWish = {
  program: "/usr/local/bin/fwctl",
  wait: 60,
  waitFor: [],
  seal: false,
  drift: "hourly",
  keepDays: 90,
  rawio: false,
  modules: [],
  command: "fwctl host install",
};

/** The text of one file. */
function textOf(wish: Partial<HostWish>, end: string): string {
  const file = hostFiles({ ...WISH, ...wish })
    .find(({ path }) => path.endsWith(end));
  assert(file, end);
  return file.text;
}

Deno.test("whatever is wished for, uninstall looks at every path it is written to", () => {
  const wishes = fc.record({
    wait: fc.nat(3600),
    waitFor: fc.subarray(["fwctl0", "0000:3b:00.0", "mem0"]),
    seal: fc.boolean(),
    drift: fc.constantFrom("hourly", "Mon..Fri 06:00", "*-*-* 00/2:00"),
    prometheus: fc.constantFrom(undefined, "/var/lib/node_exporter"),
    keepDays: fc.nat(400),
    group: fc.constantFrom(undefined, "fwctl", "netops"),
    rawio: fc.boolean(),
    trust: fc.constantFrom(undefined, "/etc/fwctl/trust"),
    modules: fc.subarray(["mlx5_fwctl", "cuse"]),
  });
  fc.assert(
    fc.property(wishes, (some) => {
      const wish = { ...WISH, ...some };
      const known = everyPath();
      const links = everyLink().map(({ path }) => path);
      for (const { path, text } of hostFiles(wish)) {
        assert(known.includes(path), path);
        assertEquals(standing(text, HOST_TAG), "installed", path);
        assert(text.endsWith("\n"), path);
      }
      for (const { path, target } of hostLinks(wish)) {
        assert(links.includes(path) && known.includes(target), path);
      }
    }),
    { numRuns: 100 },
  );
});

Deno.test("a mark finds every edit, and takes nothing for ours that is not", () => {
  for (const { text, path } of hostFiles(WISH)) {
    assertEquals(
      standing(text.replace("# fwctl", "# FWCTL"), HOST_TAG),
      "foreign",
    );
    assertEquals(standing(`${text}\n`, HOST_TAG), "changed", path);
    assertEquals(standing(text.slice(0, -1), HOST_TAG), "changed", path);
    const body = text.split("\n").slice(1).join("\n");
    assertEquals(standing(body, HOST_TAG), "foreign", path);
  }
  const script = marked("#!/bin/sh\nexit 0\n", "x/1");
  assert(script.startsWith("#!/bin/sh\n# x/1 sha256:"), script);
  assertEquals(standing(script, "x/1"), "installed");
  assertEquals(standing(script, "y/1"), "foreign");
  assertEquals(standing("", "x/1"), "foreign");
});

Deno.test("drift is seen somewhere: as a failed unit, or in metrics when there are some", () => {
  const plain = textOf({}, "fwctl-drift.service");
  assert(!plain.includes("SuccessExitStatus"), plain);
  const measured = textOf(
    { prometheus: "/var/lib/node_exporter" },
    "fwctl-drift.service",
  );
  assertStringIncludes(measured, "\nSuccessExitStatus=2\n");
  assertStringIncludes(
    measured,
    "--prometheus /var/lib/node_exporter/fwctl.prom\n",
  );
  // The folder is another user's, and may not be there yet.
  assertStringIncludes(measured, "\nReadWritePaths=-/var/lib/node_exporter\n");
  assertStringIncludes(
    measured,
    "\nCapabilityBoundingSet=CAP_DAC_OVERRIDE\n",
  );
});

Deno.test("no service has a capability that was not asked for", () => {
  for (const name of ["apply", "drift", "prune"]) {
    assertStringIncludes(
      textOf({}, `fwctl-${name}.service`),
      "\nCapabilityBoundingSet=\n",
    );
  }
  assertStringIncludes(
    textOf({ rawio: true }, "fwctl-apply.service"),
    "\nCapabilityBoundingSet=CAP_SYS_RAWIO\n",
  );
});

Deno.test("the udev rule says that who may open a node may write", () => {
  const paths = hostFiles(WISH).map(({ path }) => path);
  assert(!paths.some((path) => path.includes("udev")), "nobody asked for it");
  const rule = textOf({ group: "netops" }, "60-fwctl.rules");
  assertStringIncludes(
    rule,
    '\nSUBSYSTEM=="fwctl", GROUP="netops", MODE="0660"\n',
  );
  assertStringIncludes(rule, "may do what root may");
  assertStringIncludes(
    textOf({ group: "netops" }, "sysusers.d/fwctl.conf"),
    "\ng netops -\n",
  );
});

Deno.test("words of a unit's command line come out of systemd's quoting as they went in", () => {
  assertEquals(execLine(["/bin/a", "b-c", "d:e"]), "/bin/a b-c d:e");
  assertEquals(
    execLine(["/bin/a", 'x "y" %i $z \\']),
    '/bin/a "x \\"y\\" %%i $$z \\\\"',
  );
});

Deno.test("the policy of the host's README is one", () => {
  const policy = parsePolicy(EXAMPLE_POLICY, "README");
  assertEquals([policy.scope, policy.effect], ["configuration", "runtime"]);
  const shown = textOf({}, "etc/fwctl/README");
  const [, json = ""] = /\n( {2}\{\n[^]*?\n {2}\})\n/.exec(shown) ?? [];
  assertEquals(JSON.parse(json), EXAMPLE_POLICY);
});

Deno.test("a value that would be another line of a file, or that a service would not see, is refused", () => {
  const bad: Partial<HostWish>[] = [
    { program: "fwctl" },
    { program: "/bin/x\nExecStartPre=/bin/rm" },
    { program: "/bin/x y" },
    { program: "/root/.deno/bin/fwctl" },
    { trust: "/tmp/keys" },
    { prometheus: "/x\nCapabilityBoundingSet=~" },
    { trust: "keys" },
    { group: 'x", RUN+="/bin/sh' },
    { modules: ["a b"] },
    { waitFor: ["fwctl0 --force"] },
    { waitFor: ["a\nb"] },
    { drift: "hourly\nUnit=reboot.target" },
  ];
  for (const wish of bad) {
    const error = assertThrows(() => hostFiles({ ...WISH, ...wish }));
    assertStringIncludes(String(error), "--", JSON.stringify(wish));
  }
});

Deno.test("what is written is known without a machine: lib/install asks for none", () => {
  const folder = new URL("../../lib/install/", import.meta.url);
  const files = [...Deno.readDirSync(folder)];
  assert(files.length > 5);
  for (const { name } of files) {
    const text = Deno.readTextFileSync(new URL(name, folder));
    assert(!/\bDeno\.|from "node:/.test(text), name);
  }
});
