/** The walls of the house, held by tests instead of by memory. */
import { assert, assertEquals } from "@std/assert";
import { driverNames, loadDrivers } from "../drivers/load.ts";
import { KERNEL_DRIVERS } from "../lib/device/discovery.ts";
import { fromFileUrl } from "./paths.ts";

interface Module {
  specifier: string;
  dependencies?: {
    specifier: string;
    code?: { specifier: string };
    type?: { specifier: string };
    isDynamic?: boolean;
  }[];
}

const ROOT = new URL("../", import.meta.url);

async function graph(entry: string): Promise<Module[]> {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", fromFileUrl(new URL(entry, ROOT))],
    stderr: "inherit",
  }).output();
  assert(success);
  return JSON.parse(new TextDecoder().decode(stdout)).modules;
}

function inside(module: string): string {
  return module.startsWith(ROOT.href) ? module.slice(ROOT.href.length) : module;
}

Deno.test("nothing under mod.ts needs a third party or an import map", async () => {
  const modules = await graph("mod.ts");
  const bad = modules.flatMap((module) =>
    (module.dependencies ?? [])
      .filter(({ specifier }) => !/^(\.{1,2}\/|node:)/.test(specifier))
      .map(({ specifier }) => `${inside(module.specifier)}: ${specifier}`)
  );
  assertEquals(bad, []);
  assert(modules.length > 20, "the graph was read");
});

/** [from, to, why it may not import it at run time]. */
const WALLS: readonly [RegExp, RegExp, string][] = [
  [/^lib\/plan\//, /^lib\/apply\//, "a plan does not execute"],
  [/^lib\/(?!cli\/)/, /^lib\/cli\//, "the library knows no command"],
  [
    /^lib\/(plan|apply|recipe|device|machine|testing|model|host|bits|uapi)\//,
    /^lib\/view\//,
    "the engine knows no terminal",
  ],
  [
    /^drivers\//,
    /^lib\/(plan|apply|recipe|view|cli)\//,
    "drivers know no engine",
  ],
  [/^drivers\/mlx5\//, /^drivers\/(cxl|bnxt|pds)\//, "drivers are sisters"],
  [/^drivers\/cxl\//, /^drivers\/(mlx5|bnxt|pds)\//, "drivers are sisters"],
  [/^drivers\/bnxt\//, /^drivers\/(mlx5|cxl|pds)\//, "drivers are sisters"],
  [/^drivers\/pds\//, /^drivers\/(mlx5|cxl|bnxt)\//, "drivers are sisters"],
  [
    /^lib\/(plan|apply|device|machine|testing|host|bits|uapi|recipe)\//,
    /^drivers\/[a-z0-9_]+\//,
    "the engine knows no vendor",
  ],
  [
    /^lib\/bits\//,
    /^lib\/(host|device|model|plan|apply|recipe)\//,
    "the codec stands alone",
  ],
  [/^lib\/uapi\//, /^lib\/(?!uapi\/)/, "the ABI stands alone"],
  [/^recipes\//, /./, "a recipe imports types only"],
];

Deno.test("imports respect the walls of the design", async () => {
  const modules = [
    ...await graph("mod.ts"),
    ...await graph("lib/cli/main.ts"),
    ...await graph("lib/testing/mod.ts"),
    ...await graph("drivers/kit.ts"),
    ...(await Promise.all(
      [...Deno.readDirSync(new URL("recipes", ROOT))]
        .filter(({ name }) => name.endsWith(".ts"))
        .map(({ name }) => graph(`recipes/${name}`)),
    )).flat(),
  ];
  const broken = new Set<string>();
  for (const module of modules) {
    const from = inside(module.specifier);
    for (const { code } of module.dependencies ?? []) {
      if (!code) continue;
      const to = inside(code.specifier);
      for (const [here, there, why] of WALLS) {
        if (here.test(from) && there.test(to)) {
          broken.add(`${from} imports ${to}: ${why}`);
        }
      }
    }
  }
  assertEquals([...broken], []);
});

Deno.test("a device is opened in one place, so that the policy cannot be gone around", () => {
  /** Who may open a device or speak to one: the sessions, and the library's own ways below them. */
  const may = new Set(
    ["async", "async_worker", "channel", "open", "sessions"]
      .map((name) => `lib/device/${name}.ts`),
  );
  const around =
    /\bopenDevice(Async)?\b|\bsendFlat\b|\.rpc\(\{|\bdevice\.rpc\b|\bFWCTL_RPC,|\bhost\.open\(/;
  const found = sources("lib").concat(sources("drivers"), sources("recipes"))
    .filter((path) => !may.has(path))
    // The model is the other side, also behind CUSE; the ABI only names what there is.
    .filter((path) =>
      !/^lib\/(model|cuse|uapi)\/|^drivers\/\w+\/kernel/.test(path)
    )
    // Recorded and replayed hosts are hosts: they stand below the sessions.
    .filter((path) => !/^lib\/recording\/(call|message|record)\.ts$/.test(path))
    .filter((path) => around.test(code(path)));
  assertEquals(found, []);
  for (const path of may) assert(around.test(code(path)), `${path} moved`);
  // And what the sessions hand out has no device in it.
  const text = code("lib/device/sessions.ts");
  const [, shown = ""] = /export interface Session ([^]*?)\n}\n/.exec(text) ??
    [];
  assert(shown.includes("guard: Guard") && !/: Device\b/.test(shown));
});

/** The TypeScript files below a folder of the checkout. */
function sources(folder: string): string[] {
  return [...Deno.readDirSync(new URL(`${folder}/`, ROOT))].flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) return sources(path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
}

/** A file's text without its comments. */
function code(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT))
    .replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
}

Deno.test("drivers and their template have the same files as their sisters", () => {
  const must = [
    "mod.ts",
    "protocol.ts",
    "scope.ts",
    "status.ts",
    "errno.ts",
    "identity.ts",
    "describe.ts",
    "kernel.ts",
    "model.ts",
    "firmware.ts",
    "stub.ts",
  ];
  const names = driverNames();
  assertEquals(names, ["bnxt", "cxl", "mlx5", "pds"]);
  for (const name of [...names, "_template"]) {
    for (const file of must) {
      const path = `drivers/${name}/${file}`;
      assert(Deno.statSync(new URL(path, ROOT)).isFile, path);
    }
  }
});

Deno.test("discovery's short table is what the drivers say of themselves", async () => {
  const said = (await loadDrivers()).flatMap(({ name, kernelDrivers }) =>
    kernelDrivers.map((kernelDriver) => [kernelDriver, name])
  );
  assertEquals(Object.fromEntries(said), KERNEL_DRIVERS);
});

Deno.test("mod.ts imports without any permission and without parsing a layout", async () => {
  const script = `
    const started = performance.now();
    const mod = await import(${JSON.stringify(new URL("mod.ts", ROOT).href)});
    console.log(Object.keys(mod).length, performance.now() - started);
  `;
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      `--allow-import`,
      "data:application/typescript," + encodeURIComponent(script),
    ],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  assert(Number(new TextDecoder().decode(stdout).split(" ")[0]) > 10);
});
