/**
 * `fwctl caps DEVICE`: capabilities, current and maximum.
 *
 * @module
 */
import { findDevice } from "../device/discovery.ts";
import { pciAddress } from "../device/find.ts";
import { UsageError } from "../errors.ts";
import { isPlainObject, type PlainData, type PlainObject } from "../plain.ts";
import { READ_POLICY } from "../plan/policy.ts";
import { capsText, onlyDiffering } from "../view/caps.ts";
import { compareCaps, compareText } from "../view/caps_compare.ts";
import { type Context, withHost } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { openSessions } from "./sessions.ts";

/** The command's options. */
export interface CapsOptions {
  /** Capability types by name; all when absent. */
  readonly type?: readonly string[] | undefined;
  /** Another function by its id. */
  readonly function?: number | undefined;
  /** Another function by its PCI address. */
  readonly vf?: string | undefined;
  /** Only fields whose current value is not the maximum. */
  readonly diff?: boolean | undefined;
  /** A second function, by its PCI address: only what differs between the two. */
  readonly compare?: string | undefined;
}

/** Runs the command. */
export async function caps(
  context: Context,
  device: string,
  options: CapsOptions,
): Promise<ExitCode> {
  const args = argsOf(options);
  const { name, answer, other } = await withHost(context, async (host) => {
    using opened = await openSessions(context, host, READ_POLICY);
    const { inventory, sessions } = opened;
    const entry = findDevice(inventory, device);
    const session = sessions.get(entry.name);
    const { driver } = session;
    const query = driver.queries.caps;
    if (!query) {
      throw new UsageError(`${driver.name} devices have no capabilities`, {
        device: entry.name,
        hint: "See who it is with: fwctl info",
      });
    }
    const second = secondArgs(options);
    return {
      name: entry.name,
      answer: query.run(session, args),
      other: second && query.run(session, second),
    };
  });
  if (other !== undefined) {
    return compare(context, name, options, answer, other);
  }
  const shown = options.diff ? onlyDiffering(answer) : answer;
  context.output.result(
    "caps",
    () => ({ device: name, ...(isPlainObject(shown) ? shown : {}) }),
    (style) => capsText(answer, style, { diff: options.diff ?? false }),
  );
  return EXIT.done;
}

function compare(
  { output }: Context,
  device: string,
  options: CapsOptions,
  answer: PlainData,
  other: PlainData,
): ExitCode {
  const compared = compareCaps(answer, other);
  const first = options.vf ??
    (options.function === undefined ? device : `function ${options.function}`);
  output.result(
    "caps",
    () => ({ device, ...compared }),
    (style) => compareText(compared, [first, options.compare ?? ""], style),
  );
  return EXIT.done;
}

/** The query's arguments for the function of `--vf` or `--function`. */
function argsOf(options: CapsOptions): PlainObject {
  const { vf } = options;
  if (vf !== undefined && options.function !== undefined) {
    throw new UsageError("--vf and --function both name the function", {
      hint: "Give one of them",
    });
  }
  return {
    ...typesOf(options),
    ...(vf === undefined ? {} : { vf: pciAddress(vf) }),
    ...(options.function === undefined
      ? {}
      : { function_id: options.function }),
  };
}

function secondArgs(options: CapsOptions): PlainObject | undefined {
  const { compare } = options;
  return compare === undefined
    ? undefined
    : { ...typesOf(options), vf: pciAddress(compare) };
}

function typesOf({ type }: CapsOptions): PlainObject {
  return type === undefined ? {} : { types: type };
}
