/**
 * The cloud-init snippet with the real cloud-init, its scripts with shellcheck
 * and a shell, and its recipe and policy with fwctl.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { parse } from "yaml";
import { Folder, fwctl, fwctlJson } from "../cli/fwctl.ts";
import { ROOT } from "../paths.ts";
import { smallBundle } from "./ansible/bundle.ts";
import { ignored, lacking } from "./needs.ts";
import { type Ended, runScript, shellcheck } from "./scripts.ts";

const FILE = `${ROOT}deploy/cloud-init/fwctl.yaml`;
const TEXT = Deno.readTextFileSync(FILE);

/** A file that it writes. */
interface Written {
  readonly path: string;
  readonly permissions: string;
  readonly content: string;
}

const CONFIG: {
  readonly write_files: readonly Written[];
  readonly runcmd: readonly (string | readonly string[])[];
} = parse(TEXT);

const written = (path: string): string =>
  CONFIG.write_files.find((each) => each.path === path)?.content ?? "";
const BOOTSTRAP = written("/usr/local/sbin/fwctl-bootstrap");

Deno.test({
  name: "cloud-init takes it, and refuses what is none of its own",
  ignore: ignored("cloud-init", lacking("cloud-init")),
  async fn() {
    using folder = new Folder();
    assertEquals(await schema(FILE), { valid: true, said: "" });
    for (
      const [from, to, says] of [
        ["permissions:", "permission:", /permission.*unexpected/],
        ['permissions: "0644"', "permissions: [1]", /permissions/],
        ["runcmd:", "runcmd: 5\nbootcmd:", /runcmd/],
      ] as const
    ) {
      const changed = folder.file("changed.yaml", TEXT.replace(from, to));
      const { valid, said } = await schema(changed);
      assertEquals(valid, false, to);
      assertMatch(said, says);
    }
  },
});

Deno.test({
  name: "its scripts: nothing for shellcheck to say",
  ignore: ignored("cloud-init", lacking("shellcheck")),
  async fn() {
    assertEquals(await shellcheck(BOOTSTRAP), "");
    const lines = CONFIG.runcmd.filter((each) => typeof each === "string");
    assertEquals(lines.length, 1);
    for (const line of lines) assertEquals(await shellcheck(line), "");
  },
});

Deno.test("recipe, parameters and policy plan on a modelled host", async () => {
  using folder = new Folder();
  const recipe = folder.file(
    "recipe.ts",
    written("/etc/fwctl/recipes/10-vf-caps.ts"),
  );
  const params = folder.file(
    "p.json",
    written("/etc/fwctl/recipes/10-vf-caps.json"),
  );
  const policy = folder.file("policy.json", written("/etc/fwctl/policy.json"));
  assertEquals((await fwctl(["policy", policy])).code, 0);
  const { code, json } = await fwctlJson([
    ...["plan", recipe, "--params", params, "--policy", policy],
    ...["--model", "connectx"],
  ]);
  assertEquals([code, json.refusals], [0, []]);
  assertEquals(json.plan.steps.length, 5);
});

Deno.test("the bundle is installed once, switched to, and not at all when its sum is wrong", async () => {
  using folder = new Folder();
  const root = `${folder.path}/opt`;
  const link = `${folder.path}/bin/fwctl`;
  const bootstrap = (bundle: string, sum: string): Promise<Ended> =>
    runScript(BOOTSTRAP, folder.path, [`file://${bundle}`, sum], {
      FWCTL_ROOT: root,
      FWCTL_LINK: link,
    });
  const sums = async (version: string) => {
    const bundle = await smallBundle(folder.path, version);
    const [sum = ""] = Deno.readTextFileSync(`${bundle}.sha256`).split(" ");
    return { bundle, sum };
  };
  const says = async () => {
    const { stdout } = await new Deno.Command(link).output();
    return new TextDecoder().decode(stdout);
  };
  const first = await sums("1.0.0");
  const wrong = await bootstrap(first.bundle, "0".repeat(64));
  assert(wrong.code !== 0);
  assertEquals([...Deno.readDirSync(root)], []);
  const good = await bootstrap(first.bundle, first.sum);
  assertEquals(good.code, 0, good.err);
  assertEquals(await says(), "1.0.0\n");
  // Nothing is fetched again.
  Deno.removeSync(first.bundle);
  assertEquals((await bootstrap(first.bundle, first.sum)).code, 0);
  const second = await sums("1.1.0");
  assertEquals((await bootstrap(second.bundle, second.sum)).code, 0);
  assertEquals(await says(), "1.1.0\n");
  assertEquals(Deno.readLinkSync(`${root}/current`), "fwctl-1.1.0");
  // The same version with other content is refused, and the old one stays.
  const other = await bootstrap(second.bundle, "1".repeat(64));
  assertMatch(other.err, /is there with other content; nothing is changed/);
  assertEquals(await says(), "1.1.0\n");
});

/** What `cloud-init schema` says of a file. */
async function schema(path: string): Promise<{ valid: boolean; said: string }> {
  const { code, stdout, stderr } = await new Deno.Command("cloud-init", {
    args: ["schema", "--config-file", path],
  }).output();
  const decoder = new TextDecoder();
  const said = decoder.decode(stdout) + decoder.decode(stderr);
  // It warns of unknown keys and still exits with 0 in some releases.
  const valid = code === 0 && /Valid/.test(said) && !/Invalid/i.test(said);
  return { valid, said: valid ? "" : said };
}
