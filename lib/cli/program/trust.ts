/**
 * The commands of provenance, with their arguments and options.
 *
 * @module
 */
import {
  Command,
  type CommandUnknownOpts,
} from "npm:@commander-js/extra-typings@15.1.0";
import type { Run } from "./options.ts";

const KEY = "the private Ed25519 key: PEM or JWK";
const TRUST = "whose signatures count: a trust file, a public key, a folder";

/** The commands sign, attest, verify and trust. */
export function provenance(
  run: Run,
): CommandUnknownOpts[] {
  return [
    new Command("sign")
      .description("sign a recipe or a plan file; the signature goes beside it")
      .argument("<file>", "a recipe or a plan file")
      .requiredOption("--key <file>", KEY)
      .option("-o, --output <file>", "where the signature goes")
      .option(
        "--expires <when>",
        "until when it counts: 90d, 12h, 2027-01-31, 2027-01-31T12:00:00Z",
      )
      .option("--created <when>", "put the time into it: now, or a moment")
      .option("--force", "replace a signature that is there")
      .action((file, options) =>
        run(async (context) =>
          (await import("../sign.ts")).sign(context, file, options)
        )
      ),
    new Command("attest")
      .description("write down what devices are configured to, to be verified")
      .argument("[devices...]", "names of devices, as fwctl list has them")
      .option("--all", "every device of the machine")
      .option("--key <file>", `sign it; ${KEY}`)
      .option("-o, --output <file>", "where it goes; else standard output")
      .option("--created <when>", "put the time into it: now, or a moment")
      .option("--force", "replace a file that is there")
      .action((devices, options) =>
        run(async (context) =>
          (await import("../attest.ts")).attest(context, devices, options)
        )
      ),
    new Command("verify")
      .description(
        "compare what fwctl attest wrote with a baseline; exit 2 when different",
      )
      .argument("<file>", "what fwctl attest wrote")
      .requiredOption("--baseline <file>", "what it is held against")
      .option("--trust <path>", `${TRUST}; the baseline must be signed then`)
      .option("--require-signed", "the file must be signed, too")
      .option("--all", "show every difference")
      .action((file, options) =>
        run(async (context) =>
          (await import("../verify.ts")).verify(context, file, options)
        )
      ),
    new Command("trust")
      .description("show whom a trust file or a folder trusts")
      .argument("<path>", "a trust file, a public key, or a folder of these")
      .action((path) =>
        run(async (context) =>
          (await import("../trust.ts")).trust(context, path)
        )
      ),
  ];
}
