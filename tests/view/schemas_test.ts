/** The schema files themselves: all there, sound, described, and in step with the code. */
import { assert, assertEquals } from "@std/assert";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { PlainData } from "../../lib/plain.ts";
import { loadSchema, schemaEntries } from "../../lib/view/schemas/load.ts";
import { type Json, schemaFile, SCHEMAS } from "../answers.ts";
import { ROOT } from "../paths.ts";
import { ENUMERATIONS } from "./schema_enumerations.ts";

const ANSWERS = schemaEntries().filter(({ kind }) => kind === "answer")
  .map(({ name }) => name);

/** Visits every schema in a schema, with where it is and what it is there. */
function visit(
  schema: Json,
  look: (schema: Json, path: string, key: string) => void,
  path = "",
  key = "",
): void {
  if (typeof schema !== "object" || schema === null) return;
  look(schema, path, key);
  for (const [name, each] of Object.entries<Json>(schema)) {
    const at = `${path}/${name}`;
    if (["properties", "$defs"].includes(name)) {
      for (const [member, one] of Object.entries(each)) {
        visit(one, look, `${at}/${member}`, name);
      }
    } else if (["allOf", "anyOf"].includes(name)) {
      for (const [index, one] of each.entries()) {
        visit(one, look, `${at}/${index}`, name);
      }
    } else if (["items", "additionalProperties", "then"].includes(name)) {
      visit(each, look, at, name);
    }
  }
}

Deno.test("there is one file a name of SchemaName, and no other", () => {
  const files = [...Deno.readDirSync(SCHEMAS)].map(({ name }) => name)
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.replace(".schema.json", ""));
  assertEquals(
    new Set(files),
    new Set([...ANSWERS, "common"]),
    "lib/view/schemas has a NAME.schema.json, and load.ts a line, for each name of SchemaName",
  );
  const union = /type SchemaName =([^;]*);/.exec(
    Deno.readTextFileSync(`${ROOT}lib/view/json.ts`),
  )?.[1] ?? "";
  const names = [...union.matchAll(/"([a-z-]+)"/g)].map(([, name]) => name);
  assertEquals(
    new Set(names),
    new Set(ANSWERS),
    "a name of SchemaName (lib/view/json.ts) needs lib/view/schemas/NAME.schema.json, a line in load.ts beside it, and a command line in tests/cli/schemas_test.ts",
  );
});

Deno.test("every schema is sound, says which commands answer so, and names itself", () => {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  ajv.addSchema(schemaFile("common"));
  for (const name of ANSWERS) {
    const schema = schemaFile(name);
    ajv.compile(schema);
    assertEquals(schema.$id, `${name}.schema.json`);
    assertEquals(schema.properties.schema.const, `fwctl/${name}`);
    assertEquals(schema.required.slice(0, 2), ["schema", "version"]);
    assert(schema.title?.length > 3 && schema.description?.length > 10, name);
  }
});

Deno.test("every member is described, and no schema closes itself to new ones", () => {
  const common = schemaFile("common");
  for (const name of ["common", ...ANSWERS]) {
    const file = schemaFile(name);
    visit(file, (schema, path, key) => {
      assert(schema.additionalProperties !== false, `${name}${path}`);
      assert(schema.unevaluatedProperties === undefined, `${name}${path}`);
      if (key !== "properties" && key !== "$defs") return;
      const [other, pointer] = schema.$ref?.split("#/$defs/") ?? [];
      const of = (other === "" ? file : common).$defs?.[pointer];
      const described = schema.description ?? of?.description;
      assert(
        described || path.startsWith("/$defs/") && key === "$defs",
        `${name}${path} has no description`,
      );
    });
  }
});

Deno.test("a self-contained schema refers to nothing outside, and keeps the rules for readers", async () => {
  const common = schemaFile("common");
  for (const name of ANSWERS) {
    const own = Object.keys(schemaFile(name).$defs ?? {});
    assertEquals(own.filter((each) => each in common.$defs), [], name);
    const document = await loadSchema(name);
    assert(document);
    visit(document, ({ $ref = "#/$defs/" }, path) => {
      assert($ref.startsWith("#/$defs/"), `${name}${path}: ${$ref}`);
    });
    assertEquals(document.$comment, common.description);
    assertEquals(document.$id, `urn:fwctl-deno:answer:${name}:1`);
  }
});

Deno.test("enumerations are those of the code", () => {
  for (const [where, values] of ENUMERATIONS) {
    const [name = "", ...path] = where.split(" ");
    const found = path.reduce<Json>((at, key) => at?.[key], schemaFile(name));
    assert(found?.enum, `${where} is an enumeration`);
    assertEquals(
      new Set(found.enum.filter((each: PlainData) => each !== null)),
      new Set(values),
      where,
    );
  }
});

Deno.test("plan files and answers have the same members of devices, resources, fields and labels", () => {
  const file = JSON.parse(
    Deno.readTextFileSync(`${ROOT}lib/plan/plan_file.schema.json`),
  );
  const { $defs } = schemaFile("common");
  for (
    const [inFile, here] of [
      ["device", "plannedDevice"],
      ["resource", "plannedResource"],
      ["change", "fieldChange"],
      ["label", "requestLabel"],
    ] as const
  ) {
    const [one, other] = [file.$defs[inFile], $defs[here]];
    assertEquals(
      new Set(Object.keys(one.properties)),
      new Set(Object.keys(other.properties)),
      here,
    );
    assertEquals(new Set(one.required), new Set(other.required), here);
  }
});
