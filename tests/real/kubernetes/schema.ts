/**
 * Holds manifests against the Kubernetes API, twice: the validators made from
 * its OpenAPI look at values, and ignore members they do not know; the types
 * made from it know every member, and the compiler refuses any other.
 *
 * @module
 */
import { DaemonSet } from "kubernetes-models/apps/v1/DaemonSet";
import { Job } from "kubernetes-models/batch/v1/Job";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { Namespace } from "kubernetes-models/v1/Namespace";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import { parseAllDocuments } from "yaml";
import { ROOT } from "../../paths.ts";

/** A manifest as data. */
// deno-lint-ignore no-explicit-any -- a test looks into any member
export type Manifest = any;

const KINDS: Readonly<Record<string, new (data: Manifest) => Checked>> = {
  "apps/v1/DaemonSet": DaemonSet,
  "batch/v1/Job": Job,
  "v1/ConfigMap": ConfigMap,
  "v1/Namespace": Namespace,
  "v1/ServiceAccount": ServiceAccount,
};

interface Checked {
  validate(): void;
}

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

/** What the validators say; undefined when all is well. */
export function wrongValues(manifest: Manifest): string | undefined {
  const kind = KINDS[nameOf(manifest)];
  if (!kind) return `${nameOf(manifest)} is no kind that is known here`;
  try {
    new kind(manifest).validate();
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** What the compiler says; undefined when all is well. */
export async function wrongMembers(
  all: readonly Manifest[],
): Promise<string | undefined> {
  const folder = Deno.makeTempDirSync({ prefix: "fwctl-kubernetes-" });
  try {
    const text = all.map((manifest, index) => {
      const [, kind] = /([^/]+)$/.exec(nameOf(manifest)) ?? [];
      return `import type { I${kind} as T${index} } from "kubernetes-models/${
        nameOf(manifest)
      }";\nexport const m${index}: T${index} = ${
        JSON.stringify(manifest, null, 2)
      };\n`;
    });
    Deno.writeTextFileSync(`${folder}/manifests.ts`, text.join(""));
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--config", `${ROOT}deno.json`, `${folder}/manifests.ts`],
      env: { NO_COLOR: "1" },
    }).output();
    return code === 0 ? undefined : new TextDecoder().decode(stderr);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
