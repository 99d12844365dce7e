/**
 * `fwctl attest DEVICE…`: what devices are configured to, as an in-toto
 * statement, signed when a key is given.
 *
 * @module
 */
import { findDevice } from "../device/discovery.ts";
import type { InventoryDevice } from "../device/inventory.ts";
import { UsageError } from "../errors.ts";
import { READ_POLICY } from "../plan/policy.ts";
import { envelopeText } from "../trust/envelope.ts";
import { readableJson } from "../trust/json.ts";
import {
  type MeasuredDevice,
  measureDevice,
  measuredStatement,
  type Measurement,
} from "../trust/measure.ts";
import { Packer } from "../trust/pack.ts";
import { statementData } from "../trust/statement.ts";
import { signStatement } from "../trust/verify.ts";
import { attestText } from "../view/trust.ts";
import type { Context } from "./context.ts";
import { withHost } from "./with_host.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { Progress } from "./progress.ts";
import { openSessions } from "./sessions.ts";
import { momentOf, writeNew } from "./sign.ts";
import { loadSigner } from "./trust.ts";

/** The command's options. */
export interface AttestOptions {
  /** Every device of the machine. */
  readonly all?: boolean | undefined;
  /** The private key to sign with. */
  readonly key?: string | undefined;
  /** Where the statement goes; standard output when absent. */
  readonly output?: string | undefined;
  /** When it was made, to be in it. */
  readonly created?: string | undefined;
  /** Replace what is there. */
  readonly force?: boolean | undefined;
}

/** Runs the command. */
export async function attest(
  context: Context,
  names: readonly string[],
  options: AttestOptions,
): Promise<ExitCode> {
  const { output } = context;
  if ((names.length === 0) === !options.all) {
    throw new UsageError(
      names.length === 0 ? "No device is named" : "--all is given with devices",
      { hint: "Name devices, or give --all for every one" },
    );
  }
  const created = momentOf("--created", options.created, new Date());
  const signer = options.key === undefined
    ? undefined
    : await loadSigner(context, options.key);
  const measurement = await measured(context, names);
  for (const { address, driver, configuration } of measurement.devices) {
    if (configuration !== null) continue;
    output.warn(
      `${address}: ${driver} has no configuration that can be measured; only who the device is goes into the statement`,
    );
  }
  const statement = await measuredStatement(measurement, created);
  const data = statementData(statement);
  const text = signer
    ? envelopeText(await signStatement(statement, signer))
    : readableJson(data);
  const keyid = signer?.key.keyid ?? null;
  if (options.output !== undefined) {
    writeNew(options.output, text, "the statement", options.force ?? false);
  } else if (!output.json) {
    output.text(text);
    return EXIT.done;
  }
  const file = options.output ?? null;
  output.result(
    "attest",
    () => ({ statement: data, keyid, file }),
    (style) => attestText({ statement, keyid, file }, style),
  );
  return EXIT.done;
}

async function measured(
  context: Context,
  names: readonly string[],
): Promise<Measurement> {
  return await withHost(context, async (host) => {
    using opened = await openSessions(context, host, READ_POLICY);
    const { inventory, sessions } = opened;
    // Two names may be of one device.
    const entries = names.length === 0
      ? new Set<InventoryDevice>(inventory.devices)
      : new Set(names.map((name) => findDevice(inventory, name)));
    if (entries.size === 0) {
      throw new UsageError("This machine has no fwctl device", {
        hint: "Run `fwctl list`",
      });
    }
    using progress = new Progress(context.output, "measuring");
    const found: MeasuredDevice[] = [];
    const packer = new Packer();
    for (const { name } of entries) {
      const session = sessions.get(name);
      found.push(await measureDevice(session, inventory, packer));
      progress.step(found.length, entries.size);
    }
    return { devices: found, parts: packer.parts };
  });
}
