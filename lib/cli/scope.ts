/**
 * `fwctl scope HEX`: which scope and effect a request has, and why. Needs no
 * device and no permission, unless a device is named to say whose request it is.
 *
 * @module
 */
import { didYouMean } from "../suggest.ts";
import { discover, findDevice } from "../device/discovery.ts";
import { UsageError } from "../errors.ts";
import { scopeNumber, scopeTaints } from "../uapi/fwctl.ts";
import { scopeText } from "../view/scope.ts";
import { type Context, withHost } from "./context.ts";
import { allDrivers } from "./drivers.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { requestBytes } from "./request.ts";

/** The command's options. */
export interface ScopeOptions {
  /** Whose request it is. */
  readonly driver?: string | undefined;
  /** The same, by a device. */
  readonly device?: string | undefined;
  /** A file with the request. */
  readonly in?: string | undefined;
}

/** Runs the command. */
export async function scope(
  context: Context,
  digits: string | undefined,
  options: ScopeOptions,
): Promise<ExitCode> {
  const request = requestBytes(digits, options.in);
  const drivers = await allDrivers();
  const name = await driverName(context, options);
  const driver = drivers.find((each) => each.name === name);
  if (!driver) {
    const names = drivers.map((each) => each.name);
    throw new UsageError(`There is no driver "${name}"`, {
      hint: didYouMean(name, names) ?? `Drivers: ${names.join(", ")}`,
    });
  }
  const label = driver.classify(request);
  context.output.result(
    "scope",
    () => ({
      driver: name,
      label,
      scopeNumber: scopeNumber(label.scope),
      taints: scopeTaints(label.scope),
    }),
    (style) => scopeText(label, name, style),
  );
  return EXIT.done;
}

async function driverName(
  context: Context,
  { driver, device }: ScopeOptions,
): Promise<string> {
  if (device === undefined) return driver ?? "mlx5";
  if (driver !== undefined) {
    throw new UsageError("--driver and --device both say whose request it is", {
      hint: "Give one of them",
    });
  }
  return await withHost(
    context,
    (host) => findDevice(discover(host), device).driver,
  );
}
