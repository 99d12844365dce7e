// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * Boots a built kernel in QEMU and runs one command beside real fwctl devices:
 *
 *     deno run -A tests/kernel/boot.ts DIR COMMAND [WORDS…]
 *
 * The guest has this machine's files: it reads them, and what it writes is
 * thrown away with it. It has no network. COMMAND runs in DIR by /bin/sh, as
 * root; its output and exit status are this program's. Files it leaves in /out
 * come back into FWCTL_KERNEL_OUT, when that names a folder. WORDS are of the
 * kernel's command line; `init` says which it knows. FWCTL_KERNEL is the version
 * to boot, the newest without it; VM_TIMEOUT seconds are allowed (900).
 *
 * @module
 */
import { dirname, join, resolve } from "@std/path";
import { ROOT } from "../paths.ts";
import { type Kernel, kernels } from "./cache.ts";

/** How a command in the machine ended. */
export interface Booted {
  readonly code: number;
  readonly output: string;
  /** The kernel's console. */
  readonly console: string;
}

/** What is special about a run. */
export interface BootOptions {
  /** Words of the kernel's command line. */
  readonly words?: readonly string[];
  /** A folder of this machine that is /out there, writable. */
  readonly out?: string;
  /** Seconds; 900 without. */
  readonly timeout?: number;
}

/** The kernel to boot, or why there is none. */
export function chosenKernel(): Kernel | { readonly reason: string } {
  const unseen = [ROOT, Deno.env.get("DENO_DIR") ?? ""]
    .find((path) => path.startsWith("/tmp/"));
  if (unseen !== undefined) {
    return {
      reason:
        `${unseen} is below /tmp, and the machine has a /tmp of its own: it would not find it`,
    };
  }
  const wanted = Deno.env.get("FWCTL_KERNEL");
  const found = kernels().find((one) => !wanted || one.version === wanted);
  if (!found) {
    return {
      reason: wanted
        ? `no kernel ${wanted} in the cache`
        : "no kernel in the cache: deno task kernel:build makes one",
    };
  }
  try {
    new Deno.Command("qemu-system-x86_64", {
      args: ["--version"],
      stdout: "null",
    }).outputSync();
  } catch {
    return {
      reason: "qemu-system-x86_64 is not there (Debian's qemu-system-x86)",
    };
  }
  return found;
}

/**
 * The devices of the machine, in the order in which they take their addresses:
 * what it needs itself, five that the stand-ins sit on, a PF where it is asked for.
 */
function hardware(words: readonly string[], job: string): string[] {
  const sriov = words.includes("lab.sriov");
  const memory = [0, 1].flatMap((node) => [
    "-object",
    `memory-backend-ram,id=m${node},size=1536M`,
    "-numa",
    `node,memdev=m${node},cpus=${node}`,
  ]);
  const shared = "local,security_model=none,multidevs=remap";
  const devices = [
    // An IOMMU must be the first.
    ...(sriov && !words.includes("lab.noiommu")
      ? ["intel-iommu,intremap=on"]
      : []),
    `virtio-9p-pci,fsdev=host,mount_tag=host`,
    `virtio-9p-pci,fsdev=job,mount_tag=job`,
    "virtio-rng-pci",
    ...Array(5).fill("pci-testdev"),
    ...(sriov ? PHYSICAL_FUNCTION : []),
  ];
  return [
    // One processor: a second one is not emulated at the same time where two
    // machines share two, and waiting for each other takes ten times as long.
    ...["-accel", "tcg", "-cpu", "max", "-smp", "1,maxcpus=2,sockets=2"],
    // SR-IOV lives in the configuration space of PCI Express, which q35 has.
    ...(sriov ? ["-machine", "q35"] : []),
    ...["-m", "3G", ...memory],
    ...["-fsdev", `${shared},id=host,path=/,readonly=on`],
    ...["-fsdev", `${shared},id=job,path=${job}`],
    ...devices.flatMap((device) => ["-device", device]),
  ];
}

/** The one device of Debian 12's QEMU that has virtual functions is NVMe. */
const PHYSICAL_FUNCTION = [
  "pcie-root-port,id=rp,chassis=1,slot=1",
  "nvme-subsys,id=subsys",
  "nvme,serial=lab,subsys=subsys,bus=rp,sriov_max_vfs=8,sriov_vq_flexible=16,sriov_vi_flexible=8",
];

function commandLine(words: readonly string[]): string {
  const iommu = words.includes("lab.sriov") && !words.includes("lab.noiommu")
    ? ["intel_iommu=on", "iommu=pt"]
    : [];
  return [
    "console=ttyS0 quiet loglevel=3 panic=-1 oops=panic",
    ...iommu,
    ...words,
  ].join(" ");
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The script that the guest runs. */
function guestScript(directory: string, command: string): string {
  const kept = ["PATH", "HOME", "DENO_DIR", "FWCTL_PEERS"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [`export ${name}=${quoted(value)}`];
  });
  return [
    ...kept,
    // This Deno, however it was started here.
    `export PATH=${quoted(dirname(Deno.execPath()))}:"$PATH"`,
    "export NO_COLOR=1 TMPDIR=/tmp",
    "[ -d /out ] || ln -s /tmp/job/out /out",
    `cd ${quoted(directory)} || exit`,
    command,
    "",
  ].join("\n");
}

/** What the console says when the kernel did not come up, see below. */
export const NO_BOOT = "timer doesn't work through";
/** Times that is tried. */
const TRIES = 3;

/** Runs a command in the machine. */
export async function boot(
  kernel: Kernel,
  directory: string,
  command: string,
  options: BootOptions = {},
): Promise<Booted> {
  for (let tries = 1;; tries++) {
    const booted = await bootOnce(kernel, directory, command, options);
    // Beside much other work the emulated timer is late while the kernel tries
    // it, and the kernel gives up before anything of ours has run.
    if (tries === TRIES || !booted.console.includes(NO_BOOT)) return booted;
  }
}

async function bootOnce(
  kernel: Kernel,
  directory: string,
  command: string,
  { words = [], out, timeout = 900 }: BootOptions,
): Promise<Booted> {
  const job = await Deno.makeTempDir();
  const consoleFile = join(job, "console");
  try {
    await Deno.writeTextFile(
      join(job, "command"),
      guestScript(resolve(directory), command),
    );
    await Deno.mkdir(join(job, "out"));
    const qemu = new Deno.Command("timeout", {
      args: [
        String(timeout),
        "qemu-system-x86_64",
        ...hardware(words, job),
        "-display",
        "none",
        "-no-reboot",
        "-nodefaults",
        "-kernel",
        join(kernel.path, "bzImage"),
        "-initrd",
        join(kernel.path, "initrd.gz"),
        "-append",
        commandLine(words),
        "-serial",
        `file:${consoleFile}`,
      ],
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const ended = await qemu.output();
    const read = (name: string) =>
      Deno.readTextFile(join(job, name)).catch(() => "");
    const said = await read("console");
    const status = await read("status");
    if (status === "") {
      const errors = new TextDecoder().decode(ended.stderr);
      return {
        code: 125,
        output: `${await read(
          "output",
        )}${errors}the machine did not finish; its console ends:\n${
          said.split("\n").slice(-40).join("\n")
        }\n`,
        console: said,
      };
    }
    if (out !== undefined) await bringBack(join(job, "out"), out);
    return {
      code: Number(status),
      output: await read("output"),
      console: said,
    };
  } finally {
    await Deno.remove(job, { recursive: true });
  }
}

async function bringBack(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(from)) {
    if (entry.isFile) {
      await Deno.copyFile(join(from, entry.name), join(to, entry.name));
    }
  }
}

if (import.meta.main) {
  const [directory, command, ...words] = Deno.args;
  if (directory === undefined || command === undefined) {
    console.error("usage: boot.ts DIR COMMAND [WORDS…]");
    Deno.exit(2);
  }
  const kernel = chosenKernel();
  if ("reason" in kernel) {
    console.error(kernel.reason);
    Deno.exit(125);
  }
  const out = Deno.env.get("FWCTL_KERNEL_OUT");
  const booted = await boot(kernel, directory, command, {
    words,
    ...(out === undefined ? {} : { out }),
    timeout: Number(Deno.env.get("VM_TIMEOUT") ?? 900),
  });
  await Deno.stdout.write(new TextEncoder().encode(booted.output));
  Deno.exit(booted.code);
}
