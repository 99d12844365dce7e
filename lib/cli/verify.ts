/**
 * `fwctl verify FILE --baseline FILE`: compares two measurements field by
 * field. Touches no device.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { envelopeOf, isEnvelope } from "../trust/envelope.ts";
import { parseJson } from "../trust/json.ts";
import { compareMeasured } from "../trust/compare.ts";
import { type Measurement, measurementOf } from "../trust/measure.ts";
import { statementOf } from "../trust/statement.ts";
import type { Trust } from "../trust/trust.ts";
import { payloadData, verifyStatement } from "../trust/verify.ts";
import { verifyText } from "../view/trust.ts";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { readText } from "./files.ts";
import { loadTrust, type SignedOptions } from "./trust.ts";

/** The command's options. */
export interface VerifyOptions extends SignedOptions {
  /** What it is held against. */
  readonly baseline: string;
  /** Show every difference. */
  readonly all?: boolean | undefined;
}

/** One of the two files. */
interface Side {
  readonly file: string;
  readonly measurement: Measurement;
  /** Who signed it; null when it is not signed, or nobody looked. */
  readonly signedBy: readonly string[] | null;
}

/** Runs the command. */
export async function verify(
  context: Context,
  file: string,
  options: VerifyOptions,
): Promise<ExitCode> {
  const { output } = context;
  if (options.requireSigned && options.trust === undefined) {
    throw new UsageError("--require-signed is given without --trust", {
      hint: "Say whose signatures count: --trust FILE, or a folder",
    });
  }
  const trust = options.trust === undefined
    ? undefined
    : await loadTrust(options.trust);
  // A baseline is what everything rests on: with --trust it must be signed.
  const baseline = await sideOf(context, options.baseline, trust, true);
  const now = await sideOf(
    context,
    file,
    trust,
    options.requireSigned ?? false,
  );
  const { differences, complete } = compareMeasured(
    baseline.measurement,
    now.measurement,
  );
  const same = differences.length === 0;
  const side = ({ file, measurement, signedBy }: Side) => ({
    file,
    devices: measurement.devices.map(({ address }) => address),
    signedBy,
  });
  output.result(
    "verify",
    () => ({
      same,
      baseline: side(baseline),
      measured: side(now),
      differences: differences.map(({ device, path, baseline, now }) => ({
        device,
        path,
        ...(baseline === undefined ? {} : { baseline }),
        ...(now === undefined ? {} : { now }),
      })),
      complete,
    }),
    (style) =>
      verifyText(
        {
          baseline: side(baseline),
          measured: side(now),
          differences,
          complete,
        },
        style,
        options.all ?? false,
      ),
  );
  return same ? EXIT.done : EXIT.pending;
}

async function sideOf(
  { output }: Context,
  file: string,
  trust: Trust | undefined,
  mustBeSigned: boolean,
): Promise<Side> {
  const data = parseJson(readText(file, "the statement"), file);
  if (!isEnvelope(data)) {
    if (trust && mustBeSigned) {
      throw new UsageError(`${file} is not signed`, {
        hint: "Make it with `fwctl attest --key KEY`",
      });
    }
    const measurement = await measurementOf(statementOf(data, file), file);
    return { file, measurement, signedBy: null };
  }
  const envelope = envelopeOf(data, file);
  if (!trust) {
    output.warn(
      `Nobody looked at the signature of ${file}: --trust says whose count`,
    );
    const statement = statementOf(payloadData(envelope, file), file);
    const measurement = await measurementOf(statement, file);
    return { file, measurement, signedBy: null };
  }
  const { statement, by } = await verifyStatement(
    envelope,
    trust,
    "attestation",
    new Date(),
    file,
  );
  return {
    file,
    measurement: await measurementOf(statement, file),
    signedBy: by.map(({ name }) => name),
  };
}
