/**
 * An answer and its schema, walked through together: where a member is that the
 * schema requires, and where any data may be.
 *
 * @module
 */
import { type Json, schemaFile } from "../answers.ts";

/** One member of an answer. */
export interface Place {
  /** The object it is in; its members may be changed. */
  readonly object: Json;
  /** Its name. */
  readonly key: string;
  /** Where that is. */
  readonly path: string;
  /** Whether the schema wants it there. */
  readonly required: boolean;
  /** Whether it may be any data. */
  readonly free: boolean;
}

/** A schema file and what it refers to. */
class Schemas {
  readonly #files = new Map<string, Json>();

  /** Every schema that says something of a value. */
  of(schema: Json, value: Json, file: string): Json[] {
    if (typeof schema !== "object" || schema === null) return [];
    const found: Json[] = [{ ...schema, file }];
    const more = (each: Json): void => {
      found.push(...this.of(each, value, file));
    };
    if (schema.$ref !== undefined) {
      const [other = "", pointer = ""] = schema.$ref.split("#/$defs/");
      const name = other === "" ? file : other.replace(".schema.json", "");
      found.push(...this.of(this.file(name).$defs[pointer], value, name));
    }
    for (const each of schema.allOf ?? []) more(each);
    for (const each of schema.anyOf ?? []) {
      if (this.#fits(each, value, file)) more(each);
    }
    if (schema.if && this.#fits(schema.if, value, file)) more(schema.then);
    return found;
  }

  file(name: string): Json {
    const known = this.#files.get(name) ?? schemaFile(name);
    this.#files.set(name, known);
    return known;
  }

  /** Whether a value is of the type, and has the constants, that a branch says. */
  #fits(branch: Json, value: Json, file: string): boolean {
    return this.of(branch, value, file).every(({ type, properties = {} }) =>
      (type === undefined || [type].flat().includes(typeOf(value))) &&
      Object.entries<Json>(properties).every(([key, each]) =>
        each.const === undefined || each.const === value?.[key]
      )
    );
  }
}

function typeOf(value: Json): string {
  return value === null
    ? "null"
    : Array.isArray(value)
    ? "array"
    : typeof value;
}

/** Which members it has, and of which types, two levels down; `type` tells records apart. */
function shapeOf(value: Json, depth = 2): Json {
  const type = typeOf(value);
  if (type !== "object" || depth === 0) return type;
  return Object.entries(value).map(([key, each]) => [
    key,
    key === "type" ? each : shapeOf(each, depth - 1),
  ]);
}

/** Every member of an answer that its schema describes. */
export function places(name: string, answer: Json): Place[] {
  const schemas = new Schemas();
  const found: Place[] = [];
  const visit = (value: Json, all: readonly Json[], path: string): void => {
    if (typeof value !== "object" || value === null) return;
    const shapes = new Set<string>();
    for (const [key, member] of Object.entries(value)) {
      // Of a list one of each shape will do.
      if (Array.isArray(value)) {
        const shape = JSON.stringify(shapeOf(member));
        if (shapes.has(shape)) continue;
        shapes.add(shape);
      }
      const at = `${path}/${key}`;
      const under = all.flatMap(({ properties, items, file, ...rest }) => {
        const schema = Array.isArray(value)
          ? items
          : properties?.[key] ?? rest.additionalProperties;
        return schemas.of(schema, member, file);
      });
      if (!Array.isArray(value)) {
        found.push({
          object: value,
          key,
          path: at,
          required: all.some(({ required }) => required?.includes(key)),
          free: under.length === 0 ||
            under.some(({ type }) => Array.isArray(type) && type.length > 5),
        });
      }
      visit(member, under, at);
    }
  };
  visit(answer, schemas.of(schemas.file(name), answer, name), "");
  return found;
}
