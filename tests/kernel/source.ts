/**
 * The newest kernel source that Debian offers, whatever release this machine has.
 *
 * apt is asked with a configuration of its own, under the cache: the suites named
 * here are added there and nowhere else, and apt checks their signatures.
 *
 * @module
 */
import { join } from "@std/path";
import { newer } from "./cache.ts";
import { run, text } from "./shell.ts";

/** Where newer kernels appear; a suite that is gone is left out. */
const SUITES = [
  "bookworm-backports",
  "trixie-backports",
  "forky",
  "sid",
  "experimental",
];

/** fwctl is in Linux since 6.15. */
const OLDEST = "6.15";

/** A source package. */
export interface Source {
  /** `linux-source-7.3`. */
  readonly package: string;
  /** Debian's version: `7.3.4-1~bpo13+1`. */
  readonly debianVersion: string;
  /** Linux's: `7.3.4`. */
  readonly version: string;
}

/** apt with its own configuration under a folder. */
export class Apt {
  readonly #env: Readonly<Record<string, string>>;

  private constructor(config: string) {
    this.#env = { APT_CONFIG: config };
  }

  /** Writes the configuration and fetches the lists. */
  static async open(folder: string): Promise<Apt> {
    for (const name of ["lists/partial", "cache/archives/partial", "parts"]) {
      await Deno.mkdir(join(folder, name), { recursive: true });
    }
    const uri = mirror();
    await Deno.writeTextFile(
      join(folder, "sources.list"),
      (await offered(uri)).map((suite) =>
        `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${uri} ${suite} main\n`
      ).join(""),
    );
    const config = join(folder, "apt.conf");
    await Deno.writeTextFile(
      config,
      [
        `Dir::State::Lists "${folder}/lists";`,
        `Dir::Cache "${folder}/cache";`,
        `Dir::Etc::sourcelist "${folder}/sources.list";`,
        `Dir::Etc::sourceparts "${folder}/parts";`,
        `Dir::State::status "/var/lib/dpkg/status";`,
        `APT::Sandbox::User "root";`,
        "",
      ].join("\n"),
    );
    const apt = new Apt(config);
    await run(["apt-get", "-qq", "update"], { env: apt.#env });
    return apt;
  }

  /** The newest linux-source, or the newest of a series such as `7.2`. */
  async newest(series?: string): Promise<Source> {
    const names = (await text(
      ["apt-cache", "pkgnames", "linux-source-"],
      { env: this.#env },
    )).split("\n").filter((name) =>
      /^linux-source-\d+\.\d+$/.test(name) &&
      (series === undefined || name === `linux-source-${series}`)
    );
    const sources: Source[] = [];
    for (const name of names) {
      const shown = await text(
        ["apt-cache", "show", "--no-all-versions", name],
        { env: this.#env },
      );
      const debianVersion = /^Version: (\S+)$/m.exec(shown)?.[1];
      const version = /^\d+(\.\d+)+/.exec(debianVersion ?? "")?.[0];
      if (debianVersion && version && newer(version, OLDEST) >= 0) {
        sources.push({ package: name, debianVersion, version });
      }
    }
    const best = sources.sort((a, b) => newer(b.version, a.version))[0];
    if (!best) {
      throw new Error(
        `Debian offers no linux-source ${
          series ?? `from ${OLDEST} on`
        }; looked in ${SUITES.join(", ")}`,
      );
    }
    return best;
  }

  /** Downloads a package and unpacks it into a folder. */
  async unpack(name: string, into: string): Promise<void> {
    const download = await Deno.makeTempDir({ dir: join(into, "..") });
    try {
      await run(["apt-get", "-qq", "download", name], {
        env: this.#env,
        cwd: download,
      });
      for await (const entry of Deno.readDir(download)) {
        await run(["dpkg-deb", "-x", join(download, entry.name), into]);
      }
    } finally {
      await Deno.remove(download, { recursive: true });
    }
  }
}

/** The Debian mirror of this machine. */
function mirror(): string {
  const files = [
    "/etc/apt/sources.list.d/debian.sources",
    "/etc/apt/sources.list",
  ];
  for (const file of files) {
    try {
      const found = /https?:\/\/\S+\/debian\/?(?=\s)/.exec(
        Deno.readTextFileSync(file),
      );
      if (found) return found[0].replace(/\/$/, "");
    } catch {
      // The other one.
    }
  }
  return "http://deb.debian.org/debian";
}

async function offered(uri: string): Promise<string[]> {
  const there: string[] = [];
  for (const suite of SUITES) {
    try {
      const answer = await fetch(`${uri}/dists/${suite}/InRelease`, {
        method: "HEAD",
      });
      if (answer.ok) there.push(suite);
    } catch {
      // apt will say what is wrong with the mirror.
    }
  }
  return there;
}
