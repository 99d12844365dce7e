/**
 * The manifest of a bundle: what is in it, what is not and why, and what was
 * replaced. `manifest.json` in the archive; every other member is in `parts`
 * with its digest.
 *
 * @module
 */
import { DecodeError } from "../errors.ts";
import { ObjectReader, refuse } from "../model/reader.ts";
import type { PlainData, PlainObject } from "../plain.ts";
import { strictly } from "../trust/reading.ts";
import { isMemberPath, MOST_MEMBERS } from "./tar.ts";

/** What a manifest calls itself. */
export const MANIFEST_SCHEMA = "fwctl/bundle-manifest";
/** Its version. */
export const MANIFEST_VERSION = "1.0";
/** Its path in the archive. */
export const MANIFEST_PATH = "manifest.json";

/** One thing a bundle has, or should have. */
export interface Entry {
  /** Path in the archive. */
  readonly path: string;
  /** For people. */
  readonly title: string;
  /** The device it is of; "" for the machine. */
  readonly device: string;
}

/** A member of the archive. */
export interface Part extends Entry {
  /** Its size. */
  readonly bytes: number;
  /** Its digest. */
  readonly sha256: string;
}

/** What was asked for and could not be read. */
export interface Missing extends Entry {
  /** The kind of error. */
  readonly code: string;
  /** What happened. */
  readonly message: string;
  /** What to do about it; may be empty. */
  readonly hint: string;
}

/** What was not asked for. */
export interface Skipped extends Entry {
  /** Why. */
  readonly reason: string;
}

/** A device of the machine. */
export interface BundledDevice {
  /** `fwctl0`. */
  readonly name: string;
  /** `mlx5`. */
  readonly driver: string;
  /** PCI address or parent. */
  readonly address: string;
}

/** How many values of a kind were replaced; never the values. */
export interface RedactedKind {
  /** `mac`, `serial`, … */
  readonly kind: string;
  /** Different values. */
  readonly values: number;
  /** Places where they stood. */
  readonly places: number;
}

/** The manifest. */
export interface Manifest {
  /** Versions of what made it. */
  readonly tool: { readonly fwctl: string; readonly deno: string };
  /** When, where that was asked for. */
  readonly created: string | null;
  /** `linux`, or `model`. */
  readonly host: string;
  /** What every request was held against. */
  readonly policy: {
    readonly scope: string;
    readonly effect: string;
    readonly taint: boolean;
  };
  /** What was replaced; null when nothing was to be. */
  readonly redaction: readonly RedactedKind[] | null;
  /** The devices. */
  readonly devices: readonly BundledDevice[];
  /** All members but the manifest, in order of paths. */
  readonly parts: readonly Part[];
  /** What could not be read. */
  readonly missing: readonly Missing[];
  /** What was not asked for. */
  readonly skipped: readonly Skipped[];
}

/** The manifest as data, schema and version first. */
export function manifestData(manifest: Manifest): PlainObject {
  return {
    schema: MANIFEST_SCHEMA,
    version: MANIFEST_VERSION,
    ...manifest,
    parts: manifest.parts.map((part) => ({ ...part })),
    missing: manifest.missing.map((each) => ({ ...each })),
    skipped: manifest.skipped.map((each) => ({ ...each })),
    devices: manifest.devices.map((each) => ({ ...each })),
    redaction: manifest.redaction?.map((each) => ({ ...each })) ?? null,
  };
}

/** Reads a manifest from outside. @throws {DecodeError} naming the key */
export function readManifest(data: PlainData): Manifest {
  return strictly(
    data,
    (message, hint) =>
      new DecodeError(`The bundle's ${MANIFEST_PATH}: ${message}`, {
        hint: hint ?? "Make the bundle again with `fwctl bundle`",
      }),
    manifestIn,
  );
}

function manifestIn(reader: ObjectReader): Manifest {
  reader.choice("schema", [MANIFEST_SCHEMA]) ?? absent(reader, "schema");
  reader.choice("version", [MANIFEST_VERSION]) ?? absent(reader, "version");
  const tool = member(reader, "tool");
  const policy = member(reader, "policy");
  const manifest: Manifest = {
    tool: { fwctl: need(tool, "fwctl"), deno: need(tool, "deno") },
    created: reader.raw("created") === null ? null : need(reader, "created"),
    host: need(reader, "host"),
    policy: {
      scope: need(policy, "scope"),
      effect: need(policy, "effect"),
      taint: policy.flag("taint") ?? absent(policy, "taint"),
    },
    redaction: reader.raw("redaction") === null
      ? null
      : items(reader, "redaction", (each) => ({
        kind: need(each, "kind"),
        values: each.integer("values") ?? absent(each, "values"),
        places: each.integer("places") ?? absent(each, "places"),
      })),
    devices: items(reader, "devices", (each) => ({
      name: need(each, "name"),
      driver: need(each, "driver"),
      address: need(each, "address"),
    })),
    parts: items(reader, "parts", (each) => ({
      ...entryIn(each),
      bytes: each.integer("bytes") ?? absent(each, "bytes"),
      sha256: digestIn(each),
    })),
    missing: items(reader, "missing", (each) => ({
      ...entryIn(each),
      code: need(each, "code"),
      message: need(each, "message"),
      hint: need(each, "hint"),
    })),
    skipped: items(reader, "skipped", (each) => ({
      ...entryIn(each),
      reason: need(each, "reason"),
    })),
  };
  tool.end();
  policy.end();
  return manifest;
}

function entryIn(reader: ObjectReader): Entry {
  const path = need(reader, "path");
  if (!isMemberPath(path)) refuse(reader.path("path"), "is not a path");
  return { path, title: need(reader, "title"), device: need(reader, "device") };
}

function digestIn(reader: ObjectReader): string {
  const text = need(reader, "sha256");
  if (!/^[0-9a-f]{64}$/.test(text)) {
    refuse(reader.path("sha256"), "is not 64 hex digits in lower case");
  }
  return text;
}

function items<T>(
  reader: ObjectReader,
  key: string,
  read: (each: ObjectReader) => T,
): T[] {
  const list = reader.list(key, MOST_MEMBERS) ?? absent(reader, key);
  return list.map((item, index) => {
    const each = new ObjectReader(item, `${reader.path(key)}[${index}]`);
    const value = read(each);
    each.end();
    return value;
  });
}

function member(reader: ObjectReader, key: string): ObjectReader {
  return reader.object(key) ?? absent(reader, key);
}

function need(reader: ObjectReader, key: string): string {
  return reader.text(key) ?? absent(reader, key);
}

function absent(reader: ObjectReader, key: string): never {
  refuse(reader.path(key), "is missing");
}
