/**
 * libvirt's part of a VM's life: which hook files it runs, in which order, with
 * which arguments, environment and standard input, and what it does with what
 * they say. Its QEMU is a script.
 *
 * Source: docs/hooks.rst and virhook.c of libvirt.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { quickHook } from "../../lib/cli/vfio/quick.ts";
import { runHook } from "../../lib/cli/vfio/hook_run.ts";
import { Kept } from "../cli/kept.ts";
import { domainXml } from "./domain_xml.ts";
import { Lab, type LabOptions } from "./vm.ts";

/** As libvirt prints one hostdev. */
export function hostdev(pci: string, managed = "yes"): string {
  const [domain, bus, slot, fn] = pci.split(/[:.]/);
  return `<hostdev mode='subsystem' type='pci' managed='${managed}'>
    <source><address domain='0x${domain}' bus='0x${bus}' slot='0x${slot}' function='0x${fn}'/></source>
    <address type='pci' domain='0x0000' bus='0x07' slot='0x00' function='0x0'/>
  </hostdev>`;
}

/** What a call of the hooks came to. */
export interface Called {
  /** 0, or that of the last file that failed. */
  readonly code: number;
  /** Standard error of all files. */
  readonly err: string;
  /** The domain as the last file left it. */
  readonly xml: string;
}

/** What a start came to. */
export interface Started {
  readonly started: boolean;
  /** What libvirt tells whoever started the VM. */
  readonly err: string;
  readonly code: number;
  readonly xml: string;
}

/** How files are run: as processes, or ours in this one. */
export type How = "process" | "here";

/** A machine with libvirt. */
export class Libvirtd implements Disposable {
  readonly lab: Lab;
  /** The folder that stands for `/`. */
  readonly root: string;
  readonly #how: How;

  constructor(options: LabOptions = {}, how: How = "here") {
    this.lab = new Lab(options);
    this.root = `${this.lab.folder.path}/root`;
    this.#how = how;
  }

  /** The same with the hook installed. */
  static async install(
    vms: Record<string, unknown> = { web: { set: { log_max_qp: 12 } } },
    options: LabOptions = {},
    { how = "here", more = [] }: {
      readonly how?: How;
      readonly more?: readonly string[];
    } = {},
  ): Promise<Libvirtd> {
    const made = new Libvirtd(options, how);
    const { code, err } = await made.install(vms, ...more);
    assertEquals(code, 0, err);
    return made;
  }

  /** `hook install` with these profiles. */
  install(vms: Record<string, unknown>, ...more: string[]) {
    const profile = this.lab.folder.file("vms.json", {
      format: "fwctl-vfio-profile/1",
      vms,
    });
    return this.command("install", "--profile", profile, ...more);
  }

  /** `hook install | remove | show`. */
  command(verb: string, ...more: string[]) {
    return this.lab.run(["vfio", "hook", verb, "--root", this.root, ...more]);
  }

  /** The files that it runs: the main script, then those of the folder by name. */
  files(): string[] {
    const hooks = `${this.root}/etc/libvirt/hooks`;
    const names = [...listed(`${hooks}/qemu.d`)].map((name) => `qemu.d/${name}`)
      .sort();
    return ["qemu", ...names].map((name) => `${hooks}/${name}`).filter(
      (path) => {
        const found = stat(path);
        return found?.isFile && ((found.mode ?? 0) & 0o111) !== 0;
      },
    );
  }

  /** Runs every file, each with what the one before made of the domain; one that fails does not keep the others from it. */
  async call(
    name: string,
    operation: string,
    suboperation: string,
    xml: string | Uint8Array,
    extra = "-",
  ): Promise<Called> {
    const args = [name, operation, suboperation, extra];
    let input: Uint8Array<ArrayBuffer> = typeof xml === "string"
      ? new TextEncoder().encode(xml)
      : new Uint8Array(xml);
    let code = 0;
    let err = "";
    for (const file of this.files()) {
      const ended = this.#how === "process"
        ? await spawned(file, args, input)
        : await here(file, args, input);
      if (ended.code !== 0) code = ended.code;
      err += ended.err;
      // Nothing means: as it was.
      if (ended.out.length > 0) input = new Uint8Array(ended.out);
    }
    return { code, err, xml: new TextDecoder().decode(input) };
  }

  /**
   * Starts a VM. One that was refused is stopped, as every other.
   *
   * @param given what networks have handed out by the time of `start begin`
   */
  async start(
    name: string,
    devices: string,
    given = devices,
  ): Promise<Started> {
    let said: Called | undefined;
    for (
      const [operation, xml] of [
        ["prepare", domainXml(name, devices)],
        ["start", domainXml(name, given)],
      ] as const
    ) {
      said = await this.call(name, operation, "begin", xml);
      if (said.code === 0) continue;
      const after = await this.#stop(name, xml, "failed");
      assertEquals(after, "", "a VM that was refused is stopped quietly");
      return { ...said, started: false, err: said.err };
    }
    assert(said);
    assertEquals(said.err, "");
    const qemu = await this.#qemu(name);
    if (qemu.code !== 0) return { ...said, started: false, err: qemu.err };
    const { code, err } = await this.call(name, "started", "begin", said.xml);
    assertEquals([code, err], [0, ""]);
    return { ...said, started: true };
  }

  /** Stops a VM; what its hooks say. */
  async stop(name: string, devices: string): Promise<string> {
    return await this.#stop(name, domainXml(name, devices), "shutdown");
  }

  async #stop(name: string, xml: string, reason: string): Promise<string> {
    const stopped = await this.call(name, "stopped", "end", xml);
    const released = await this.call(name, "release", "end", xml, reason);
    return stopped.err + released.err;
  }

  /** Whether a VM's QEMU has started, and with which functions prepared. */
  proof(name: string): string | undefined {
    const path = `${this.root}/run/${name}`;
    return stat(path) ? Deno.readTextFileSync(path).trim() : undefined;
  }

  /** QEMU starts when something is prepared, and leaves a proof. */
  async #qemu(name: string) {
    Deno.mkdirSync(`${this.root}/run`, { recursive: true });
    const { code, stderr } = await new Deno.Command("/bin/sh", {
      args: [
        "-c",
        `caps=$(grep -o '"[1-8]\\.0":' "$1" 2>/dev/null | tr -d '":' | tr '\\n' ' ')
         echo "capabilities $caps" >"$2"`,
        ...["qemu", `${this.lab.folder.path}/model.state`],
        `${this.root}/run/${name}`,
      ],
      stderr: "piped",
    }).output();
    return { code, err: new TextDecoder().decode(stderr) };
  }

  [Symbol.dispose](): void {
    this.lab[Symbol.dispose]();
  }
}

interface Ran {
  readonly code: number;
  readonly out: Uint8Array;
  readonly err: string;
}

/** As libvirt runs a file: few variables, the folder /, the XML on standard input. */
async function spawned(
  file: string,
  args: readonly string[],
  input: Uint8Array<ArrayBuffer>,
): Promise<Ran> {
  const child = new Deno.Command(file, {
    args: [...args],
    cwd: "/",
    clearEnv: true,
    env: {
      LC_ALL: "C",
      PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
      // Not libvirt's: its own folder would be compiled into anew.
      DENO_DIR: Deno.env.get("DENO_DIR") ??
        `${Deno.env.get("HOME")}/.cache/deno`,
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  // A hook that has nothing to do does not read it, which libvirt does not mind.
  await writer.write(input).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await child.output();
  const said = new TextDecoder().decode(stderr);
  const command = [file, ...args].join(" ");
  return {
    code,
    out: stdout,
    err: code === 0
      ? said
      : `Hook script execution failed: internal error: Child process (${command}) unexpected exit status ${code}: ${said}`,
  };
}

/** Our file in this process: what its shell script says, without a shell. */
async function here(
  file: string,
  [name = "", operation = "", suboperation = "", extra = ""]: readonly string[],
  input: Uint8Array<ArrayBuffer>,
): Promise<Ran> {
  const text = Deno.readTextFileSync(file);
  const calls = /^case "\$2 \$3" in\n(.*)\) ;;$/m.exec(text)?.[1] ?? "";
  const nothing = { code: 0, out: new Uint8Array(), err: "" };
  if (!calls.includes(`"${operation} ${suboperation}"`)) return nothing;
  const words = /^exec (.*) "\$@"$/m.exec(text)?.[1]?.split(" ") ?? [];
  const line = words.slice(words.indexOf("vfio"));
  const quick = quickHook([...line, name, operation, suboperation, extra]);
  assert(quick, text);
  const output = new Kept(false);
  const code = await runHook(
    { globals: quick.globals, output },
    quick.call,
    new Blob([input]).stream(),
  );
  return { code, out: new TextEncoder().encode(output.out), err: output.err };
}

function* listed(folder: string): Iterable<string> {
  if (!stat(folder)) return;
  for (const { name } of Deno.readDirSync(folder)) yield name;
}

function stat(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
