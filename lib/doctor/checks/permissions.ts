/**
 * Whether the program may look at the machine at all.
 *
 * @module
 */
import { type Check, findings } from "../finding.ts";

/** Deno's permission to call libc. */
export const denoFfi: Check = ({ hostKind, unreachable, permissions }) => {
  const found = findings("deno-ffi");
  if (unreachable) {
    return [found("problem", unreachable.message, {
      seen: [{
        path: "--allow-ffi",
        value: permissions.ffi ? "given" : "not given",
      }],
      todo: unreachable.hint,
    })];
  }
  // A modelled host is reached without it.
  if (hostKind === "model") return [];
  return [found("ok", "Deno may call libc", {
    seen: [{ path: "--allow-ffi", value: "given" }],
  })];
};

/** Deno's permission to use the state directory. */
export const denoState: Check = ({ permissions, state, unreachable }) => {
  const found = findings("deno-state");
  const { stateRead, stateWrite } = permissions;
  if (unreachable || !state || stateRead === null) return [];
  const missing = [
    ...(stateRead ? [] : [`--allow-read=${state.dir}`]),
    ...(stateWrite ? [] : [`--allow-write=${state.dir}`]),
  ];
  const seen = [{
    path: state.dir,
    value: missing.length === 0
      ? "may be read and written"
      : `without ${missing.join(" ")}`,
  }];
  return missing.length === 0
    ? [found("ok", "Deno may use the state directory", { seen })]
    : [found(
      "warning",
      "journals, locks and seals cannot be kept: reading devices works, apply does not",
      {
        seen,
        todo: `Run deno with ${
          missing.join(" ")
        }, or name another folder with --state-dir`,
      },
    )];
};
