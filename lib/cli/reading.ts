/**
 * `fwctl reg|object|dump DEVICE [WHAT] [NAME=VALUE…]`: a driver's query of that
 * name, and the forms in which every query's answer can be had.
 *
 * @module
 */
import type { Driver, QueryType, RawBytes } from "../../drivers/driver.ts";
import { concatBytes } from "../bytes.ts";
import { findDevice } from "../device/discovery.ts";
import { UsageError } from "../errors.ts";
import type { PlainData, PlainObject } from "../plain.ts";
import { READ_POLICY } from "../plan/policy.ts";
import { bytesText, pictureText, readingText } from "../view/reading.ts";
import { reportText } from "../view/report.ts";
import type { Style } from "../view/style.ts";
import type { Context } from "./context.ts";
import { withHost } from "./with_host.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { fileExists, writeAtomically } from "./files.ts";
import type { Output } from "./output.ts";
import { type PolicyOptions, readPolicyOf } from "./policy.ts";
import { parseArguments } from "./query_arguments.ts";
import { openSessions } from "./sessions.ts";

/** In which form an answer is wanted. */
export interface FormOptions {
  /** The bytes with their offsets, in place of the fields. */
  readonly hex?: boolean | undefined;
  /** The bytes as they are, into this file; `-` is standard output. */
  readonly binary?: string | undefined;
  /** Replace the file. */
  readonly force?: boolean | undefined;
  /** A picture of the structure's bits. */
  readonly picture?: boolean | undefined;
}

/** The options of the commands that read by name. */
export interface ReadingOptions extends FormOptions, PolicyOptions {
  /** Bytes to read, of what is read raw. */
  readonly size?: number | undefined;
}

/** Runs one of the commands. */
export function reading(
  context: Context,
  verb: string,
  device: string,
  words: readonly string[],
  options: ReadingOptions,
): Promise<ExitCode> {
  return ask(context, device, options, (driver, name) => {
    const type = verbOf(driver, verb, name);
    return { type, args: wordArguments(type, words, options) };
  });
}

/** Asks a device what `choose` finds in its driver, and shows the answer. */
export async function ask(
  context: Context,
  device: string,
  options: FormOptions & PolicyOptions,
  choose: (
    driver: Driver,
    name: string,
  ) => { readonly type: QueryType; readonly args: PlainObject },
): Promise<ExitCode> {
  checkForm(context.output, options);
  const policy = await readPolicyOf(context, options, READ_POLICY);
  const found = await withHost(context, async (host) => {
    using opened = await openSessions(context, host, policy);
    const entry = findDevice(opened.inventory, device);
    const session = opened.sessions.get(entry.name);
    const { type, args } = choose(session.driver, entry.name);
    const answer = type.run(session, formArguments(type, args, options));
    return { type, args, answer, device: entry.name };
  });
  showAnswer(context.output, found, options);
  return EXIT.done;
}

/** A driver's query that is a command; says plainly when this driver has none. */
export function verbOf(
  driver: Driver,
  verb: string,
  device: string,
): QueryType {
  const type = Object.hasOwn(driver.queries, verb)
    ? driver.queries[verb]
    : undefined;
  if (type) return type;
  throw new UsageError(
    `${device} is a ${driver.name} device, and of those nothing can be read with fwctl ${verb}`,
    { device, hint: `\`fwctl describe ${device}\` lists what it has` },
  );
}

/** What follows the device: what is read, and `name=value` for the rest. */
export function wordArguments(
  type: QueryType,
  words: readonly string[],
  { size }: Pick<ReadingOptions, "size"> = {},
): PlainObject {
  const [first = "", ...rest] = words;
  const named = type.target !== undefined && first !== "" &&
    !first.includes("=");
  const texts = named ? [`${type.target}=${first}`, ...rest] : words;
  return parseArguments(type, [
    ...texts,
    ...(size === undefined ? [] : [`size=${size}`]),
  ]);
}

/** The arguments with those that a form needs. @throws {UsageError} when the query has not that form */
export function formArguments(
  type: QueryType,
  args: PlainObject,
  { hex, binary, picture }: FormOptions,
): PlainObject {
  const wants = hex || binary !== undefined;
  if (wants && !type.bytes) {
    throw new UsageError(`The query ${type.name} has no bytes to show`, {
      hint: "Leave out --hex and --binary; --json is for programs",
    });
  }
  const drawn = Object.hasOwn(type.arguments, "picture");
  if (picture && !drawn) {
    throw new UsageError(`The query ${type.name} draws no picture`, {
      hint: "Leave out --picture",
    });
  }
  const raw = wants && type.arguments.raw?.type === "flag";
  return {
    ...args,
    ...(raw ? { raw: true } : {}),
    ...(picture ? { picture: true } : {}),
  };
}

/** Refuses forms that cannot go together, before anything is sent. */
export function checkForm(output: Output, options: FormOptions): void {
  const { binary, hex, force = false } = options;
  if (binary === undefined) return;
  if (hex) {
    throw new UsageError("--hex and --binary are two forms of the same bytes", {
      hint: "Give one of them",
    });
  }
  if (binary !== "-") {
    if (force || !fileExists(binary, "the bytes")) return;
    throw new UsageError(`${binary} is there already`, {
      hint: "Name another file, or add --force to replace it",
    });
  }
  if (output.json) {
    throw new UsageError("--json and --binary - both write standard output", {
      hint: "Name a file for the bytes: --binary FILE",
    });
  }
  if (Deno.stdout.isTerminal()) {
    throw new UsageError("A terminal is no place for raw bytes", {
      hint: "Send them on (… | od -x), or name a file: --binary FILE",
    });
  }
}

/** An answer of a query, and what was asked. */
export interface Answered {
  /** The query. */
  readonly type: QueryType;
  /** Its arguments as given. */
  readonly args: PlainObject;
  /** What it answered. */
  readonly answer: PlainData;
  /** The device. */
  readonly device: string;
}

/** Shows an answer in the form that was asked for. */
function showAnswer(
  output: Output,
  { type, args, answer, device }: Answered,
  options: FormOptions,
): void {
  const text = (style: Style): string =>
    type.target === undefined
      ? reportText(answer, style)
      : readingText(answer, style);
  const body = { device, query: type.name, arguments: args, answer };
  if (options.hex || options.binary !== undefined) {
    const parts = type.bytes?.(answer) ?? [];
    showBytes(output, parts, options, answer);
    if (!output.json) return;
  }
  if (options.picture && pictureText(answer, output.style) === "") {
    output.warn("There is no picture: nothing is known of these bits");
  }
  output.result("query", () => body, text);
}

/** The bytes of an answer: to a file, to standard output, or as hex digits. */
export function showBytes(
  output: Output,
  parts: readonly RawBytes[],
  { binary, picture }: FormOptions,
  answer: PlainData,
): void {
  if (parts.length === 0) {
    throw new UsageError("A list has no bytes", {
      hint: "Say what is to be read behind the device",
    });
  }
  if (binary !== undefined) return writeBinary(output, parts, binary);
  if (output.json) return;
  output.text(bytesText(parts, output.style));
  if (picture) output.text(`\n${pictureText(answer, output.style)}\n`);
}

function writeBinary(
  output: Output,
  parts: readonly RawBytes[],
  binary: string,
): void {
  const bytes = concatBytes(...parts.map((part) => part.bytes));
  if (binary === "-") output.bytes(bytes);
  else writeAtomically(binary, bytes, "the bytes", 0o644);
  let at = 0;
  for (const part of parts) {
    const end = at + part.bytes.length;
    output.note(output.errorStyle(`${at}-${end - 1}  ${part.title}`, "dim"));
    output.note("\n");
    at = end;
  }
}
