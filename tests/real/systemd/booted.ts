/**
 * A host that boots: the real systemd as the first process of its own
 * namespaces, with the units that `fwctl host install` wrote, all of their
 * sandboxing, and a modelled machine behind fwctl.
 *
 * Of this machine it has the programs, over which what it writes lies as a
 * layer that goes with it; none of its units but the targets they need.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { type Installed, type Ran, run } from "./root.ts";

/** Targets that a boot goes through. */
const TARGETS: readonly string[] = [
  ...["sysinit", "basic", "multi-user", "timers", "sockets", "paths", "slices"],
  ...["local-fs", "swap", "shutdown", "umount", "final"],
].map((name) => `${name}.target`);

/** fwctl in it, without a model. */
export const BARE = "/opt/fwctl/current/bin/fwctl";

/** Makes the namespaces' file systems and becomes systemd; $0 is the root to lay over, $1 a name. */
const BOOT = `
mount --make-rprivate /
# A group of its own in every hierarchy, so that nothing of it stays.
for group in /sys/fs/cgroup /sys/fs/cgroup/*; do
  [ -f "$group/cgroup.procs" ] || continue
  mkdir "$group/$1" && echo $$ > "$group/$1/cgroup.procs" || true
done
exec unshare -C sh -ec '
  base=$(mktemp -d); mount -t tmpfs tmpfs "$base"
  mkdir "$base/upper" "$base/work" "$base/root"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$base/upper,workdir=$base/work" "$base/root"
  cd "$base/root"
  for place in usr/lib/systemd/system usr/lib/systemd/system-generators etc/systemd run tmp dev var; do
    mount -t tmpfs -o mode=755 tmpfs "$place"
  done
  cp -a "$0/." .
  mknod -m 666 dev/null c 1 3; mknod -m 666 dev/zero c 1 5
  mknod -m 666 dev/random c 1 8; mknod -m 666 dev/urandom c 1 9
  mkdir dev/shm; mount -t proc proc proc; mount --rbind /sys sys
  exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=lxc chroot . \\
    /lib/systemd/systemd --system --log-target=null --show-status=0
' "$0"
`;

/** A booted host. `await using` ends it. */
export class Booted implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #name: string;
  #init = 0;

  private constructor(root: string) {
    this.#name = `fwctl-test-${crypto.randomUUID().slice(0, 8)}`;
    this.#process = new Deno.Command("unshare", {
      args: [
        ...["-m", "-p", "-u", "-i", "-f", "--kill-child=SIGKILL"],
        ...["sh", "-ec", BOOT, root, this.#name],
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** Boots a root, with what is in an offline bundle, and waits until it is up. */
  static async up(root: Installed, bundle: string): Promise<Booted> {
    prepare(root, bundle);
    const host = new Booted(root.path);
    for (let tries = 0; tries < 240; tries++) {
      await new Promise((done) => setTimeout(done, 250));
      host.#init ||= childOf(host.#process.pid);
      if (host.#init === 0) continue;
      const { said } = await host.sh("systemctl is-system-running");
      if (/^(running|degraded)$/m.test(said)) return host;
    }
    await host[Symbol.asyncDispose]();
    throw new Error("it did not boot");
  }

  /** Runs a line of shell in it. */
  async sh(line: string): Promise<Ran> {
    return await run(
      ...["nsenter", "-t", String(this.#init), "-m", "-p", "-r", "-w"],
      ...["sh", "-c", line],
    );
  }

  /** The same, which must end well. */
  async ok(line: string): Promise<string> {
    const { code, said } = await this.sh(line);
    assertEquals(code, 0, `${line}\n${said}`);
    return said;
  }

  /** Puts a file of this machine into it. */
  async put(from: string, to: string): Promise<void> {
    const target = `/proc/${this.#init}/root${to}`;
    await Deno.writeTextFile(target, await Deno.readTextFile(from));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.status;
    await run(
      ...["sh", "-c"],
      `sleep 0.3; for group in /sys/fs/cgroup/"$0" /sys/fs/cgroup/*/"$0"; do
        [ -d "$group" ] && find "$group" -depth -type d -exec rmdir {} \\;
      done`,
      this.#name,
    );
  }
}

/** What it boots with beside what is installed. */
function prepare(root: Installed, bundle: string): void {
  for (const target of TARGETS) {
    root.write(
      `/usr/lib/systemd/system/${target}`,
      Deno.readTextFileSync(`/lib/systemd/system/${target}`),
    );
  }
  const units = "/etc/systemd/system";
  Deno.mkdirSync(`${root.path}${units}`, { recursive: true });
  Deno.symlinkSync(
    "/usr/lib/systemd/system/multi-user.target",
    `${root.path}${units}/default.target`,
  );
  // The real one would load a module into the kernel of this machine.
  root.write(
    `${units}/modprobe@.service`,
    "[Unit]\nDefaultDependencies=no\n[Service]\nType=oneshot\nExecStart=/bin/true\n",
  );
  for (const name of ["apply", "seal", "drift", "prune"]) {
    root.write(
      `${units}/fwctl-${name}.service.d/output.conf`,
      `[Service]\nStandardOutput=append:/run/${name}.out\nStandardError=append:/run/${name}.out\n`,
    );
  }
  // Whoever comes after says how it found things.
  root.write(
    `${units}/kubelet.service`,
    "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'systemctl is-active fwctl-apply fwctl-seal > /run/kubelet.out; true'\n",
  );
  root.write(`${units}/multi-user.target.wants/.keep`, "");
  Deno.symlinkSync(
    `${units}/kubelet.service`,
    `${root.path}${units}/multi-user.target.wants/kubelet.service`,
  );
  program(root, bundle);
}

/** fwctl as it is on a host, from its offline bundle; and a model behind it. */
function program(root: Installed, bundle: string): void {
  const folder = `${root.path}/opt/fwctl`;
  Deno.mkdirSync(folder, { recursive: true });
  const { success } = new Deno.Command("tar", {
    args: ["-xzf", bundle, "-C", folder],
  }).outputSync();
  assert(success, bundle);
  const [version] = [...Deno.readDirSync(folder)];
  Deno.symlinkSync(version?.name ?? "", `${folder}/current`);
  root.write(
    "/usr/local/bin/fwctl",
    `#!/bin/sh
exec ${BARE} --model connectx --model-state /var/lib/fwctl/model \\
  --state-dir /var/lib/fwctl "$@"
`,
    0o755,
  );
}

function childOf(pid: number): number {
  try {
    return Number(
      Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).trim(),
    );
  } catch {
    return 0;
  }
}
