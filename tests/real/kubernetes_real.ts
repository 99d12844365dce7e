/**
 * The Kubernetes example against the schemas and types of the Kubernetes API,
 * and what stands in its ConfigMap against fwctl itself.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Folder, fwctlJson } from "../cli/fwctl.ts";
import { ROOT } from "../paths.ts";
import { manifests, wrongMembers, wrongValues } from "./kubernetes/schema.ts";
import type { Manifest } from "./kubernetes/schema.ts";
import { ignored, lacking } from "./needs.ts";
import { shellcheck, start } from "./scripts.ts";

const FOLDER = `${ROOT}deploy/kubernetes`;
const read = (name: string) => manifests(`${FOLDER}/${name}`);
const KUSTOMIZATION = read("kustomization.yaml")[0];
const RESOURCES: readonly string[] = KUSTOMIZATION.resources;
const ALL: Manifest[] = [...RESOURCES, "job.yaml"].flatMap(read);
const one = (kind: string) => ALL.find((each) => each.kind === kind);

Deno.test("every manifest is what the Kubernetes API takes, value by value and member by member", async () => {
  assertEquals(ALL.map(({ kind }) => kind), [
    "Namespace",
    "ServiceAccount",
    "ConfigMap",
    "DaemonSet",
    "Job",
  ]);
  assertEquals(await wrongValues(ALL), ALL.map(() => null));
  assertEquals(await wrongMembers(ALL), undefined);
});

Deno.test("the check can fail: an unknown member, a wrong value, a missing one", async () => {
  const changed = (change: (spec: Manifest) => void): Manifest => {
    const copy = structuredClone(one("DaemonSet"));
    change(copy.spec);
    return copy;
  };
  const unknown = changed(({ template }) =>
    template.spec.containers[0].securityContext.readOnlyRootFileSystem = true
  );
  assertMatch(
    await wrongMembers([unknown]) ?? "",
    /readOnlyRootFileSystem.*does not exist in type 'ISecurityContext'/,
  );
  const wrong: readonly [RegExp, (spec: Manifest) => void][] = [
    [
      /hostPath\/type/,
      ({ template }) => template.spec.volumes[0].hostPath.type = "Folder",
    ],
    [/selector/, (spec) => delete spec.selector],
    [/hostPID/, ({ template }) => template.spec.hostPID = "yes"],
    [/image|name/, ({ template }) => delete template.spec.containers[0].name],
  ];
  const said = await wrongValues(wrong.map(([, change]) => changed(change)));
  for (const [index, [says]] of wrong.entries()) {
    assertMatch(said[index] ?? "nothing", says);
  }
});

Deno.test("manifests name each other rightly: namespace, account, map, labels, mounts", () => {
  const files = [...Deno.readDirSync(FOLDER)].map(({ name }) => name);
  for (const name of RESOURCES) assert(files.includes(name), name);
  const namespace = one("Namespace").metadata.name;
  assertEquals(KUSTOMIZATION.namespace, namespace);
  for (const { kind, metadata } of ALL) {
    if (kind !== "Namespace") assertEquals(metadata.namespace, namespace, kind);
  }
  const { spec } = one("DaemonSet");
  assertEquals(spec.selector.matchLabels, spec.template.metadata.labels);
  for (const kind of ["DaemonSet", "Job"]) {
    const pod = one(kind).spec.template.spec;
    assertEquals(pod.serviceAccountName, one("ServiceAccount").metadata.name);
    const maps = pod.volumes.filter((each: Manifest) => each.configMap);
    assertEquals(maps.map((each: Manifest) => each.configMap.name), [
      one("ConfigMap").metadata.name,
    ]);
    const volumes = pod.volumes.map(({ name }: Manifest) => name).sort();
    const mounted = new Set<string>();
    for (const each of [...pod.initContainers ?? [], ...pod.containers]) {
      for (const { name } of each.volumeMounts) mounted.add(name);
      // What a write must have around it, wherever fwctl runs.
      assertEquals(each.securityContext.readOnlyRootFilesystem, true);
    }
    assertEquals([...mounted].sort(), volumes);
    assertEquals(pod.hostPID, true);
  }
  // A write that failed is not repeated by Kubernetes.
  const job = one("Job").spec;
  assertEquals([job.backoffLimit, job.template.spec.restartPolicy], [
    0,
    "Never",
  ]);
});

Deno.test({
  name: "kubectl kustomize puts the same objects together",
  ignore: ignored("kubernetes", lacking("kubectl")),
  async fn() {
    const { code, stdout } = await new Deno.Command("kubectl", {
      args: ["kustomize", FOLDER],
    }).output();
    assertEquals(code, 0);
    using folder = new Folder();
    const text = new TextDecoder().decode(stdout);
    const built = manifests(folder.file("built.yaml", text));
    for (const manifest of built) {
      assertEquals(manifest, one(manifest.kind), manifest.kind);
    }
    assertEquals(built.length, 4);
  },
});

Deno.test("recipe, parameters and policy of the ConfigMap plan on a modelled node", async () => {
  using folder = new Folder();
  const { data } = one("ConfigMap");
  for (const [name, text] of Object.entries<string>(data)) {
    folder.file(name, text);
  }
  const plan = (params: string) =>
    fwctlJson([
      ...["plan", `${folder.path}/recipe.ts`, "--model", "connectx"],
      ...["--params", params, "--policy", `${folder.path}/policy.json`],
    ]);
  const { code, json } = await plan(`${folder.path}/params.json`);
  assertEquals(code, 0);
  assertEquals(json.refusals, []);
  // The five functions that no driver has; those of VMs and of the node are left alone.
  assertEquals(json.plan.steps.length, 5);
  // The policy holds: 15 is more than it allows.
  const more = await plan(folder.file("more.json", { "queue-pairs": 15 }));
  assertEquals(more.code, 4);
});

Deno.test({
  name: "the scripts of the ConfigMap: nothing for shellcheck to say",
  ignore: ignored("kubernetes", lacking("shellcheck")),
  async fn() {
    for (const [name, text] of Object.entries<string>(one("ConfigMap").data)) {
      if (name.endsWith(".sh")) assertEquals(await shellcheck(text), "");
    }
  },
});

Deno.test("a failed apply is not repeated when the kubelet starts the container again", async () => {
  for (
    const [code, repeated] of [
      [0, true],
      [1, false],
      [3, true],
      [4, true],
      [5, false],
      [6, false],
    ] as const
  ) {
    using node = new Node(`[ "$1" != apply ] || exit ${code}`);
    assertEquals((await node.apply()).code, code);
    const again = await node.apply();
    assertEquals(node.calls("apply"), repeated ? 2 : 1, `exit code ${code}`);
    if (repeated) continue;
    assertEquals(again.code, 1);
    assertMatch(again.err, /failed on this node in this boot/);
    // Another recipe is another matter.
    node.folder.file("params.json", { "queue-pairs": 11 });
    await node.apply();
    assertEquals(node.calls("apply"), 2);
  }
});

Deno.test("a plan that cannot be made is tried again: nothing was written", async () => {
  using node = new Node('[ "$1" != plan ] || exit 1');
  assertEquals((await node.apply()).code, 1);
  assertEquals((await node.apply()).code, 1);
  assertEquals([node.calls("plan"), node.calls("apply")], [2, 0]);
});

Deno.test("the signal that ends the pod reaches the apply, and the container waits for what it takes back", async () => {
  using node = new Node(
    `[ "$1" != apply ] || { trap 'sleep 0.3; echo undone; exit 5' TERM; echo up; while :; do sleep 0.05; done; }`,
  );
  const child = node.begin();
  const reader = child.stdout.getReader();
  const decoder = new TextDecoder();
  let out = "";
  for (let part = await reader.read(); !part.done;) {
    out += decoder.decode(part.value);
    if (out === "up\n") child.kill("SIGTERM");
    part = await reader.read();
  }
  assertEquals(out, "up\nundone\n");
  assertEquals((await child.status).code, 5);
  await child.stderr.cancel();
});

/** A node, with a script in the place of fwctl. */
class Node implements Disposable {
  readonly folder: Folder = new Folder();

  constructor(fwctl: string) {
    const { data } = one("ConfigMap");
    for (const [name, text] of Object.entries<string>(data)) {
      this.folder.file(name, text);
    }
    Deno.mkdirSync(`${this.folder.path}/bin`);
    const path = this.folder.file(
      "bin/fwctl",
      `#!/bin/sh\necho "$1" >>${this.folder.path}/calls\n${fwctl}\nexit 0\n`,
    );
    Deno.chmodSync(path, 0o755);
  }

  begin(): Deno.ChildProcess {
    const { path } = this.folder;
    const script = String(one("ConfigMap").data["apply.sh"])
      .replace("site=/etc/fwctl", `site=${path}`)
      .replace("state=/var/lib/fwctl/kubernetes", `state=${path}/state`);
    assertEquals(script.includes("=/etc/") || script.includes("=/var/"), false);
    return start(script, `${path}/bin`);
  }

  async apply(): Promise<{ code: number; err: string }> {
    const { code, stderr } = await this.begin().output();
    return { code, err: new TextDecoder().decode(stderr) };
  }

  /** How often fwctl was called for that. */
  calls(command: string): number {
    return Deno.readTextFileSync(`${this.folder.path}/calls`).split("\n")
      .filter((line) => line === command).length;
  }

  [Symbol.dispose](): void {
    this.folder[Symbol.dispose]();
  }
}
