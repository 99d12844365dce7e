/** The offline bundle's launcher: which Deno it runs, with what, wherever it is called from. */
import { assert, assertEquals } from "@std/assert";
import { Folder } from "../cli/fwctl.ts";
import { ROOT } from "../paths.ts";
import { run, type Said } from "./staged.ts";

const LAUNCHER = `${ROOT}deploy/offline/launcher.sh`;

/** A folder with the launcher and a Deno that prints what it is given. */
class Place implements Disposable {
  readonly folder: Folder = new Folder();
  readonly bin: string;

  constructor(name: string) {
    this.bin = `${this.folder.path}/${name}/bin`;
    Deno.mkdirSync(this.bin, { recursive: true });
    Deno.copyFileSync(LAUNCHER, `${this.bin}/fwctl`);
    Deno.writeTextFileSync(
      `${this.bin}/deno`,
      `#!/bin/sh\nprintf '%s\\0' "$0" "$DENO_DIR" "$@"\nexit 42\n`,
      { mode: 0o755 },
    );
  }

  [Symbol.dispose](): void {
    this.folder[Symbol.dispose]();
  }
}

/** What the Deno was given. */
function given({ out, code, err }: Said): { deno: string; args: string[] } {
  assertEquals([code, err], [42, ""]);
  const [deno = "", _cache, ...args] = out.split("\0").slice(0, -1);
  return { deno, args };
}

Deno.test("the launcher passes arguments as they are, and the exit code back", async () => {
  using place = new Place("fwctl-1");
  const args = ["", " a  b ", "'\"`$HOME\\", "two\nlines\n", "*", "--", "-x"];
  const { deno, args: all } = given(
    await run([`${place.bin}/fwctl`, ...args]),
  );
  assertEquals(deno, `${place.bin}/deno`);
  assertEquals(all.slice(-args.length), args);
  assertEquals(all.at(-args.length - 1), `${place.bin}/../lib/cli/main.js`);
});

Deno.test("the launcher grants what the README's table and the task fwctl say", async () => {
  using place = new Place("fwctl-1");
  const { args } = given(await run([`${place.bin}/fwctl`]));
  const flags = (words: readonly string[]): string[] =>
    words.filter((word) => /^--(allow|unstable)/.test(word)).sort();
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  const readme = Deno.readTextFileSync(`${ROOT}README.md`);
  const table = [...readme.matchAll(/^\| `(--[a-z-]+)(?:=HOST)?` +\|/gm)]
    .map(([, flag = ""]) => flag);
  assertEquals(flags(args), flags(tasks.fwctl.command.split(" ")));
  assertEquals(flags(args), flags(table));
  assert(args.includes("--no-npm") && args.includes("--no-config"));
});

Deno.test("the launcher lets serve listen at its socket, and no other command at any", async () => {
  using place = new Place("fwctl-1");
  const net = async (...args: string[]): Promise<string[]> => {
    const said = await run([`${place.bin}/fwctl`, ...args], { cwd: place.bin });
    const all = given(said).args;
    return all.slice(0, -args.length).filter((arg) => /net|unix:/.test(arg));
  };
  const at = (path: string): string[] => [`--allow-net=unix:${path}`];
  assertEquals(await net("serve", "--socket", "/run/a b"), at("/run/a b"));
  assertEquals(await net("serve", "--socket=/x", "--model"), at("/x"));
  assertEquals(await net("serve", "--socket", "s"), at(`${place.bin}/s`));
  assertEquals(await net("serve", "--socket"), []);
  assertEquals(await net("serve", "--help"), []);
  assertEquals(await net("list", "serve", "--socket", "/run/a"), []);
});

Deno.test("the launcher finds its folder through links, and keeps the links above it", async () => {
  using place = new Place("fwctl-1 it's\n");
  const { path } = place.folder;
  Deno.symlinkSync("fwctl-1 it's\n", `${path}/current`);
  Deno.mkdirSync(`${path}/bin`);
  Deno.symlinkSync(`${path}/current/bin/fwctl`, `${path}/bin/second`);
  Deno.symlinkSync("second", `${path}/bin/fwctl`);
  const through = `${path}/current/bin/deno`;
  const calls: readonly [string, string, string?][] = [
    [`${path}/bin/fwctl`, through],
    ["bin/fwctl", through, path],
    ["current/bin/fwctl", "current/bin/deno", path],
    ["./fwctl", "./deno", `${path}/current/bin`],
    [`${place.bin}/fwctl`, `${place.bin}/deno`],
  ];
  for (const [program, deno, cwd] of calls) {
    const said = await run(["/bin/sh", "-c", 'exec "$0"', program], {
      ...(cwd === undefined ? {} : { cwd }),
    });
    assertEquals(given(said).deno, deno);
  }
  const bare = await run(["/bin/sh", "fwctl"], { cwd: `${path}/current/bin` });
  assertEquals(given(bare).deno, "./deno");
  const byPath = await run(["/bin/sh", "-c", "exec fwctl"], {
    env: { PATH: `${path}/bin:/usr/bin:/bin` },
  });
  assertEquals(given(byPath).deno, through);
});

Deno.test("the launcher lets root compile for /var/cache only, and nobody without a home", async () => {
  using place = new Place("fwctl-1");
  const cacheOf = async (env: Record<string, string>): Promise<string> =>
    (await run([`${place.bin}/fwctl`], { env })).out.split("\0")[1] ?? "";
  const root = Deno.uid() === 0;
  assertEquals(
    await cacheOf({ HOME: "/home/a" }),
    root ? "/var/cache/fwctl" : "",
  );
  assertEquals(await cacheOf({}), root ? "/var/cache/fwctl" : "/dev/null/none");
  assertEquals(await cacheOf({ DENO_DIR: "/x" }), "/x");
});

Deno.test("the launcher is plain sh", async () => {
  assertEquals((await run(["/bin/sh", "-n", LAUNCHER])).code, 0);
  const text = Deno.readTextFileSync(LAUNCHER);
  if ((await run(["/bin/sh", "-c", "command -v shellcheck"])).code === 0) {
    assertEquals((await run(["shellcheck", LAUNCHER])).out, "");
  }
  assert(text.startsWith("#!/bin/sh\n"));
  assertEquals((Deno.statSync(LAUNCHER).mode ?? 0) & 0o111, 0o111);
});
