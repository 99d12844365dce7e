/**
 * `fwctl caps DEVICE`: capabilities, current and maximum, of one function or of
 * several side by side.
 *
 * @module
 */
import type { QueryType } from "../../drivers/driver.ts";
import { findDevice } from "../device/discovery.ts";
import { pciAddress } from "../device/find.ts";
import { UsageError } from "../errors.ts";
import { isPlainObject, type PlainObject } from "../plain.ts";
import { READ_POLICY } from "../plan/policy.ts";
import { capsText, onlyDiffering } from "../view/caps.ts";
import {
  type CapsSide,
  compareCaps,
  compareText,
} from "../view/caps_compare.ts";
import { pictureText } from "../view/reading.ts";
import { readCaps, refuseSaved, saveCaps } from "./caps_file.ts";
import type { Context } from "./context.ts";
import { withHost } from "./with_host.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import {
  checkForm,
  formArguments,
  type FormOptions,
  showBytes,
  verbOf,
} from "./reading.ts";
import { openSessions } from "./sessions.ts";

/** The command's options. */
export interface CapsOptions extends FormOptions {
  /** Capability types by name; all when absent. */
  readonly type?: readonly string[] | undefined;
  /** Another function by its id. */
  readonly function?: number | undefined;
  /** Another function by its PCI address. */
  readonly vf?: string | undefined;
  /** Only fields whose current value is not the maximum. */
  readonly diff?: boolean | undefined;
  /** Further functions, by PCI address or id: only what differs between all of them. */
  readonly compare?: readonly string[] | undefined;
  /** What was saved of one, to be compared too. */
  readonly against?: string | undefined;
  /** Write what is read to this file. */
  readonly save?: string | undefined;
}

/** What was read. */
interface Found {
  readonly device: string;
  readonly type: QueryType;
  readonly sides: readonly CapsSide[];
}

/** Runs the command. */
export async function caps(
  context: Context,
  device: string,
  options: CapsOptions,
): Promise<ExitCode> {
  const { output } = context;
  checkForm(output, options);
  const asked = askedOf(options);
  const saved: CapsSide[] = options.against === undefined
    ? []
    : [{ name: options.against, answer: readCaps(options.against) }];
  if (options.save !== undefined) {
    refuseSaved(options.save, options.force ?? false);
  }
  const found = await withHost(context, async (host): Promise<Found> => {
    using opened = await openSessions(context, host, READ_POLICY);
    const entry = findDevice(opened.inventory, device);
    const session = opened.sessions.get(entry.name);
    const type = verbOf(session.driver, "caps", entry.name);
    const sides = asked.map(({ name, args }, index): CapsSide => ({
      name: name ?? entry.name,
      answer: type.run(
        session,
        // The forms are those of the first alone.
        index === 0 ? formArguments(type, args, options) : args,
      ),
    }));
    return { device: entry.name, type, sides };
  });
  const [first] = found.sides;
  if (options.save !== undefined && isPlainObject(first?.answer)) {
    saveCaps(options.save, found.device, first.answer);
    output.note(output.errorStyle(`Saved in ${options.save}`, "dim") + "\n");
  }
  const sides = [...found.sides, ...saved];
  if (sides.length > 1) return compare(context, found.device, sides);
  show(context, found, options);
  return EXIT.done;
}

function show(
  { output }: Context,
  { device, type, sides }: Found,
  options: CapsOptions,
): void {
  const answer = sides[0]?.answer ?? null;
  if (options.hex || options.binary !== undefined) {
    showBytes(output, type.bytes?.(answer) ?? [], options, answer);
    if (!output.json) return;
  }
  const shown = options.diff ? onlyDiffering(answer) : answer;
  output.result(
    "caps",
    () => ({ device, ...(isPlainObject(shown) ? shown : {}) }),
    (style) => {
      const text = capsText(answer, style, { diff: options.diff ?? false });
      const drawn = pictureText(answer, style);
      return drawn === "" ? text : `${text}\n${drawn}\n`;
    },
  );
}

function compare(
  { output }: Context,
  device: string,
  sides: readonly CapsSide[],
): ExitCode {
  const compared = compareCaps(sides);
  output.result(
    "caps-compare",
    () => ({ device, ...compared }),
    (style) => compareText(compared, style),
  );
  return EXIT.done;
}

/** A function to read: its name unless it is the device, and the query's arguments for it. */
interface Asked {
  readonly name: string | undefined;
  readonly args: PlainObject;
}

/** The function of `--vf` or `--function`, then those of `--compare`. */
function askedOf(options: CapsOptions): Asked[] {
  const { vf, compare = [], hex, binary, picture, diff } = options;
  if (vf !== undefined && options.function !== undefined) {
    throw new UsageError("--vf and --function both name the function", {
      hint: "Give one of them",
    });
  }
  const several = compare.length > 0 || options.against !== undefined;
  if (several && (hex || binary !== undefined || picture || diff)) {
    throw new UsageError("A comparison is a table of its own", {
      hint: "Leave out --hex, --binary, --picture and --diff",
    });
  }
  const types = options.type === undefined ? {} : { types: options.type };
  const first: Asked = vf !== undefined
    ? byAddress(vf)
    : options.function === undefined
    ? { name: undefined, args: {} }
    : byId(options.function);
  return [first, ...compare.map(otherOf)].map(({ name, args }) => ({
    name,
    args: { ...types, ...args },
  }));
}

/** A function by its id or its PCI address. */
function otherOf(text: string): Asked {
  return /^(0x[0-9a-f]{1,4}|\d{1,5})$/i.test(text)
    ? byId(Number(text))
    : byAddress(text);
}

function byId(id: number): Asked {
  return { name: `function ${id}`, args: { function_id: id } };
}

function byAddress(text: string): Asked {
  const vf = pciAddress(text);
  return { name: vf, args: { vf } };
}
