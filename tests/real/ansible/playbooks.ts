/**
 * Running playbooks in a fleet, and reading what each task came to.
 *
 * @module
 */
import { ROOT } from "../../paths.ts";
import { type Ended, type Fleet, must, run } from "./fleet.ts";

/** What a task came to on a host. */
export interface TaskEnd {
  readonly end: "ok" | "failed" | "skipped" | "unreachable";
  readonly host: string;
  readonly task: string;
  /** The module's full name. */
  readonly action: string;
  // deno-lint-ignore no-explicit-any -- a test looks into any member
  readonly result: any;
}

/** A play that has ended. */
export interface Played extends Ended {
  readonly tasks: readonly TaskEnd[];
}

/** How a play is run. */
export interface PlayOptions {
  /** Variables of hosts, over those in {@linkcode Controller.variables}. */
  readonly hosts?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Variables of all hosts. */
  readonly vars?: Readonly<Record<string, unknown>>;
  /** The batches of a play; the whole fleet at once unless said. */
  readonly serial?: readonly (number | string)[];
  /** More arguments, such as `--check`. */
  readonly args?: readonly string[];
  /** Whether modules go over standard input rather than as files; true unless said. */
  readonly pipelining?: boolean;
  /** Hosts that are not there. */
  readonly absent?: Readonly<Record<string, string>>;
}

/** Where Ansible runs: a folder with the collection installed from its archive. */
export class Controller {
  readonly path: string;
  readonly #fleet: Fleet;
  #plays = 0;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
    this.path = `${fleet.path}/controller`;
    Deno.mkdirSync(this.path);
    Deno.writeTextFileSync(`${this.path}/ansible.cfg`, "[defaults]\n");
  }

  /** Builds the collection and installs the archive, as a site without a registry does. */
  async installCollection(): Promise<string> {
    // The checkout stays as it is.
    const copy = `${this.path}/source`;
    await must("cp", "-r", `${ROOT}deploy/ansible`, copy);
    const env = this.environment;
    const build = await run(
      ["ansible-galaxy", "collection", "build", "--output-path", this.path],
      { cwd: copy, env },
    );
    const archive = /\/\S+\.tar\.gz/.exec(build.out)?.[0] ?? "";
    if (build.code !== 0) throw new Error(build.err + build.out);
    const install = await run(
      [
        ...["ansible-galaxy", "collection", "install", "--offline"],
        ...["-p", `${this.path}/collections`, archive],
      ],
      { env },
    );
    if (install.code !== 0) throw new Error(install.err + install.out);
    return install.out;
  }

  /** Nothing of the user's own configuration is used. */
  get environment(): Record<string, string> {
    return {
      HOME: this.path,
      LC_ALL: "C.UTF-8",
      ANSIBLE_CONFIG: `${this.path}/ansible.cfg`,
      ANSIBLE_COLLECTIONS_PATH: `${this.path}/collections`,
      ANSIBLE_NOCOLOR: "1",
      ANSIBLE_FORKS: "8",
      ANSIBLE_LOCALHOST_WARNING: "0",
      ANSIBLE_SSH_CONTROL_PATH_DIR: `${this.path}/cp`,
      ANSIBLE_CALLBACK_PLUGINS: `${ROOT}tests/real/ansible/callback_plugins`,
      ANSIBLE_CALLBACKS_ENABLED: "record",
    };
  }

  /** Writes an inventory of the fleet and says its path. */
  inventory(
    { hosts = {}, vars = {}, absent = {} }: PlayOptions,
    name: string,
  ): string {
    const all = Object.fromEntries([
      ...Object.entries(absent).map(([each, address]) => [
        each,
        {
          ...this.#fleet.variables({ name: each, address, room: "" }),
          ...hosts[each],
        },
      ]),
      ...this.#fleet.hosts.map((host) => [
        host.name,
        { ...this.#fleet.variables(host), ...hosts[host.name] },
      ]),
    ]);
    const path = `${this.path}/${name}.json`;
    Deno.writeTextFileSync(path, JSON.stringify({ all: { hosts: all, vars } }));
    return path;
  }

  /** Runs a playbook, by its path or its name in the collection. */
  async play(playbook: string, options: PlayOptions = {}): Promise<Played> {
    const name = `play${this.#plays++}`;
    const record = `${this.path}/${name}.jsonl`;
    const inventory = this.inventory(options, name);
    const serial = { fwctl_serial: options.serial ?? ["100%"] };
    const ended = await this.#fleet.inside(
      [
        ...["ansible-playbook", "-i", inventory, playbook],
        ...["-e", JSON.stringify(serial), ...options.args ?? []],
      ],
      {
        cwd: this.path,
        env: {
          ...this.environment,
          ANSIBLE_PIPELINING: options.pipelining === false ? "0" : "1",
          FWCTL_TEST_RECORD: record,
        },
      },
    );
    return { ...ended, tasks: recorded(record) };
  }

  /** Writes a playbook for one test and says its path. */
  playbook(name: string, plays: unknown): string {
    const path = `${this.path}/${name}.yml`;
    Deno.writeTextFileSync(path, JSON.stringify(plays, null, 2));
    return path;
  }
}

function recorded(path: string): TaskEnd[] {
  try {
    return Deno.readTextFileSync(path).trimEnd().split("\n")
      .map((line) => JSON.parse(line));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** The figures of a play's last lines, by host. */
export function recap(out: string): Record<string, Record<string, number>> {
  const end = out.slice(out.lastIndexOf("PLAY RECAP"));
  return Object.fromEntries(
    [...end.matchAll(/^(\S+)\s+: (.*)$/gm)].map((
      [, host = "", figures = ""],
    ) => [
      host,
      Object.fromEntries(
        [...figures.matchAll(/(\w+)=(\d+)/g)].map((
          [, name = "", value],
        ) => [name, Number(value)]),
      ),
    ]),
  );
}

/** What the tasks of a module came to, by host; the last where there are several. */
export function byHost(
  { tasks }: Played,
  module: string,
): Record<string, TaskEnd> {
  return Object.fromEntries(
    tasks.filter(({ action, end }) =>
      action === `fwctl.fwctl.${module}` && end !== "skipped"
    ).map((each) => [each.host, each]),
  );
}
