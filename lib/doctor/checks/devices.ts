/**
 * What the devices answered when they were opened and asked.
 *
 * @module
 */
import type { DeviceFact, DoctorFacts } from "../facts.ts";
import { type Check, type Finding, findings } from "../finding.ts";
import { access, nodeFinding } from "./nodes.ts";

/** Whether each device opens and says who it is. */
export const opening: Check = (facts) => {
  const found = findings("open");
  // Where the node is the cause, the checks of nodes say so.
  const refused = new Set(
    access(facts).filter(({ severity }) => severity === "problem")
      .map(({ subject }) => subject),
  );
  return facts.devices.map((device) => {
    const { asked, entry: { name: subject, path } } = device;
    if (!asked) {
      return found("unmade", "there is no node to open", { subject });
    }
    if (!asked.failed) {
      return found("ok", "it opens and answers", {
        subject,
        seen: [{
          path: "FWCTL_INFO",
          value: asked.info.join(", ") || "no data",
        }],
      });
    }
    const { message, hint, errno } = asked.failed;
    if (
      refused.has(subject) || nodeFinding(facts, device).severity === "problem"
    ) {
      return found("unmade", "its node cannot be opened", { subject });
    }
    const seen = [{ path, value: errno || message }];
    if (errno === "") {
      return found("note", message, { subject, seen, todo: hint });
    }
    if (errno === "EPERM" || errno === "EACCES") {
      return forbidden(facts, device, errno);
    }
    return found("problem", message, {
      subject,
      seen: [...seen, ...holders(device)],
      todo: todoOf(device, hint),
    });
  });
};

/** The mode lets us, and something else does not. */
function forbidden(
  { container }: DoctorFacts,
  { entry: { name: subject, path } }: DeviceFact,
  errno: string,
): Finding {
  const [mark] = container;
  return findings("open")(
    "problem",
    "the node's mode lets this user open it, and the kernel forbids it: a device cgroup (a container that was not given the device) or a security module",
    {
      subject,
      seen: [
        { path, value: errno },
        ...(mark === undefined
          ? []
          : [{ path: mark, value: "is there: this is a container" }]),
      ],
      todo:
        `Give the device to the container (--device ${path}), allow it in the unit (DeviceAllow=${path} rw), or look at the audit log for a denial`,
    },
  );
}

function holders({ holders }: DeviceFact): { path: string; value: string }[] {
  return holders.map(({ pid, comm, count }) => ({
    path: `/proc/${pid}/fd`,
    value: `${comm} has it open ${count === 1 ? "once" : `${count} times`}`,
  }));
}

function todoOf({ holders }: DeviceFact, hint: string): string {
  if (holders.length === 0) return hint;
  const who = holders.map(({ comm, pid }) => `${comm}[${pid}]`).join(", ");
  return `Let ${who} close it; each open file takes one of the firmware's user contexts`;
}

/** What the drivers make of the answers, and what was not answered. */
export const answers: Check = ({ devices }) =>
  devices.flatMap(({ asked, entry: { name: subject } }): Finding[] => [
    ...(asked?.remarks ?? []).map((remark) => ({ ...remark, subject })),
    ...(asked?.unanswered ?? []).map(({ message, hint, errno }) =>
      findings("answer")(
        errno === "" ? "note" : "problem",
        `the device did not answer a question: ${message}`,
        {
          subject,
          seen: [{ path: subject, value: errno || "refused by its firmware" }],
          todo: hint,
        },
      )
    ),
  ]);
