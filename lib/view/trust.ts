/**
 * Signatures, trusted keys and measurements for people.
 *
 * @module
 */
import { isPlainObject, type PlainData } from "../plain.ts";
import type { MeasuredDifference } from "../trust/compare.ts";
import type { Statement } from "../trust/statement.ts";
import { momentText } from "../trust/time.ts";
import { SIGNED_KINDS, type Trust } from "../trust/trust.ts";
import type { Style } from "./style.ts";
import { table } from "./table.ts";
import { count } from "./words.ts";

/** How many differences are shown before the rest is only counted. */
const SHOWN = 40;
const VALUE = 24;

/** The keys that are trusted. */
export function trustText(trust: Trust, now: Date, style: Style): string {
  const rows = trust.map(({ name, key, scopes, notAfter }) => [
    name,
    key.keyid,
    scopes.length === SIGNED_KINDS.length ? "everything" : scopes.join(", "),
    notAfter === null
      ? "always"
      : now > notAfter
      ? ["expired " + momentText(notAfter), "red"] as const
      : `until ${momentText(notAfter)}`,
  ]);
  const header = ["name", "key id", "for", "trusted"];
  return `${table(rows, { header }, style).join("\n")}\n`;
}

/** A signature that was made. */
export interface SignedView {
  /** What was signed. */
  readonly file: string;
  /** As what. */
  readonly kind: string;
  /** Its digest. */
  readonly sha256: string;
  /** The key's id. */
  readonly keyid: string;
  /** The last moment it counts, or null. */
  readonly expires: string | null;
  /** Where the signature is. */
  readonly signature: string;
}

/** What `sign` did. */
export function signText(signed: SignedView, style: Style): string {
  const { file, kind, sha256, keyid, expires, signature } = signed;
  return [
    `${style(signature, "bold")} signs the ${kind} ${style(file)}`,
    `  sha256  ${sha256}`,
    `  key id  ${keyid}`,
    `  counts  ${expires === null ? "for ever" : `until ${expires}`}`,
    "",
  ].join("\n");
}

/** A statement that was written to a file. */
export interface AttestedView {
  /** The statement. */
  readonly statement: Statement;
  /** The key's id; null when it is not signed. */
  readonly keyid: string | null;
  /** Where it is. */
  readonly file: string | null;
}

/** What `attest -o` did. */
export function attestText(view: AttestedView, style: Style): string {
  const { statement, keyid, file } = view;
  const rows = statement.subjects.map(({ name, sha256 }) => [name, sha256]);
  return [
    ...table(rows, { indent: "  " }, style),
    `${count(rows.length, "device")} measured, written to ${
      style(file ?? "-", "bold")
    }, ${keyid === null ? "not signed" : `signed with key ${keyid}`}`,
    "",
  ].join("\n");
}

/** One file of a comparison. */
export interface VerifiedSide {
  /** The file. */
  readonly file: string;
  /** Its devices. */
  readonly devices: readonly string[];
  /** Who signed it, or null. */
  readonly signedBy: readonly string[] | null;
}

/** A comparison. */
export interface VerifiedView {
  /** What was measured first. */
  readonly baseline: VerifiedSide;
  /** What is held against it. */
  readonly measured: VerifiedSide;
  /** What differs. */
  readonly differences: readonly MeasuredDifference[];
  /** Whether that is all of it. */
  readonly complete: boolean;
}

/** What `verify` found. */
export function verifyText(
  { baseline, measured, differences, complete }: VerifiedView,
  style: Style,
  all: boolean,
): string {
  const lines: string[] = [];
  const shown = all ? differences : differences.slice(0, SHOWN);
  const devices = [...new Set(shown.map(({ device }) => device))];
  for (const device of devices) {
    const own = shown.filter((each) => each.device === device);
    const whole = own.find(({ path }) => path.length === 0);
    if (whole) {
      lines.push(
        `${style(device, "bold")}  ${
          whole.baseline === undefined
            ? "is not in the baseline"
            : "is missing: it is in the baseline only"
        }`,
      );
      continue;
    }
    lines.push(style(device, "bold"));
    lines.push(
      ...table(
        own.map(({ path, baseline, now }) => [
          (path[0] === "configuration" ? path.slice(1) : path).join(" "),
          [valueText(baseline), "dim"],
          "→",
          [valueText(now), "yellow"],
        ]),
        { indent: "  " },
        style,
      ),
    );
  }
  const more = differences.length - shown.length;
  if (more > 0) {
    lines.push(`… and ${count(more, "more value")}; --all shows them`);
  }
  if (lines.length > 0) lines.push("");
  const what = `${style(measured.file)} (${signed(measured, style)})`;
  const than = `${style(baseline.file)} (${signed(baseline, style)})`;
  lines.push(
    differences.length === 0
      ? `${style("same", "green")}: ${what} says of ${
        count(measured.devices.length, "device")
      } what ${than} says`
      : `${style("different", "red")}: ${what} differs from ${than} in ${
        complete ? "" : "at least "
      }${count(differences.length, "value")}`,
    "",
  );
  return lines.join("\n");
}

function signed({ signedBy }: VerifiedSide, style: Style): string {
  return signedBy === null
    ? "signature not verified"
    : `signed by ${style(signedBy.join(", "))}`;
}

function valueText(value: PlainData | undefined): string {
  if (value === undefined) return "(nothing)";
  if (isPlainObject(value)) return "{…}";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (text === "") return '""';
  return text.length > VALUE ? `${text.slice(0, VALUE - 1)}…` : text;
}
