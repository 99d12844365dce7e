/**
 * `fwctl rpc DEVICE --scope SCOPE --out BYTES HEX`: one raw request, with the
 * scope the user says and no other.
 *
 * @module
 */
import { EFFECTS, type RequestLabel } from "../../drivers/driver.ts";
import type { Bytes } from "../bytes.ts";
import type { RpcResponse } from "../device/device.ts";
import { findDevice } from "../device/discovery.ts";
import type { FwctlError } from "../errors.ts";
import { labelName, RAW_POLICY, READ_POLICY } from "../plan/policy.ts";
import { type Scope, scopeNumber, scopeTaints } from "../uapi/fwctl.ts";
import { errorText } from "../view/error.ts";
import { hexdump } from "../view/hexdump.ts";
import { errorBody } from "../view/json.ts";
import { confirm } from "./confirm.ts";
import type { Context } from "./context.ts";
import { withHost } from "./with_host.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { requestBytes } from "./request.ts";
import { openSessions } from "./sessions.ts";

/** The command's options. */
export interface RpcOptions {
  /** The label to send it with. */
  readonly scope: Scope;
  /** Room for the response in bytes. */
  readonly out: number;
  /** A file with the request. */
  readonly in?: string | undefined;
  /** Send also what taints or writes. */
  readonly yes?: boolean | undefined;
}

/** What was sent and what came. */
interface Answer {
  readonly device: string;
  readonly label: RequestLabel | null;
  readonly response: RpcResponse;
  readonly refusal: FwctlError | undefined;
}

/** Runs the command. */
export async function rpc(
  context: Context,
  device: string,
  digits: string | undefined,
  options: RpcOptions,
): Promise<ExitCode> {
  const request = requestBytes(digits, options.in);
  const answer = await withHost(context, async (host): Promise<Answer> => {
    // The knowledge behind a label is read under the policy of reads.
    using opened = await openSessions(context, host, READ_POLICY, RAW_POLICY);
    const entry = findDevice(opened.inventory, device);
    const target = opened.sessions.raw(entry.name);
    const label = target.label(request);
    permit(context, label, entry.name, options);
    const response = target.send(options.scope, request, options.out);
    return {
      device: entry.name,
      label,
      response,
      refusal: target.driver?.refusal(request, response.data, entry.name),
    };
  });
  show(context, request, options, answer);
  return answer.refusal ? EXIT.error : EXIT.done;
}

/** Warns of a taint, and asks before anything that taints or is not just a read. */
function permit(
  { output }: Context,
  label: RequestLabel | null,
  device: string,
  { scope, yes }: RpcOptions,
): void {
  if (scopeTaints(scope)) {
    output.warn(`scope ${scope} taints the kernel (J) until the next boot`);
  }
  const reasons: string[] = [];
  if (scopeNumber(scope) >= scopeNumber("debug-write")) {
    reasons.push(`scope ${scope}`);
  }
  if (!label) reasons.push("effect unknown");
  else if (!label.allowed) reasons.push("not on the kernel driver's list");
  else if (EFFECTS.indexOf(label.effect) > EFFECTS.indexOf("read")) {
    reasons.push(`effect ${label.effect}: ${label.effectReason}`);
  }
  if (reasons.length === 0) return;
  const what = label ? labelName(label) : "this request";
  confirm(
    output,
    `Send ${what} to ${device} (${reasons.join("; ")})?`,
    yes ?? false,
  );
}

function show(
  { output }: Context,
  request: Bytes,
  { scope, out }: RpcOptions,
  { device, label, response, refusal }: Answer,
): void {
  const { data, length, truncated } = response;
  if (truncated) {
    output.warn(
      `the response has ${length} bytes and is cut to ${out}: ask for more with --out`,
    );
  }
  output.result(
    "rpc",
    () => ({
      device,
      scope,
      label,
      request,
      response: data,
      length,
      truncated,
      error: refusal ? errorBody(refusal) : null,
    }),
    () => hexdump(data),
  );
  if (output.json) return;
  if (refusal) output.note(errorText(refusal, output.errorStyle));
  else {
    const what = label ? labelName(label) : "request";
    output.note(
      output.errorStyle(`${device} ${what}: ${length} bytes`, "dim") + "\n",
    );
  }
}
