/**
 * Messages, commands and error codes of `hsi.h`, by name.
 *
 * `layoutOf("hwrm_func_qcaps_output")` is `struct hwrm_func_qcaps_output`.
 * Source: include/linux/bnxt/hsi.h (HWRM 1.10.3.151, Linux 7.3). Of the
 * 104 commands on the kernel's list the header describes 77, `more_text.ts`
 * another three; the others have a number and nothing else.
 *
 * @module
 */
import type { Layout } from "../../../lib/bits/mod.ts";
import { UsageError } from "../../../lib/errors.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import { MORE_TEXT } from "./more_text.ts";
import { COMMAND_TEXT, ERROR_TEXT, HWRM_TEXT } from "./hwrm_table.ts";
import { type Message, MessageTable } from "./table_text.ts";

export type { Meaning, Message, Part } from "./table_text.ts";

const TABLE = new MessageTable(() => HWRM_TEXT);
const MORE = new MessageTable(() => MORE_TEXT);
let commands: ReadonlyMap<number, string> | undefined;
let errors: ReadonlyMap<number, string> | undefined;

/** All structure names of the header. */
export function layoutNames(): string[] {
  return TABLE.names();
}

/** A structure with the meaning of its members, or undefined where the header has none. */
export function messageOf(name: string): Message | undefined {
  return TABLE.find(name) ?? MORE.find(name);
}

/**
 * A structure's layout.
 *
 * @throws `UsageError` with the nearest names when the table has none
 */
export function layoutOf(name: string): Layout {
  const found = messageOf(name);
  if (found) return found.layout;
  throw new UsageError(`hsi.h has no structure "${name}"`, {
    hint: didYouMean(name, TABLE.names()) ??
      "Names are those of the header: hwrm_COMMAND_input, hwrm_COMMAND_output",
  });
}

/** The request of a command, such as `FUNC_QCAPS`; undefined where its layout is not known. */
export function inputOf(command: string): Message | undefined {
  return messageOf(`hwrm_${command.toLowerCase()}_input`);
}

/** The response of a command; undefined where its layout is not known. */
export function outputOf(command: string): Message | undefined {
  return messageOf(`hwrm_${command.toLowerCase()}_output`);
}

/** All commands by number, names without `HWRM_`. */
export function commandNames(): ReadonlyMap<number, string> {
  return commands ??= numbered(COMMAND_TEXT);
}

/** All error codes by number, names without `HWRM_ERR_CODE_`. */
export function errorNames(): ReadonlyMap<number, string> {
  return errors ??= numbered(ERROR_TEXT);
}

/**
 * The number of a command by name, with or without `HWRM_`, in any case.
 *
 * @throws `UsageError` with the nearest names when there is none
 */
export function commandNumber(name: string): number {
  const wanted = name.toUpperCase().replace(/^HWRM_/, "");
  for (const [code, known] of commandNames()) if (known === wanted) return code;
  throw new UsageError(`There is no bnxt command "${name}"`, {
    hint: didYouMean(wanted, commandNames().values()) ??
      "Run `fwctl scope --list` for all names",
  });
}

function numbered(text: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (
    const [, code = "", name = ""] of text.matchAll(/^([0-9a-f]+) (\w+)$/gm)
  ) {
    const number = Number.parseInt(code, 16);
    if (!found.has(number)) found.set(number, name);
  }
  return found;
}
