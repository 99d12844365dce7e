/**
 * The worker of one lane: its own thread, its own view of the machine.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import { loadDrivers } from "../../drivers/load.ts";
import { besides, loadOutside } from "../../drivers/outside.ts";
import type { Host } from "../host/host.ts";
import { LaneWork } from "./lane_work.ts";
import type { Answer, Ask, LaneHost, LaneStart } from "./protocol.ts";
import { sendError } from "./sent_error.ts";

let work: Promise<LaneWork> | undefined;

async function open({ host, drivers = [] }: LaneStart): Promise<LaneWork> {
  const more = await Promise.all(drivers.map(loadOutside));
  return new LaneWork(
    await openHost(host),
    besides(await loadDrivers(), more),
  );
}

async function openHost(host: LaneHost): Promise<Host> {
  if (host.kind === "served") {
    const { ServedHost } = await import("../model/served/client.ts");
    return new ServedHost(host.socket);
  }
  const { LinuxHost } = await import("../host/linux.ts");
  return new LinuxHost(host.libc === undefined ? {} : { libc: host.libc });
}

/** The first message says what it starts with; every other one is a question. */
self.onmessage = async ({ data }: MessageEvent<LaneStart | Ask>) => {
  if ("host" in data) {
    work = open(data);
    // Whoever asks next is told.
    work.catch(() => {});
    return;
  }
  let answer: Answer;
  try {
    if (!work) throw new Error("no host was named");
    answer = (await work).answer(data);
  } catch (thrown) {
    answer = { ok: false, error: sendError(thrown), sent: 0 };
  }
  self.postMessage(answer);
};
