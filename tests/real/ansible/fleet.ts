/**
 * A fleet in network namespaces: a controller and hosts with an sshd each, on
 * a bridge that nothing else is on, every host with its own files. Nothing of
 * the machine's own network or files is touched.
 *
 * @module
 */
import { ROOT } from "../../paths.ts";

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end. */
export async function run(
  argv: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  const [program = "", ...args] = argv;
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    stdin: "null",
    ...options,
  }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

/** The same for what must not fail. */
export async function must(...argv: readonly string[]): Promise<string> {
  const { code, out, err } = await run(argv);
  if (code !== 0) throw new Error(`${argv.join(" ")}: ${err}${out}`);
  return out;
}

/** Why there can be no fleet here; undefined when there can. */
export async function whyNot(): Promise<string | undefined> {
  if (Deno.uid() !== 0) return "network namespaces need root";
  const programs = [
    ["ansible-playbook", "ansible-core"],
    ["/usr/sbin/sshd", "openssh-server"],
    ["ssh-keygen", "openssh-client"],
    ["ip", "iproute2"],
    ["unshare", "util-linux"],
  ];
  for (const [program = "", from] of programs) {
    const { code } = await run(["sh", "-c", 'command -v "$0"', program]);
    if (code !== 0) return `there is no ${program} (${from})`;
  }
  const room = Deno.makeTempDirSync({ prefix: "fwctl-why-" });
  const name = `fwt${Deno.pid}w`;
  try {
    const { code, err } = await run(["ip", "netns", "add", name]);
    if (code !== 0) return `network namespaces are not permitted: ${err}`;
    // The same as a host needs.
    const mounts = await run([
      ..."unshare --mount --propagation private sh -euc".split(" "),
      'mkdir $0/up $0/work; mount -t overlay overlay -o "lowerdir=/etc,upperdir=$0/up,workdir=$0/work" /etc',
      room,
    ]);
    if (mounts.code !== 0) {
      return `${room} cannot be the upper layer of an overlay: ${mounts.err}`;
    }
    return undefined;
  } finally {
    await run(["ip", "netns", "del", name]);
    Deno.removeSync(room, { recursive: true });
  }
}

/** A host of the fleet. */
export interface FleetHost {
  /** Its name in the inventory. */
  readonly name: string;
  /** Its address on the fleet's bridge. */
  readonly address: string;
  /** The folder that has its files: `model`, `state`, and `up` for all else it wrote. */
  readonly room: string;
}

const PORT = 2222;

/** A running fleet. `await using` ends it. */
export class Fleet implements AsyncDisposable {
  readonly hosts: readonly FleetHost[];
  readonly path: string = Deno.makeTempDirSync({ prefix: "fwctl-fleet-" });
  readonly #prefix = `fwt${Deno.pid}`;
  readonly #daemons: Deno.ChildProcess[] = [];

  private constructor(names: readonly string[]) {
    this.hosts = names.map((name, index) => ({
      name,
      address: `10.77.0.${index + 11}`,
      room: `${this.path}/${name}`,
    }));
  }

  /** Starts a fleet and waits until every sshd answers. */
  static async start(names: readonly string[]): Promise<Fleet> {
    const fleet = new Fleet(names);
    try {
      await fleet.#start();
    } catch (error) {
      await fleet[Symbol.asyncDispose]();
      throw error;
    }
    return fleet;
  }

  /** A host by its name. */
  host(name: string): FleetHost {
    const found = this.hosts.find((each) => each.name === name);
    if (!found) throw new Error(`no host ${name}`);
    return found;
  }

  get #controller(): string {
    return `${this.#prefix}c`;
  }

  async #start(): Promise<void> {
    Deno.chmodSync(this.path, 0o755);
    const key = `${this.path}/key`;
    const keygen = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f"];
    await must(...keygen, key);
    const inside = ["ip", "-n", this.#controller];
    await must("ip", "netns", "add", this.#controller);
    await must(...inside, "link", "set", "lo", "up");
    await must(...inside, "link", "add", "fleet", "type", "bridge");
    await must(...inside, "addr", "add", "10.77.0.1/24", "dev", "fleet");
    await must(...inside, "link", "set", "fleet", "up");
    for (const [index, host] of this.hosts.entries()) {
      await this.#addHost(host, `${this.#prefix}h${index}`, `to${index}`);
    }
    await Promise.all(this.hosts.map((host) => this.#answers(host)));
  }

  async #addHost(
    { address, room }: FleetHost,
    space: string,
    link: string,
  ): Promise<void> {
    for (const folder of ["model", "state", "up", "work"]) {
      Deno.mkdirSync(`${room}/${folder}`, { recursive: true });
    }
    const keygen = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f"];
    await must(...keygen, `${room}/host_key`);
    Deno.copyFileSync(`${this.path}/key.pub`, `${room}/authorized_keys`);
    await must("ip", "netns", "add", space);
    const link1 = ["ip", "-n", this.#controller, "link"];
    await must(
      ...[...link1, "add", link, "type", "veth"],
      ...["peer", "name", "eth0", "netns", space],
    );
    await must(...link1, "set", link, "master", "fleet", "up");
    const inside = ["ip", "-n", space];
    await must(...inside, "link", "set", "lo", "up");
    await must(...inside, "addr", "add", `${address}/24`, "dev", "eth0");
    await must(...inside, "link", "set", "eth0", "up");
    this.#daemons.push(
      new Deno.Command("ip", {
        args: [
          ...["netns", "exec", space, "unshare", "--mount"],
          ...["--propagation", "private", "sh", "-c", 'exec "$@" 2>"$0"'],
          `${room}/sshd.log`,
          ...["sh", `${ROOT}tests/real/ansible/host.sh`, room, `${PORT}`],
        ],
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn(),
    );
  }

  async #answers(host: FleetHost): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      const { code } = await this.ssh(host, "true");
      if (code === 0) return;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(
      `${host.name} does not answer: ${
        Deno.readTextFileSync(`${host.room}/sshd.log`)
      }`,
    );
  }

  /** What ssh needs to log in on a host. */
  get sshOptions(): readonly string[] {
    return [
      ...[
        "-o",
        "StrictHostKeyChecking=no",
        "-o",
        "UserKnownHostsFile=/dev/null",
      ],
      ...["-o", "LogLevel=ERROR", "-o", "IdentitiesOnly=yes"],
      ...["-o", "ConnectTimeout=5", "-F", "none", "-i", `${this.path}/key`],
    ];
  }

  /** Runs a command on a host. */
  ssh({ address }: FleetHost, command: string): Promise<Ended> {
    return this.inside([
      ...["ssh", ...this.sshOptions, "-p", `${PORT}`],
      ...[`root@${address}`, command],
    ]);
  }

  /** Runs a program where the controller is. */
  inside(
    argv: readonly string[],
    options: { cwd?: string; env?: Record<string, string> } = {},
  ): Promise<Ended> {
    return run(["ip", "netns", "exec", this.#controller, ...argv], options);
  }

  /** Variables that every host has in an inventory. */
  variables({ address }: FleetHost): Record<string, unknown> {
    return {
      ansible_host: address,
      ansible_port: PORT,
      ansible_user: "root",
      ansible_python_interpreter: "/usr/bin/python3",
      // The tests are root on both ends; there may be no sudo.
      ansible_become: false,
      ansible_ssh_common_args: this.sshOptions.join(" "),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const spaces = [
      this.#controller,
      ...this.hosts.map((_, index) => `${this.#prefix}h${index}`),
    ];
    for (const space of spaces) {
      // Only what this fleet started is in its namespaces.
      const { out } = await run(["ip", "netns", "pids", space]);
      for (const pid of out.split("\n").filter((line) => line !== "")) {
        await run(["kill", "-KILL", pid]);
      }
    }
    await Promise.all(this.#daemons.map(({ status }) => status));
    for (const space of spaces) await run(["ip", "netns", "del", space]);
    Deno.removeSync(this.path, { recursive: true });
  }
}
