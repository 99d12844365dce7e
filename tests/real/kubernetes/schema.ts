/**
 * Holds manifests against the Kubernetes API, twice: the validators made from
 * its OpenAPI look at values, and ignore members they do not know; the types
 * made from it know every member, and the compiler refuses any other.
 *
 * Both run in a process without this project's configuration: the package has
 * many others below it, which nobody else is to download, and `deno.json` and
 * the lock file would bring them to everybody.
 *
 * @module
 */
import { parseAllDocuments } from "yaml";

/** What was made from the API of Kubernetes. */
const MODELS = "npm:kubernetes-models@5.1.0";

/** A manifest as data. */
// deno-lint-ignore no-explicit-any -- a test looks into any member
export type Manifest = any;

/** The documents of a YAML file. @throws what is wrong with its YAML */
export function manifests(path: string): Manifest[] {
  // 1.1 is what Kubernetes reads: there `on` and `0444` mean something else.
  const documents = parseAllDocuments(Deno.readTextFileSync(path), {
    version: "1.1",
    merge: true,
  });
  return documents.map((document) => {
    const [error] = [...document.errors, ...document.warnings];
    if (error) throw error;
    return document.toJS();
  });
}

function nameOf({ apiVersion, kind }: Manifest): string {
  return `${apiVersion}/${kind}`;
}

/** What the validators say of each; null where all is well. */
export async function wrongValues(
  all: readonly Manifest[],
): Promise<(string | null)[]> {
  const lines = all.map((manifest, index) =>
    `import { ${kindOf(manifest)} as K${index} } from "${MODELS}/${
      nameOf(manifest)
    }";`
  );
  const { code, out, err } = await deno("run", [
    ...lines,
    `const all = ${JSON.stringify(all)};`,
    `const kinds = [${all.map((_, index) => `K${index}`)}];`,
    "const said = all.map((one, index) => {",
    "  try {",
    "    new kinds[index](one).validate();",
    "    return null;",
    "  } catch (error) {",
    "    return String(error);",
    "  }",
    "});",
    "console.log(JSON.stringify(said));",
  ]);
  if (code !== 0) throw new Error(err);
  return JSON.parse(out);
}

/** What the compiler says; undefined when all is well. */
export async function wrongMembers(
  all: readonly Manifest[],
): Promise<string | undefined> {
  const { code, err } = await deno(
    "check",
    all.map((manifest, index) =>
      `import type { I${kindOf(manifest)} as T${index} } from "${MODELS}/${
        nameOf(manifest)
      }";\nexport const m${index}: T${index} = ${
        JSON.stringify(manifest, null, 2)
      };`
    ),
  );
  return code === 0 ? undefined : err;
}

function kindOf({ kind }: Manifest): string {
  if (!/^[A-Za-z]+$/.test(kind)) throw new Error(`${kind} is no kind`);
  return kind;
}

async function deno(
  command: "run" | "check",
  lines: readonly string[],
): Promise<{ code: number; out: string; err: string }> {
  const folder = Deno.makeTempDirSync({ prefix: "fwctl-kubernetes-" });
  try {
    Deno.writeTextFileSync(`${folder}/manifests.ts`, `${lines.join("\n")}\n`);
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        command,
        ...["--no-config", "--no-lock"],
        // The validators look at their environment.
        ...(command === "run" ? ["--no-check", "--allow-env"] : []),
        `${folder}/manifests.ts`,
      ],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    const [out, err] = [stdout, stderr].map((each) =>
      new TextDecoder().decode(each)
    );
    return { code, out: out ?? "", err: err ?? "" };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
