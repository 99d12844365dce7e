/**
 * A debug bundle for people: its parts with sizes, and what is not in it.
 *
 * @module
 */
import type { Manifest } from "../bundle/manifest.ts";
import type { Look, Style } from "./style.ts";
import { type Cell, table } from "./table.ts";
import { count, thousands } from "./words.ts";

/** What is shown. */
export interface BundleView {
  /** The archive. */
  readonly file: string;
  /** Its digest. */
  readonly sha256: string;
  /** Its size. */
  readonly bytes: number;
  /** The page, where one was written. */
  readonly page: string | null;
  /** What is in it. */
  readonly manifest: Manifest;
}

/** The text; ends with a newline. */
export function bundleText(view: BundleView, style: Style): string {
  const { file, sha256, bytes, page, manifest } = view;
  const { parts, missing, skipped, redaction } = manifest;
  const rows = [
    ...parts.map(({ path, title, bytes }): Cell[] => [
      path,
      thousands(bytes),
      title,
    ]),
    ...missing.map(({ path, code, message }): Cell[] => [
      path,
      ["-", "red"],
      [`${code}: ${message}`, "red"],
    ]),
    ...skipped.map(({ path, reason }): Cell[] => [
      path,
      ["-", "dim"],
      [`not asked: ${reason}`, "dim"],
    ]),
  ].sort((a, b) => String(a[0]) < String(b[0]) ? -1 : 1);
  const lines = table(
    rows,
    { header: ["PART", "BYTES", "WHAT"], right: [1] },
    style,
  );
  lines.push("", summary(manifest, style));
  if (redaction) lines.push(redacted(redaction, style));
  lines.push(
    `${style(file, "bold")}  ${thousands(bytes)} bytes  sha256 ${sha256}`,
  );
  if (page !== null) lines.push(`${style(page, "bold")}  open it in a browser`);
  return `${lines.join("\n")}\n`;
}

function summary(
  { parts, missing, skipped, devices, policy }: Manifest,
  style: Style,
): string {
  const look: Look | undefined = missing.length > 0 ? "red" : undefined;
  return [
    `Bundle: ${count(parts.length, "part")} of ${
      count(devices.length, "device")
    }`,
    style(`${missing.length} could not be read`, look),
    `${skipped.length} not asked.`,
    `Reads only: scope ${style(policy.scope)}, effect ${
      style(policy.effect)
    }, ${policy.taint ? "taint allowed" : "no taint"}.`,
  ].join(", ").replace(".,", ".");
}

function redacted(
  kinds: NonNullable<Manifest["redaction"]>,
  style: Style,
): string {
  if (kinds.length === 0) return "Replaced by pseudonyms: nothing was found.";
  return `Replaced by pseudonyms: ${
    kinds.map(({ kind, values, places }) =>
      `${style(kind)} ${values} in ${count(places, "place")}`
    ).join(", ")
  }.`;
}
