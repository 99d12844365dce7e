/**
 * `fwctl vfio hook run NAME OPERATION SUBOPERATION`: what libvirt's hook calls.
 *
 * Of all that libvirt tells, two count: `prepare begin`, before a VM gets its
 * devices, prepares its functions, and a refusal keeps the VM from starting;
 * `release end`, when it has given them back, releases them. Where the hook was
 * installed with `--networks`, `start begin` prepares those that a network has
 * handed out since. One line on standard error says why, and the exit code is
 * 1: libvirt shows both. Nothing goes to standard output, which libvirt would
 * take for the domain's new XML.
 *
 * It must never call libvirt: that waits for the hook.
 *
 * @module
 */
import { type FwctlError, isFwctlError, UsageError } from "../../errors.ts";
import { MOST_XML, parseDomain } from "../../vfio/domain.ts";
import { printable } from "../../view/style.ts";
import type { Context } from "../context.ts";
import { withHost } from "../with_host.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { type HookCall, WORK } from "./hook_vm.ts";

/**
 * Runs the command.
 *
 * @param xml the domain; standard input unless given
 */
export async function runHook(
  context: Context,
  call: HookCall,
  xml: ReadableStream<Uint8Array> = Deno.stdin.readable,
): Promise<ExitCode> {
  const { name, operation, suboperation } = call;
  try {
    const said = `${operation} ${suboperation}`;
    const input = await readInput(xml);
    const work = WORK.get(said);
    if (!work) return EXIT.done;
    const domain = parseDomain(input);
    if (domain.name !== name) {
      throw new UsageError(
        `The XML is of the domain ${JSON.stringify(domain.name.slice(0, 80))}`,
        { hint: "It is to be the one that the hook is called for" },
      );
    }
    await withHost(context, (host) => work(context, host, domain, call));
    return EXIT.done;
  } catch (error) {
    if (!isFwctlError(error)) throw error;
    context.output.note(`${refusalLine(name, error)}\n`);
    return EXIT.error;
  }
}

/** One line, whatever is in the message. */
export function refusalLine(name: string, error: FwctlError): string {
  const hint = error.hint === undefined ? "" : `. ${error.hint}`;
  return printable(`fwctl: ${name.slice(0, 80)}: ${error.message}${hint}`);
}

/** The XML to its end; what is too long is refused without being kept. */
async function readInput(xml: ReadableStream<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of xml) {
    length += chunk.length;
    if (length > MOST_XML) {
      throw new UsageError(
        `The domain's XML has more than ${MOST_XML} bytes`,
        { hint: "Is it the XML of one domain?" },
      );
    }
    parts.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UsageError("The domain's XML is not UTF-8", {
      cause,
      hint: "It is to be as libvirt writes it",
    });
  }
}
