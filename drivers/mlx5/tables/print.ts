/**
 * Prints layouts as plain text, for people and for comparing kernels:
 * `deno task layouts [--all] [NAME...]`.
 *
 * A structure is `struct NAME bits`, a field `f NAME TYPE bit-offset bit-width`;
 * a flexible array has `flex` for a width, arrays count whole, and fields of a
 * body with a field name but no structure name are `a.b`.
 *
 * @module
 */
import process from "node:process";
import type { Field, Layout } from "../../../lib/bits/layout.ts";
import { kernelName, layout, layoutNames } from "./ifc.ts";

/** What to print. */
export interface PrintOptions {
  /**
   * Also what the plain form leaves out: the structures of mlx5_ifc_fpga.h,
   * those whose kernel name does not end with `_bits`, fields of such a type,
   * and flexible arrays that share their place with another field.
   */
  readonly all?: boolean;
}

/** The lines of one structure; nested bodies without a name are in it. */
export function printLayout(
  shown: Layout,
  options: PrintOptions = {},
): string[] {
  const lines = [`${shown.kind} ${shown.name} ${shown.bits}`];
  printFields(shown, 0, "", options, lines);
  return lines;
}

function printFields(
  shown: Layout,
  base: number,
  prefix: string,
  options: PrintOptions,
  lines: string[],
): void {
  for (const field of shown.fields) {
    if (!options.all && leftOut(shown, field)) continue;
    const offset = base + field.offset;
    if (field.type.includes(".")) {
      const body = layout(field.type);
      printFields(body, offset, `${prefix}${field.name}.`, options, lines);
    } else {
      lines.push(
        `f ${prefix}${field.name} ${field.type} ${offset} ${
          field.flex ? "flex" : field.width
        }`,
      );
    }
  }
}

/** Whether the kernel's name ends as the rule says. */
function isRegular(name: string): boolean {
  const full = kernelName(name);
  return full === "" || full.endsWith("_bits");
}

/** See {@linkcode PrintOptions.all}. */
function leftOut(shown: Layout, field: Field): boolean {
  if (!isRegular(field.type)) return true;
  return field.flex === true &&
    shown.fields.some((other) =>
      other !== field && (other.offset === field.offset ||
        other.offset < field.offset &&
          other.offset + other.width > field.offset)
    );
}

/** All names the plain form has. */
export function printedNames(options: PrintOptions = {}): string[] {
  return layoutNames().filter((name) =>
    !name.includes(".") &&
    (options.all || !name.startsWith("fpga_") && isRegular(name))
  );
}

/** The whole text; every line ends with a newline. */
export function printAll(
  names: readonly string[] = printedNames(),
  options: PrintOptions = {},
): string {
  return names.flatMap((name) => printLayout(layout(name), options))
    .map((line) => `${line}\n`).join("");
}

function main(args: readonly string[]): void {
  const options = { all: args.includes("--all") };
  const names = args.filter((arg) => !arg.startsWith("--"));
  process.stdout.write(
    printAll(names.length ? names : printedNames(options), options),
  );
}

if (import.meta.main) main(process.argv.slice(2));
