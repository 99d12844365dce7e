/**
 * libvirt's hook, end to end: the installed file, run as libvirt runs it, with
 * the XML of a domain on standard input.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { hookScript } from "../../lib/cli/vfio_script.ts";
import { quickHook } from "../../lib/cli/vfio_quick.ts";
import { hookTime } from "../bench/vfio_bench.ts";
import { Lab, type LabOptions, VF } from "../vfio/vm.ts";
import { domainXml } from "../vfio/domain_xml.ts";

/** As libvirt prints one hostdev. */
function hostdev(pci: string, managed = "yes"): string {
  const [domain, bus, slot, fn] = pci.split(/[:.]/);
  return `<hostdev mode='subsystem' type='pci' managed='${managed}'>
    <source><address domain='0x${domain}' bus='0x${bus}' slot='0x${slot}' function='0x${fn}'/></source>
    <address type='pci' domain='0x0000' bus='0x07' slot='0x00' function='0x0'/>
  </hostdev>`;
}

/** A machine with the hook installed. */
class Libvirt implements Disposable {
  readonly lab: Lab;
  readonly file: string;

  constructor(options: LabOptions) {
    this.lab = new Lab(options);
    this.file =
      `${this.lab.folder.path}/root/etc/libvirt/hooks/qemu.d/50-fwctl-vfio`;
  }

  static async install(
    vms: Record<string, unknown> = { web: { set: { log_max_qp: 12 } } },
    options: LabOptions = {},
  ): Promise<Libvirt> {
    const made = new Libvirt(options);
    const profile = made.lab.folder.file("vms.json", {
      format: "fwctl-vfio-profile/1",
      vms,
    });
    const { code, err } = await made.command("install", "--profile", profile);
    assertEquals(code, 0, err);
    return made;
  }

  command(verb: string, ...more: string[]) {
    const root = `${this.lab.folder.path}/root`;
    return this.lab.run(["vfio", "hook", verb, "--root", root, ...more]);
  }

  /** As libvirt does: an empty environment, the folder /, the XML on standard input. */
  async call(
    name: string,
    operation: string,
    suboperation: string,
    xml: string | Uint8Array,
  ): Promise<{ code: number; err: string }> {
    const child = new Deno.Command("/bin/sh", {
      // The file's own cache folder would be compiled into anew.
      args: [
        "-c",
        `sed 's|^DENO_DIR=.*|DENO_DIR=${cacheFolder()}|' ${this.file} >${this.file}.test; exec sh ${this.file}.test "$@"`,
        "sh",
        ...[name, operation, suboperation, "-"],
      ],
      cwd: "/",
      clearEnv: true,
      env: { LC_ALL: "C", PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(
      typeof xml === "string" ? new TextEncoder().encode(xml) : xml,
    )
      .catch(() => {});
    await writer.close().catch(() => {});
    const { code, stderr } = await child.output();
    return { code, err: new TextDecoder().decode(stderr) };
  }

  [Symbol.dispose](): void {
    this.lab[Symbol.dispose]();
  }
}

function cacheFolder(): string {
  return Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;
}

/** The VM starts when the hook lets it, as libvirt has it: its QEMU is here a word. */
async function start(libvirt: Libvirt, name: string, devices: string) {
  const xml = domainXml(name, devices);
  const begun = await libvirt.call(name, "prepare", "begin", xml);
  return { ...begun, started: begun.code === 0, xml };
}

Deno.test("a VM starts with its profile, and gives it back when it has ended", async () => {
  using libvirt = await Libvirt.install();
  const { lab } = libvirt;
  const { started, err, xml } = await start(libvirt, "web", hostdev(VF));
  assert(started, err);
  assertEquals(err, "");
  assertEquals(await lab.value("log_max_qp"), 12);
  for (
    const [operation, sub] of [["start", "begin"], ["started", "begin"], [
      "stopped",
      "end",
    ]] as const
  ) {
    assertEquals((await libvirt.call("web", operation, sub, xml)).code, 0);
    assertEquals(await lab.value("log_max_qp"), 12);
  }
  const ended = await libvirt.call("web", "release", "end", xml);
  assertEquals(ended, { code: 0, err: "" });
  assertEquals(await lab.value("log_max_qp"), 17);
});

Deno.test("an interface of type hostdev and two functions are prepared as well", async () => {
  using libvirt = await Libvirt.install();
  const { started } = await start(
    libvirt,
    "web",
    `${
      hostdev(VF, "no")
    }<interface type='hostdev' managed='yes'><source><address type='pci' bus='0x3b' slot='0' function='3'/></source></interface>`,
  );
  assert(started);
  assertEquals(await libvirt.lab.value("log_max_qp"), 12);
  assertEquals(
    await libvirt.lab.value("log_max_qp", "GENERAL", "0000:3b:00.3"),
    12,
  );
});

Deno.test("a refusal keeps the VM from starting, with one line that says why", async () => {
  using libvirt = await Libvirt.install(undefined, {
    vfs: {
      enabled: 4,
      drivers: ["mlx5_core", "vfio-pci"],
      heldBy: [null, "qemu-kvm[31]"],
    },
  });
  for (
    const [pci, words] of [
      [VF, "is bound to mlx5_core"],
      ["0000:3b:00.3", "is in use: held by qemu-kvm[31]"],
    ] as const
  ) {
    const { started, err, code } = await start(libvirt, "web", hostdev(pci));
    assert(!started);
    assertEquals(code, 1);
    assertStringIncludes(err, `fwctl: web: VF `);
    assertStringIncludes(err, words);
    assertEquals(err.split("\n").length, 2, err);
  }
});

Deno.test("a firmware that refuses keeps the VM from starting", async () => {
  using libvirt = await Libvirt.install(undefined, {
    firmware: { faults: [{ request: "SET_HCA_CAP", repeat: true, status: 9 }] },
  });
  const { code, err } = await start(libvirt, "web", hostdev(VF));
  assertEquals(code, 1);
  assertStringIncludes(err, "BAD_RES_STATE");
  assertEquals(err.trim().split("\n").length, 1);
});

Deno.test("VMs without a profile and devices that are not ours are let through", async () => {
  using libvirt = await Libvirt.install({
    web: { set: { log_max_qp: 12 } },
    "*": { set: { log_max_qp: 10 } },
  });
  assert((await start(libvirt, "gpu", hostdev("0000:65:00.0"))).started);
  assert((await start(libvirt, "plain", "")).started);
  assertEquals(await libvirt.lab.value("log_max_qp"), 17);
  assert((await start(libvirt, "db", hostdev(VF))).started);
  assertEquals(await libvirt.lab.value("log_max_qp"), 10);
});

Deno.test("a VM with a profile of its own does not start without its function, or with another's", async () => {
  using libvirt = await Libvirt.install({
    web: { vfs: [VF], set: { log_max_qp: 12 } },
  });
  const none = await start(libvirt, "web", "");
  assertStringIncludes(none.err, "none of its devices is a virtual function");
  const other = await start(libvirt, "web", hostdev("0000:3b:00.3"));
  assertStringIncludes(other.err, "is none of the functions in the profile");
  assert(!none.started && !other.started);
});

Deno.test("a VM that ends does not take away what another VM has by now", async () => {
  using libvirt = await Libvirt.install({ "*": { set: { log_max_qp: 12 } } });
  const old = await start(libvirt, "old", hostdev(VF));
  assert((await start(libvirt, "new", hostdev(VF))).started);
  assertEquals((await libvirt.call("old", "release", "end", old.xml)).code, 0);
  assertEquals(await libvirt.lab.value("log_max_qp"), 12);
});

Deno.test("hostile XML is refused in bounded time, with one readable line", async () => {
  using libvirt = await Libvirt.install();
  const bomb =
    `<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><domain><name>&b;</name></domain>`;
  for (
    const [xml, words] of [
      [bomb, "has a document type"],
      [`<domain>${"<a>".repeat(200_000)}`, "elements deep"],
      [new Uint8Array(10 << 20).fill(97), "has more than 4194304 bytes"],
      [`<domain><name>other</name></domain>`, 'of the domain "other"'],
      ["", "has no element"],
      [new Uint8Array([0xff, 0xfe]), "is not UTF-8"],
      [
        domainXml(
          "web",
          "<hostdev type='pci'><source><address bus='\u202e'/></source></hostdev>",
        ),
        "PCI address whose bus",
      ],
    ] as const
  ) {
    const started = performance.now();
    const { code, err } = await libvirt.call("web", "prepare", "begin", xml);
    assertEquals(code, 1);
    assertStringIncludes(err, words);
    assertEquals(err.trim().split("\n").length, 1, err);
    assert(!/[\p{Cf}]/u.test(err));
    assert(performance.now() - started < 5000);
  }
});

Deno.test("install, show and remove leave alone what is not theirs", async () => {
  using libvirt = await Libvirt.install();
  const { file, lab } = libvirt;
  const mode = Deno.statSync(file).mode ?? 0;
  assertEquals(mode & 0o777, 0o755);
  const shown = await libvirt.command("show");
  assertStringIncludes(shown.out, "50-fwctl-vfio: installed");
  Deno.writeTextFileSync(file, `${Deno.readTextFileSync(file)}# mine\n`);
  const edited = await libvirt.command("remove");
  assertEquals(edited.code, 1);
  assertStringIncludes(edited.err, "was edited since");
  assertEquals((await libvirt.command("remove", "--force")).code, 0);
  assertEquals((await libvirt.command("remove")).code, 0);
  Deno.writeTextFileSync(file, "#!/bin/sh\necho mine\n");
  for (const verb of ["remove", "install"]) {
    const more = verb === "install"
      ? ["--profile", `${lab.folder.path}/vms.json`]
      : [];
    const { code, err } = await libvirt.command(verb, "--force", ...more);
    assertEquals(code, 1);
    assertStringIncludes(err, "is not ours");
  }
  assertEquals(Deno.readTextFileSync(file), "#!/bin/sh\necho mine\n");
});

Deno.test("a profile that cannot be read is refused when the hook is installed, not when a VM starts", async () => {
  using libvirt = new Libvirt({});
  const bad = libvirt.lab.folder.file("bad.json", { format: "x" });
  const { code, err } = await libvirt.command("install", "--profile", bad);
  assertEquals(code, 1);
  assertStringIncludes(err, "format is");
});

Deno.test("words of the hook mean themselves to a shell", () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }).filter((text) => !/[\n\r\0]/.test(text)),
      (word) => {
        const text = hookScript({ profile: `/${word}` });
        const line =
          text.split("\n").find((each) => each.startsWith("exec ")) ??
            "";
        // What a shell makes of single quotes: all in them is itself.
        const words = line.match(/(?:'[^']*'|\\'|[^\s'"\\])+/g) ?? [];
        const bare = words.map((each) =>
          each.replace(
            /'([^']*)'|\\'/g,
            (whole, inner) => whole === "\\'" ? "'" : inner,
          )
        );
        assertEquals(bare[bare.indexOf("--profile") + 1], `/${word}`);
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("the short way reads a hook's line as the parser does, or leaves it to it", () => {
  const line = ["vfio", "hook", "run", "--profile", "/p", "--state-dir", "/s"];
  assertEquals(quickHook([...line, "--", "-web", "prepare", "begin", "-"]), {
    globals: {
      model: undefined,
      modelState: undefined,
      policy: undefined,
      stateDir: "/s",
    },
    call: {
      name: "-web",
      operation: "prepare",
      suboperation: "begin",
      profile: "/p",
    },
  });
  for (
    const other of [
      ["vfio", "hook", "show", "--", "a", "b"],
      [...line, "web", "prepare", "begin"],
      [...line, "--json", "--", "web", "prepare"],
      [...line, "--profile", "/q", "--", "web", "prepare"],
      ["vfio", "hook", "run", "--", "web", "prepare", "begin"],
      [...line, "--"],
    ]
  ) assertEquals(quickHook(other), undefined);
});

Deno.test("a VM does not wait long for its hook", async () => {
  using lab = new Lab();
  const times: number[] = [];
  for (let run = 0; run < 3; run++) {
    times.push(await hookTime(lab.folder.path, run));
  }
  // 300 ms is the claim, which tests/bench holds; here others run beside it.
  assert(Math.min(...times) < 1500, `${times} ms`);
});
