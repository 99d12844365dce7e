// deno-lint-ignore-file no-console -- it says why nothing was tried
/** Every way to the command but the offline bundle, each from empty caches and a registry. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { VERSION } from "../../lib/cli/version.ts";
import { Folder } from "../cli/fwctl.ts";
import { serveCheckout } from "../cli/served_checkout.ts";
import { run, type Said } from "../deploy/staged.ts";
import { ROOT } from "../paths.ts";
import { SITE } from "./site.ts";

const GUIDE = Deno.readTextFileSync(`${ROOT}docs/guides/install.md`);

/** Where the guide says that the project is served. */
const PUBLISHED = "https://example.com/fwctl-deno";

/** Programs that are needed, and the registry; prints what is missing. */
async function missing(): Promise<boolean> {
  for (const program of ["node", "npx"]) {
    if ((await run(["/bin/sh", "-c", `command -v ${program}`])).code === 0) {
      continue;
    }
    console.log(`Not tried: there is no ${program} here`);
    return true;
  }
  const view = await run(["npm", "view", "deno@2.9.6", "version"], {
    env: { ...SITE, HOME: Deno.env.get("HOME") ?? "" },
  });
  if (view.code === 0) return false;
  console.log("Not tried: npm reaches no registry here");
  return true;
}

const ignore = await missing();

/** The command lines of the guide that have a word in them. */
function lines(word: string): string[] {
  const found = [...GUIDE.matchAll(/```sh\n([^]*?)```/g)]
    .flatMap(([, block = ""]) => block.replaceAll("\\\n", "").split("\n"))
    .filter((line) => line.includes(word));
  assert(found.length > 0, `the guide has no line with ${word}`);
  return found;
}

/** A machine without caches, whose `deno` is the one that runs this. */
class Empty implements Disposable {
  readonly #folder = new Folder();
  readonly path: string = this.#folder.path;

  constructor() {
    Deno.mkdirSync(`${this.path}/bin`);
    Deno.symlinkSync(Deno.execPath(), `${this.path}/bin/deno`);
    // npm's own settings, such as a site's registry, are no cache.
    try {
      Deno.copyFileSync(
        `${Deno.env.get("HOME")}/.npmrc`,
        `${this.path}/.npmrc`,
      );
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Runs a line of the guide, with the project served at `url`. */
  async sh(line: string, url = PUBLISHED): Promise<Said> {
    const said = await run(
      ["/bin/sh", "-c", line.replaceAll(PUBLISHED, url)],
      {
        cwd: ROOT,
        env: {
          ...SITE,
          HOME: this.path,
          NO_COLOR: "1",
          PATH: `${this.path}/bin:${this.path}/.deno/bin:/usr/bin:/bin`,
        },
      },
    );
    assertEquals(said.code, 0, `${line}\n${said.out}${said.err}`);
    return said;
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

/** What every way must be able to do. */
async function works(empty: Empty, command: string, url?: string) {
  const version = await empty.sh(`${command} --version`, url);
  assertEquals(version.out.split(" ")[0]?.trim(), VERSION);
  const listed = await empty.sh(`${command} list --model connectx`, url);
  assertStringIncludes(listed.out, "fwctl0");
  const vf = "-p vf=0000:3b:00.2 -p set=roce=0 --model connectx";
  const recipe = `${url ?? ROOT}/recipes/vf_caps.ts`;
  const planned = await empty.sh(`${command} plan ${recipe} ${vf}`, url);
  assertStringIncludes(planned.out, "Plan: 1 function to change");
  const kept = `--model-state ${empty.path}/s.json --parallel 2 --yes`;
  const applied = await empty.sh(
    `${command} apply ${recipe} ${vf} ${kept}`,
    url,
  );
  assertStringIncludes(applied.out, "Applied: 1 function changed");
}

Deno.test({
  name: "npx runs it from a URL on a machine that has Node only",
  ignore,
  async fn() {
    await using server = serveCheckout();
    using empty = new Empty();
    // No deno but the one that npx fetches.
    Deno.removeSync(`${empty.path}/bin/deno`);
    const [line = ""] = lines("npx ");
    const command = line.replace(/ list$/, "");
    assert(
      command !== line && command.includes(`${PUBLISHED}/lib/cli/main.ts`),
    );
    await works(empty, command, `http://127.0.0.1:${server.addr.port}`);
  },
});

Deno.test({
  name: "deno runs it from a URL",
  ignore,
  async fn() {
    await using server = serveCheckout();
    using empty = new Empty();
    const [line = ""] = lines("npx ");
    const command = line.replace(/ list$/, "")
      .replace(/^npx -y deno@[\d.]+/, "deno");
    await works(empty, command, `http://127.0.0.1:${server.addr.port}`);
  },
});

Deno.test({
  name: "deno install makes a command of a URL, which then needs no server",
  ignore,
  async fn() {
    const server = serveCheckout();
    using empty = new Empty();
    const url = `http://127.0.0.1:${server.addr.port}`;
    const line = lines("deno install").find((each) => each.includes(PUBLISHED));
    await empty.sh(line ?? "", url);
    await works(empty, "fwctl", url);
    await server.shutdown();
    const { out } = await empty.sh("fwctl list --model connectx");
    assertStringIncludes(out, "fwctl0");
  },
});

Deno.test({
  name: "deno install makes a command of the checkout",
  ignore,
  async fn() {
    using empty = new Empty();
    const line = lines("deno install").find((each) =>
      !each.includes(PUBLISHED)
    );
    await empty.sh(line ?? "");
    await works(empty, "fwctl");
  },
});
