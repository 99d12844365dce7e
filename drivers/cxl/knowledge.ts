/**
 * What is known of one device: the features it lists, and the fields that a
 * definition file or the specification gives them.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/suggest.ts";
import type { Channel, Know } from "../driver.ts";
import type { FeatureSchema } from "./fields.ts";
import { readFeatures } from "./answers.ts";
import type { FeatureEntry } from "./protocol.ts";
import { STANDARD, standardByUuid, standardSchema } from "./tables/standard.ts";
import { asUuid } from "./tables/uuid.ts";

/** The features of a device. */
export class CxlFeatures {
  /** In the device's order; the first of those that share a UUID, as the kernel finds it. */
  readonly entries: readonly FeatureEntry[];
  readonly #byUuid: ReadonlyMap<string, FeatureEntry>;
  readonly #schemas: ReadonlyMap<string, FeatureSchema>;

  /** `schemas`: no two share a UUID or a name. */
  constructor(
    entries: readonly FeatureEntry[],
    schemas: readonly FeatureSchema[] = [],
  ) {
    const byUuid = new Map<string, FeatureEntry>();
    for (const entry of entries) {
      if (!byUuid.has(entry.uuid)) byUuid.set(entry.uuid, entry);
    }
    this.entries = [...byUuid.values()];
    this.#byUuid = byUuid;
    this.#schemas = new Map(schemas.map((schema) => [schema.uuid, schema]));
  }

  /** A feature the device lists. */
  entry(uuid: string): FeatureEntry | undefined {
    return this.#byUuid.get(uuid);
  }

  /** The fields of a feature, where somebody said what they are. */
  schema(entry: FeatureEntry): FeatureSchema | undefined {
    const standard = standardByUuid(entry.uuid);
    return standard
      ? standardSchema(standard, entry.getSize)
      : this.#schemas.get(entry.uuid);
  }

  /** What a feature is called: its name, or its UUID. */
  nameOf(uuid: string): string {
    return standardByUuid(uuid)?.name ?? this.#schemas.get(uuid)?.name ?? uuid;
  }

  /** The UUID of a name or of a UUID; undefined when nothing is called so. */
  uuidOf(name: string): string | undefined {
    const named = [...STANDARD, ...this.#schemas.values()];
    return asUuid(name) ?? named.find((each) => each.name === name)?.uuid;
  }

  /** Names that {@linkcode uuidOf} knows of features the device has. */
  names(): string[] {
    return this.entries.map(({ uuid }) => this.nameOf(uuid));
  }

  /** A feature of the device by name or UUID. @throws {UsageError} with the name that was meant */
  find(name: string, device: string): FeatureEntry {
    const uuid = this.uuidOf(name);
    const entry = uuid === undefined ? undefined : this.entry(uuid);
    if (entry) return entry;
    throw new UsageError(
      uuid === undefined
        ? `No feature is called "${name.slice(0, 64)}"`
        : `${device} has no feature ${name.slice(0, 64)}`,
      {
        device,
        hint: didYouMean(name, this.names()) ??
          "Run `fwctl query features` to see what it has; a definition file gives vendor features names",
      },
    );
  }
}

/** Reads the device's list; `definitions` are what `parseDefinition` gave. */
export function learn(
  channel: Channel,
  definitions: readonly unknown[],
): CxlFeatures {
  const schemas = mergeSchemas(definitions as readonly FeatureSchema[][]);
  const entries = readFeatures((request, capacity) =>
    channel.send(request, capacity)
  );
  return new CxlFeatures(entries, schemas);
}

/** All schemas of several definition files. @throws {UsageError} when two are about one feature */
export function mergeSchemas(
  lists: readonly (readonly FeatureSchema[])[],
): FeatureSchema[] {
  const found = new Map<string, FeatureSchema>();
  for (const schema of lists.flat()) {
    for (const key of [schema.uuid, schema.name]) {
      const other = found.get(key);
      if (other) {
        throw new UsageError(
          `Two definition files define the feature ${key}`,
          { hint: "Give one of them" },
        );
      }
    }
    found.set(schema.uuid, schema);
    found.set(schema.name, schema);
  }
  return [...new Set(found.values())];
}

/** What `learn` gave; undefined when nothing is known. */
export function featuresOf(know: Know | undefined): CxlFeatures | undefined {
  const known = know?.();
  return known instanceof CxlFeatures ? known : undefined;
}

/** The same, where it must be known. @throws {UsageError} */
export function knownFeatures(know: Know, device: string): CxlFeatures {
  const known = featuresOf(know);
  if (known) return known;
  throw new UsageError(`The features of ${device} were not read`, {
    device,
    hint: "Open the device through Sessions, which learns them",
  });
}
