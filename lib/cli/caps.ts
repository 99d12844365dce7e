/**
 * `fwctl caps DEVICE`: capabilities, current and maximum.
 *
 * @module
 */
import { discover, findDevice } from "../device/discovery.ts";
import { pciAddress } from "../device/find.ts";
import { Sessions } from "../device/sessions.ts";
import { UsageError } from "../errors.ts";
import { isPlainObject, type PlainObject } from "../plain.ts";
import { READ_POLICY } from "../plan/policy.ts";
import { capsText, onlyDiffering } from "../view/caps.ts";
import { allDrivers, type Context, withHost } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";

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
}

/** Runs the command. */
export async function caps(
  context: Context,
  device: string,
  options: CapsOptions,
): Promise<ExitCode> {
  const drivers = await allDrivers();
  const { name, answer } = await withHost(context, (host) => {
    const inventory = discover(host);
    const entry = findDevice(inventory, device);
    using sessions = new Sessions({
      host,
      inventory,
      drivers,
      policy: READ_POLICY,
    });
    const { driver, channel } = sessions.get(entry.name);
    const query = driver.queries.caps;
    if (!query) {
      throw new UsageError(`${driver.name} devices have no capabilities`, {
        device: entry.name,
        hint: "See who it is with: fwctl info",
      });
    }
    return {
      name: entry.name,
      answer: query.run(channel, entry, argsOf(options)),
    };
  });
  const shown = options.diff ? onlyDiffering(answer) : answer;
  context.output.result(
    "caps",
    () => ({ device: name, ...(isPlainObject(shown) ? shown : {}) }),
    (style) => capsText(answer, style, { diff: options.diff ?? false }),
  );
  return EXIT.done;
}

function argsOf(options: CapsOptions): PlainObject {
  const { type, vf } = options;
  if (vf !== undefined && options.function !== undefined) {
    throw new UsageError("--vf and --function both name the function", {
      hint: "Give one of them",
    });
  }
  return {
    ...(type === undefined ? {} : { types: type }),
    ...(vf === undefined ? {} : { vf: pciAddress(vf) }),
    ...(options.function === undefined
      ? {}
      : { function_id: options.function }),
  };
}
