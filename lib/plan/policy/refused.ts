/**
 * Refusals as text and as an error that says what to change.
 *
 * @module
 */
import { PolicyError } from "../../errors.ts";
import type { Policy, Refusal } from "./types.ts";

/** A refusal as one sentence that names its rule. */
export function refusalText({ rule, text, reason }: Refusal): string {
  if (rule === "kernel") return text;
  return `${text} (rule: ${rule}${reason === undefined ? "" : `: ${reason}`})`;
}

/** What the user can do about refusals, in one sentence. */
export function hintOf(
  found: readonly Refusal[],
  policy: Policy,
  sent = "nothing was sent",
): string {
  const raise = found.filter(isCeiling).map(({ advice }) => advice);
  const other = found.filter((each) =>
    !isCeiling(each) && each.rule !== "kernel"
  ).map(({ advice }) => advice);
  const advice = [...new Set(other)].slice(0, 2);
  if (raise.length > 0) advice.unshift(raising([...new Set(raise)], policy));
  return advice.length === 0
    ? `${sent.charAt(0).toUpperCase()}${sent.slice(1)}`
    : `${advice.join(". ")}; ${sent}`;
}

/** The error of refusals, of which there is at least one. */
export function refused(
  found: readonly Refusal[],
  policy: Policy,
  of: { readonly device?: string; readonly request?: string } = {},
): PolicyError {
  const texts = [...new Set(found.map(refusalText))];
  return new PolicyError(
    `Refused by policy: ${texts[0] ?? ""}${
      texts.length > 1 ? ` (and ${texts.length - 1} more)` : ""
    }`,
    texts,
    {
      // On the way others of the run may have been sent before.
      hint: of.request === undefined
        ? hintOf(found, policy)
        : hintOf(found, policy, "this request was not sent"),
      ...of,
    },
  );
}

function isCeiling({ rule }: Refusal): boolean {
  return rule === "scope" || rule === "effect" || rule === "taint";
}

/** Which options, or which members of the file, let pass what the ceilings refuse. */
function raising(options: readonly string[], policy: Policy): string {
  const { source, mayRaise } = policy;
  if (source !== undefined && !mayRaise) {
    const members = options.map((each) => `max.${each.replace(/^.*-/, "")}`);
    return `Raise the ceiling ${
      list(members)
    } in ${source} if that is what you want`;
  }
  return `Raise the ceiling with ${list(options)} if that is what you want`;
}

function list(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2
    ? last
    : `${words.slice(0, -1).join(", ")} and ${last}`;
}
