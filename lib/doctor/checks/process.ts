/**
 * The process that asks: its user and its capabilities.
 *
 * @module
 */
import { CAP_SYS_RAWIO } from "../../host/facts.ts";
import { type Check, findings } from "../finding.ts";

/** CAP_SYS_RAWIO, and what it is for. */
export const rawio: Check = ({ process }) => {
  const found = findings("cap-sys-rawio");
  if (!process) {
    return [
      found("unmade", "/proc/self/status does not tell the capabilities"),
    ];
  }
  const has =
    (BigInt(`0x${process.capabilities}`) >> BigInt(CAP_SYS_RAWIO) & 1n) === 1n;
  const seen = [{
    path: "/proc/self/status CapEff",
    value: `0x${process.capabilities}`,
  }];
  return [
    has ? found("ok", "this process has CAP_SYS_RAWIO", { seen }) : found(
      "warning",
      "this process has no CAP_SYS_RAWIO: the kernel refuses scope debug-write-full (EPERM). Everything below that scope works without",
      {
        seen,
        todo:
          "Only where that scope is meant: run as root, in a container with --cap-add SYS_RAWIO, in a unit with AmbientCapabilities=CAP_SYS_RAWIO",
      },
    ),
  ];
};

/** Root, or somebody who is not shown everything. */
export const user: Check = ({ process }) => {
  const found = findings("user");
  if (!process) return [];
  const seen = [{ path: "/proc/self/status Uid", value: String(process.uid) }];
  return [
    process.uid === 0 ? found("ok", "this process is root's", { seen }) : found(
      "note",
      "this process is not root's: who has a function open in another user's process is not shown to it",
      { seen },
    ),
  ];
};
