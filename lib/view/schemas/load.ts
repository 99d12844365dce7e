/**
 * The JSON Schemas of all answers, and of the files that people write or keep.
 * Each stands in a JSON file of its own beside this module, what they share in
 * `common.schema.json`; a program gets them self-contained.
 *
 * They are imported, not read: the command needs no permission for its own
 * files, wherever it runs from. Nothing is loaded before it is asked for.
 *
 * @module
 */
import type { PlainData, PlainObject } from "../../plain.ts";
import type { SchemaName } from "../json.ts";
import { selfContained } from "./self_contained.ts";

/** A JSON file as a module. */
type Load = () => Promise<{ readonly default: unknown }>;

/** What the schemas of answers share. */
const COMMON: Load = () =>
  import("./common.schema.json", { with: { type: "json" } });

/** A line a name. The compiler misses none, `tests/view/schemas_test.ts` no file. */
// deno-fmt-ignore
const ANSWERS: Readonly<Record<SchemaName, Load>> = {
  "list": () => import("./list.schema.json", { with: { type: "json" } }),
  "info": () => import("./info.schema.json", { with: { type: "json" } }),
  "caps": () => import("./caps.schema.json", { with: { type: "json" } }),
  "caps-compare": () => import("./caps-compare.schema.json", { with: { type: "json" } }),
  "rpc": () => import("./rpc.schema.json", { with: { type: "json" } }),
  "scope": () => import("./scope.schema.json", { with: { type: "json" } }),
  "requests": () => import("./requests.schema.json", { with: { type: "json" } }),
  "describe": () => import("./describe.schema.json", { with: { type: "json" } }),
  "decode": () => import("./decode.schema.json", { with: { type: "json" } }),
  "decoders": () => import("./decoders.schema.json", { with: { type: "json" } }),
  "query": () => import("./query.schema.json", { with: { type: "json" } }),
  "plan": () => import("./plan.schema.json", { with: { type: "json" } }),
  "apply": () => import("./apply.schema.json", { with: { type: "json" } }),
  "drift": () => import("./drift.schema.json", { with: { type: "json" } }),
  "show": () => import("./show.schema.json", { with: { type: "json" } }),
  "recover": () => import("./recover.schema.json", { with: { type: "json" } }),
  "journal-list": () => import("./journal-list.schema.json", { with: { type: "json" } }),
  "journal": () => import("./journal.schema.json", { with: { type: "json" } }),
  "journal-verify": () => import("./journal-verify.schema.json", { with: { type: "json" } }),
  "journal-close": () => import("./journal-close.schema.json", { with: { type: "json" } }),
  "params": () => import("./params.schema.json", { with: { type: "json" } }),
  "sign": () => import("./sign.schema.json", { with: { type: "json" } }),
  "attest": () => import("./attest.schema.json", { with: { type: "json" } }),
  "verify": () => import("./verify.schema.json", { with: { type: "json" } }),
  "trust": () => import("./trust.schema.json", { with: { type: "json" } }),
  "policy": () => import("./policy.schema.json", { with: { type: "json" } }),
  "bundle": () => import("./bundle.schema.json", { with: { type: "json" } }),
  "nvconfig": () => import("./nvconfig.schema.json", { with: { type: "json" } }),
  "nvconfig-backup": () => import("./nvconfig-backup.schema.json", { with: { type: "json" } }),
  "vfio": () => import("./vfio.schema.json", { with: { type: "json" } }),
  "vfio-status": () => import("./vfio-status.schema.json", { with: { type: "json" } }),
  "vfio-hook": () => import("./vfio-hook.schema.json", { with: { type: "json" } }),
  "host": () => import("./host.schema.json", { with: { type: "json" } }),
  "host-apply": () => import("./host-apply.schema.json", { with: { type: "json" } }),
  "host-prune": () => import("./host-prune.schema.json", { with: { type: "json" } }),
  "seal": () => import("./seal.schema.json", { with: { type: "json" } }),
  "diag-capabilities": () => import("./diag-capabilities.schema.json", { with: { type: "json" } }),
  "diag-samples": () => import("./diag-samples.schema.json", { with: { type: "json" } }),
  "doctor": () => import("./doctor.schema.json", { with: { type: "json" } }),
  "recording": () => import("./recording.schema.json", { with: { type: "json" } }),
  "recording-close": () => import("./recording-close.schema.json", { with: { type: "json" } }),
  "error": () => import("./error.schema.json", { with: { type: "json" } }),
  "report": () => import("./report.schema.json", { with: { type: "json" } }),
  "version": () => import("./version.schema.json", { with: { type: "json" } }),
  "schema-list": () => import("./schema-list.schema.json", { with: { type: "json" } }),
  "schema": () => import("./schema.schema.json", { with: { type: "json" } }),
};

/** Forms of files: these are closed, and stand by themselves. */
// deno-fmt-ignore
const FILES: Readonly<Record<string, Load>> = {
  "plan-file": () => import("../../plan/plan_file.schema.json", { with: { type: "json" } }),
  "policy-file": () => import("../../plan/policy/policy.schema.json", { with: { type: "json" } }),
};

/** What a schema is about: an answer of the command, or a file. */
export type SchemaKind = "answer" | "file";

/** A schema's place in the list. */
export interface SchemaEntry {
  /** Of an answer the `schema` without `fwctl/`. */
  readonly name: string;
  /** What it is about. */
  readonly kind: SchemaKind;
}

/** All schemas, answers first. */
export function schemaEntries(): SchemaEntry[] {
  const entry = (kind: SchemaKind) => (name: string): SchemaEntry => ({
    name,
    kind,
  });
  return [
    ...Object.keys(ANSWERS).map(entry("answer")),
    ...Object.keys(FILES).map(entry("file")),
  ];
}

/** A schema by its name, self-contained; undefined when there is none of that name. */
export async function loadSchema(
  name: string,
): Promise<PlainObject | undefined> {
  if (Object.hasOwn(ANSWERS, name)) {
    const [own, common] = await Promise.all([
      data(ANSWERS[name as SchemaName]),
      data(COMMON),
    ]);
    return selfContained(name, own, common);
  }
  const file = Object.hasOwn(FILES, name) ? FILES[name] : undefined;
  return file && await data(file);
}

/** A JSON file of ours. */
async function data(load: Load): Promise<PlainObject> {
  return (await load()).default as PlainData as PlainObject;
}
