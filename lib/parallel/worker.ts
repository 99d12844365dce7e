/**
 * The worker of one lane: its own thread, its own view of the machine.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import { loadDrivers } from "../../drivers/load.ts";
import type { Host } from "../host/host.ts";
import { LaneWork } from "./lane_work.ts";
import type { Answer, Ask, LaneHost } from "./protocol.ts";
import { sendError } from "./sent_error.ts";

let work: Promise<LaneWork> | undefined;

async function open(host: LaneHost): Promise<LaneWork> {
  return new LaneWork(await openHost(host), await loadDrivers());
}

async function openHost(host: LaneHost): Promise<Host> {
  if (host.kind === "served") {
    const { ServedHost } = await import("../model/served/client.ts");
    return new ServedHost(host.socket);
  }
  const { LinuxHost } = await import("../host/linux.ts");
  return new LinuxHost(host.libc === undefined ? {} : { libc: host.libc });
}

/** The first message is the host; every other one is a question. */
self.onmessage = async ({ data }: MessageEvent<LaneHost | Ask>) => {
  if ("kind" in data) {
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
