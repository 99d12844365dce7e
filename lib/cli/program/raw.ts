/**
 * The commands on single requests and on what may be sent: rpc, decode, scope,
 * policy;
 * and serve, for the model.
 *
 * @module
 */
import {
  Command,
  type CommandUnknownOpts,
  Option,
} from "npm:@commander-js/extra-typings@15.1.0";
import { MAX_RPC_LEN, SCOPES } from "../../uapi/fwctl.ts";
import { DEVICE, integer, type Run } from "./options.ts";

/** The commands on requests. */
export function rawCommands(run: Run): CommandUnknownOpts[] {
  return [
    new Command("rpc")
      .description("send one raw request with exactly the scope given")
      .argument("<device>", DEVICE)
      .argument(
        "[hex]",
        "the request as hex digits; - reads them from standard input",
      )
      .addOption(
        new Option("--scope <scope>", "the scope label to send it with")
          .choices(SCOPES).makeOptionMandatory(),
      )
      .addOption(
        new Option("--out <bytes>", "room for the response, at most 2 MiB")
          .argParser(capacity).makeOptionMandatory(),
      )
      .option("--in <file>", "take the request's raw bytes from a file")
      .option("--yes", "send also what taints the kernel or does not only read")
      .action((device, hex, options) =>
        run(async (context) =>
          (await import("../rpc.ts")).rpc(context, device, hex, options)
        )
      ),
    new Command("decode")
      .description("show bytes as fields; needs no device")
      .argument("<driver>", "whose bytes they are, such as mlx5")
      .argument(
        "[name]",
        "a register, capability, answer or structure; a list without it",
      )
      .argument(
        "[hex]",
        "the bytes as hex, also a dump of xxd or hexdump -C; - reads them from standard input",
      )
      .option("--file <file>", "take the raw bytes from a file")
      .option("--picture", "draw the bits too; also without bytes")
      .option("--all", "fields that are 0 too; in the list all names")
      .action((driver, name, hex, options) =>
        run(async (context) =>
          (await import("../decode.ts")).decode(
            context,
            driver,
            name,
            hex,
            options,
          )
        )
      ),
    new Command("policy")
      .description("check a policy file, and say what it allows; opens nothing")
      .argument("<file>", "the policy (JSON)")
      .option("--all", "every request of every driver by name")
      .action((file, options) =>
        run(async (context) =>
          (await import("../policy_check.ts")).policyCheck(
            context,
            file,
            options,
          )
        )
      ),
    new Command("scope")
      .description(
        "explain which scope and effect a request has; sends no request",
      )
      .argument(
        "[hex]",
        "the request as hex digits; - reads them from standard input",
      )
      .option("--driver <name>", "whose request it is (default: mlx5)")
      .option(
        "--device <device>",
        "the same, by a device, from which is read what the scope depends on",
      )
      .option("--list", "every request the driver knows")
      .option("--in <file>", "take the request's raw bytes from a file")
      .action((hex, options) =>
        run(async (context) =>
          (await import("../scope.ts")).scope(context, hex, options)
        )
      ),
  ];
}

/** The command that serves a model. */
export function modelCommands(run: Run): CommandUnknownOpts[] {
  return [
    new Command("serve")
      .description("serve the modelled host to other processes")
      .option("--socket <path>", "a Unix socket to listen on, for fwctl itself")
      .option(
        "--cuse",
        "as /dev/fwctl/fwctlN, for any program; takes root and the module cuse",
      )
      .option(
        "--scenario <scenario>",
        "what to serve: the same as --model before the command",
      )
      .option(
        "--latency <ms>",
        "milliseconds that every request to a firmware takes",
        (text) => integer(text, 60_000),
      )
      .action((options) =>
        run(async (context) =>
          (await import("../serve.ts")).serve(context, options)
        )
      ),
  ];
}

function capacity(text: string): number {
  return integer(text, MAX_RPC_LEN);
}
