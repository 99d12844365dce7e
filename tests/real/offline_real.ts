// deno-lint-ignore-file no-console -- it says why nothing was tried
/** The offline bundle as a host without network gets it: unpacked, read-only, run by nobody. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { machineOf } from "../../deploy/offline/main.ts";
import { Folder } from "../cli/fwctl.ts";
import { run, type Said } from "../deploy/staged.ts";
import { ROOT } from "../paths.ts";
import { SITE } from "./site.ts";

const GUIDE = Deno.readTextFileSync(`${ROOT}docs/guides/install.md`);

/** What must be there; prints what is missing. */
async function missing(): Promise<boolean> {
  const tried = await run(["unshare", "-n", "-m", "setpriv", "--reuid=65534"]
    .concat("--regid=65534", "--clear-groups", "true"));
  if (tried.code === 0) return false;
  console.log(
    `Not tried: it needs root with unshare and setpriv: ${tried.err.trim()}`,
  );
  return true;
}

const VF = ["-p", "vf=0000:3b:00.2,0000:3b:00.3", "-p", "set=roce=0"];

/** A host with the bundle where `deploy/` puts it. */
class Host implements Disposable {
  readonly #folder = new Folder();
  readonly root: string = this.#folder.path;
  /** Where nobody may write. */
  readonly work: string = `${this.root}/work`;
  readonly opt: string = `${this.root}/opt`;

  /** Makes the bundle and unpacks it; says how much time of a processor the making took, in seconds. */
  async install(): Promise<number> {
    Deno.chmodSync(this.root, 0o755);
    for (const folder of [this.work, this.opt, `${this.root}/bin`]) {
      Deno.mkdirSync(folder);
    }
    Deno.chmodSync(this.work, 0o777);
    // The time of processors: how busy the machine is says nothing.
    const made = await run(
      ["/bin/sh", "-c", '"$0" task --quiet offline -o "$1" >&2; times']
        .concat(Deno.execPath(), `${this.root}/dist`),
      { cwd: ROOT, env: { ...SITE, HOME: Deno.env.get("HOME") ?? "" } },
    );
    assertStringIncludes(made.err, ".sha256\n");
    const [user = 0, system = 0] = [...made.out.matchAll(/(\d+)m([\d.]+)s/g)]
      .slice(2).map(([, minutes, seconds]) =>
        60 * Number(minutes) + Number(seconds)
      );
    const took = user + system;
    const [steps = ""] = GUIDE.match(
      /(?<=```sh\n)sha256sum -c [^`]*/,
    ) ?? [];
    assert(steps.includes(`/opt/fwctl/current`), "the guide says how");
    const script = `set -e; umask 077; cd '${this.root}/dist'\n${steps}`
      .replaceAll("/opt/fwctl", this.opt)
      .replaceAll("/usr/local/bin", `${this.root}/bin`)
      .replaceAll("x86_64", machineOf(Deno.execPath()));
    const unpacked = await run(["/bin/sh", "-c", script]);
    assertEquals([unpacked.code, unpacked.err], [0, ""]);
    return took;
  }

  /** Runs a program as nobody, with no network, the bundle read-only, an empty environment. */
  nobody(...command: string[]): Promise<Said> {
    return run(
      ["unshare", "-n", "-m", "/bin/sh", "-c"].concat(
        `mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"`,
        this.opt,
        ..."setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs"
          .split(" "),
        ...command,
      ),
      { cwd: this.work },
    );
  }

  /** Runs its `fwctl` so. */
  fwctl(...args: string[]): Promise<Said> {
    return this.nobody(`${this.root}/bin/fwctl`, ...args);
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

/** Asserts success and returns what it printed. */
function good({ code, out, err }: Said): string {
  assertEquals([code, err], [0, ""], out);
  return out;
}

Deno.test({
  name: "the offline bundle runs without network, read-only, as nobody",
  ignore: await missing(),
  async fn(test) {
    using host = new Host();
    const took = await host.install();
    const recipes = `${host.opt}/current/recipes`;
    const size = Deno.statSync(
      [...Deno.readDirSync(`${host.root}/dist`)].map(({ name }) =>
        `${host.root}/dist/${name}`
      ).find((path) => path.endsWith(".gz")) ?? "",
    ).size;
    console.log(
      `${(size / 1e6).toFixed(1)} MB in ${took.toFixed(1)} s of a processor`,
    );

    await test.step("it is made in less than 20 seconds", () => {
      assert(took > 1 && took < 20, `${took} s`);
    });
    await test.step("the walls are there", async () => {
      const net = await host.nobody("cat", "/proc/net/dev");
      assertEquals(net.out.match(/^ *\w+:/gm)?.map((each) => each.trim()), [
        "lo:",
      ]);
      const write = await host.nobody("touch", `${host.opt}/x`);
      assertStringIncludes(write.err, "Read-only file system");
      assertEquals((await host.nobody("id", "-u")).out, "65534\n");
    });
    await test.step("its manifest holds", async () => {
      good(
        await host.nobody(
          "/bin/sh",
          "-c",
          `cd "$0" && sha256sum -c --quiet MANIFEST`,
          `${host.opt}/current`,
        ),
      );
    });
    await test.step("list, here and on models", async () => {
      assertStringIncludes(good(await host.fwctl("list")), "fwctl");
      const out = good(await host.fwctl("list", "--model", "mixed"));
      for (const driver of ["mlx5", "cxl", "pds", "bnxt"]) {
        assertStringIncludes(out, driver);
      }
    });
    await test.step("describe, on all four drivers", async () => {
      for (const device of [0, 1, 2, 3]) {
        const args = ["describe", `fwctl${device}`, "--model", "mixed"];
        assert(good(await host.fwctl(...args)).length > 200);
      }
    });
    await test.step("plan, apply, and nothing the second time", async () => {
      const on = ["--model", "connectx", "--model-state", "state.json"];
      const recipe = [`${recipes}/vf_caps.ts`, ...VF, ...on];
      const plan = good(await host.fwctl("plan", ...recipe));
      assertStringIncludes(plan, "Plan: 2 functions to change");
      const state = ["--state-dir", `${host.work}/state`];
      const apply = await host.fwctl("apply", ...recipe, ...state, "--yes");
      assertStringIncludes(good(apply), "Applied: 2 functions changed");
      const again = good(await host.fwctl("plan", ...recipe));
      assertStringIncludes(again, "nothing to do. 2 functions as declared");
    });
    await test.step("a recipe of the site's own, with types in it", async () => {
      Deno.writeTextFileSync(
        `${host.work}/own.ts`,
        `import type { Recipe } from "https://example.com/mod.ts";
export default {
  name: "own", description: "own",
  params: { vf: { type: "pci-list", required: true, help: "vf" } },
  desired: ({ params, resource }) =>
    (params.vf as string[]).map((vf) =>
      resource("mlx5.hca_cap", { vf, set: { roce: 0 } })
    ),
} satisfies Recipe;
`,
      );
      const args = ["plan", "own.ts", "-p", "vf=0000:3b:00.2"];
      const out = good(await host.fwctl(...args, "--model", "connectx"));
      assertStringIncludes(out, "roce");
    });
    await test.step("decode and help", async () => {
      good(await host.fwctl("decode", "mlx5"));
      good(await host.fwctl("--help"));
    });
    await test.step("errors have their exit codes and hints", async () => {
      const none = await host.fwctl("info", "fwctl9", "--model", "connectx");
      assertEquals([none.code, none.out], [1, ""]);
      const near = await host.fwctl("lst");
      assertEquals(near.code, 1);
      assertStringIncludes(near.err, "Did you mean list?");
      const url = await host.fwctl("plan", "https://127.0.0.1:9/r.ts");
      assertEquals(url.code, 1);
      assertStringIncludes(url.err, "cannot read the recipe");
    });
    await test.step("a served model, and lanes beside each other on it", async () => {
      const script = `"$0" serve --scenario mixed --socket m.sock >&2 & pid=$!
        for i in 1 2 3 4 5 6 7 8 9 10; do [ -S m.sock ] || sleep 0.5; done
        "$0" plan "$1" --model unix:m.sock --parallel 4; code=$?
        kill -INT $pid; wait $pid; exit $code`;
      const recipe = `${recipes}/inventory.ts`;
      const program = `${host.root}/bin/fwctl`;
      const one = good(await host.fwctl("plan", recipe, "--model", "mixed"));
      const four = await host.nobody("/bin/sh", "-c", script, program, recipe);
      assertEquals([four.code, four.out], [0, one], four.err);
    });
    await test.step("a program of the site's own, with a device in a worker", async () => {
      Deno.writeTextFileSync(
        `${host.work}/own_program.ts`,
        `import { openDeviceAsync } from "${host.opt}/current/mod.ts";
await openDeviceAsync("/dev/fwctl/fwctl9").catch((error) =>
  console.log(error.code, error.errnoName)
);
`,
      );
      const said = await host.nobody(
        "/bin/sh",
        "-c",
        `DENO_DIR=/dev/null/none "$0" run -A --no-config own_program.ts`,
        `${host.opt}/current/bin/deno`,
      );
      assertEquals(good(said), "SyscallError ENOENT\n");
    });
    await test.step("a driver from outside, on the library that is in it", async () => {
      const from = `${ROOT}docs/examples/own_driver`;
      const to = `${host.work}/driver`;
      Deno.mkdirSync(to);
      for (const { name } of Deno.readDirSync(from)) {
        const text = Deno.readTextFileSync(`${from}/${name}`);
        Deno.writeTextFileSync(
          `${to}/${name}`,
          text.replaceAll('"../../../', `"${host.opt}/current/`),
        );
      }
      const said = await host.fwctl(
        ...["list", "--model", `${to}/scenario.json`],
        ...["--driver-module", `${to}/mod.ts`],
      );
      assertEquals(said.code, 0, said.err);
      assertStringIncludes(said.out, "acme");
    });
    await test.step("for a user who is in no passwd", async () => {
      const said = await run(["setpriv", "--reuid=12345", "--regid=12345"]
        .concat("--clear-groups", `${host.root}/bin/fwctl`, "--version"));
      assert(good(said).length > 3);
    });
  },
});
