/**
 * The machine and the moment that a page is about.
 *
 * @module
 */
import { html } from "./html.ts";
import { code } from "./parts.ts";

/** A machine, as far as a page names it. */
export interface PageMachine {
  /** `Linux host`, `modelled host connectx`, `recording case.jsonl`. */
  readonly what: string;
  /** Its name, or "". */
  readonly host: string;
  /** Its kernel, or "". */
  readonly kernel: string;
  /** `none`, `integrity`, `confidentiality` or `unknown`. */
  readonly lockdown: string;
  /** Whether fwctl tainted it in this boot. */
  readonly tainted: boolean;
  /** Whether the process that asked may use scope debug-write-full. */
  readonly rawio: boolean;
  /** Its boot, or "". */
  readonly bootId: string;
}

/** When and by what a page was made. */
export interface PageOrigin {
  /** ISO 8601 in UTC. */
  readonly created: string;
  /** The program's version. */
  readonly version: string;
}

/** Rows for the facts of a page. */
export function machineFacts(machine: PageMachine): [string, string][] {
  const { what, host, kernel, lockdown, tainted, rawio, bootId } = machine;
  return [
    ["Host", `${html(host === "" ? what : `${host}, ${what}`)}`],
    ["Kernel", code(kernel)],
    ["Lockdown", html(lockdown)],
    [
      "Taint",
      tainted
        ? `<span class="m stop"><i aria-hidden="true">▲</i>tainted by a firmware debug write in this boot (J)</span>`
        : "not by fwctl",
    ],
    ["CAP_SYS_RAWIO", rawio ? "held" : "not held"],
    ["Boot", code(bootId)],
  ];
}

/** The same for when and by what. */
export function originFacts(
  { created, version }: PageOrigin,
): [string, string][] {
  return [["Made", `${moment(created)} by fwctl ${html(version)}`]];
}

/** A moment for people and for machines: to the second, in UTC. */
export function moment(iso: string): string {
  const known = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/.exec(iso);
  return known
    ? `<time datetime="${iso}">${known[1]} ${known[2]} UTC</time>`
    : html(iso);
}
