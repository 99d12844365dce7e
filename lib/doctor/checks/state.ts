/**
 * The state directory: whether it can be written, and what earlier runs left.
 *
 * @module
 */
import type { LockFact } from "../facts.ts";
import { type Check, type Finding, findings } from "../finding.ts";
import { mayOpen } from "./nodes.ts";

/** Whether journals, locks and seals can be kept. */
export const stateFolder: Check = ({ state, process, permissions }) => {
  const found = findings("state-dir");
  if (!state) return [];
  // What Deno forbids is said by its own check.
  const [error] = permissions.stateRead === false ? [] : state.errors;
  if (error) {
    return [found("warning", error.message, {
      seen: [{ path: state.dir, value: error.errno || "cannot be used" }],
      todo: error.hint,
    })];
  }
  if (!process || state.at === "" || permissions.stateRead === false) {
    return [found("unmade", "who may write to it cannot be told")];
  }
  const mode = `0${
    (state.mode & 0o7777).toString(8)
  }, owner ${state.uid}:${state.gid}`;
  const seen = [
    { path: state.dir, value: state.exists ? `mode ${mode}` : "not there yet" },
    ...(state.exists ? [] : [{ path: state.at, value: `mode ${mode}` }]),
  ];
  if (mayOpen(state, process)) {
    return [found("ok", "journals, locks and seals can be kept", { seen })];
  }
  return [
    found(
      "warning",
      `user ${process.uid} may not write to it: reading devices works, apply does not`,
      {
        seen,
        todo:
          "Run as root, or name a folder of your own: --state-dir DIR, the same one for every run",
      },
    ),
  ];
};

/** Runs that were killed in the middle. */
export const unfinished: Check = ({ state }) =>
  (state?.unfinished ?? []).map(({ run, devices }) =>
    findings("unfinished-run")(
      "problem",
      `run ${run} never ended: it was killed in the middle, and nothing more is applied to this device until it is settled`,
      {
        subject: devices.join(", "),
        seen: [{ path: `${state?.dir}/journal/${run}.jsonl`, value: "no end" }],
        todo:
          `Finish it, or take it back with fwctl undo ${run}; fwctl journal show ${run} says what it did`,
        command: `fwctl resume ${run}`,
      },
    )
  );

/** Devices that are sealed until the next boot. */
export const seals: Check = ({ state }) =>
  (state?.seals ?? []).map(({ device, at, breakable }) =>
    findings("seal")(
      "warning",
      `it is sealed since ${at}: nothing is written to it in this boot`,
      {
        subject: device,
        seen: [{
          path: `${state?.dir}/seals`,
          value: breakable
            ? "a seal that gives way"
            : "a seal that does not give way",
        }],
        todo: breakable
          ? "That is meant. Write to it all the same with --break-seal, or reboot"
          : "That is meant. Only a reboot ends it",
      },
    )
  );

/** Locks that are held; a file that nobody holds is no lock. */
export const locks: Check = ({ state }) => {
  if (!state) return [];
  const untold = state.locks.filter(({ pid }) => pid === null);
  return [
    ...state.locks.flatMap((lock) => lockFinding(lock)),
    ...(untold.length === 0 ? [] : [
      findings("lock")(
        "unmade",
        "/proc/locks of this machine does not tell who holds the lock files",
        {
          seen: untold.map(({ path, note }) => ({
            path,
            value: note.slice(0, 100) || "empty",
          })),
        },
      ),
    ]),
  ];
};

function lockFinding({ path, pid, note }: LockFact): Finding[] {
  if (pid === null) return [];
  const seen = [{ path, value: note.slice(0, 100) || "empty" }];
  const subject = nameOf(path);
  const found = findings("lock");
  return [
    pid === 0
      ? found(
        "ok",
        "nobody holds it: the file stays, and the kernel let go of the lock when its process ended",
        { subject, seen },
      )
      : found(
        "warning",
        `process ${pid} is working on this device: whoever else wants to write waits or fails`,
        {
          subject,
          seen: [...seen, { path: "/proc/locks", value: `held by ${pid}` }],
          todo: "Let it end, or give apply --lock-timeout SECONDS",
        },
      ),
  ];
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.lock$/, "");
}
