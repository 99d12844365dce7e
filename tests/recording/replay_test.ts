/** What a replay answers, and what it refuses. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { loadDrivers } from "../../drivers/load.ts";
import { openDevice } from "../../lib/device/open.ts";
import { RecordingError, SyscallError } from "../../lib/errors.ts";
import type { Host } from "../../lib/host/host.ts";
import { ModelHost } from "../../lib/model/host.ts";
import { loadScenario } from "../../lib/model/load.ts";
import { modelledDrivers } from "../../drivers/load.ts";
import { recordingHost } from "../../lib/recording/record.ts";
import { type ReplayHost, replayHost } from "../../lib/recording/replay.ts";
import { Folder } from "../cli/fwctl.ts";
import { fwctlHere } from "../cli/in_process.ts";
import { recorded } from "./fixture.ts";

/** QUERY_VUID, and capabilities: current and maximum. */
const VUID = "0b22000000000000000000000000000000000000000000000000000000000000";
const CURRENT = "01000000000000010000000000000000";
const MAXIMUM = "01000000000000000000000000000000";
/** SET_HCA_CAP, which writes; too short, and refused by the firmware. */
const WRITE = "01090000000000000000000000000000";

async function machine(): Promise<ModelHost> {
  return await ModelHost.create(
    await loadScenario("connectx"),
    modelledDrivers(),
  );
}

function ask(host: Host, requests: readonly string[]): string[] {
  using device = openDevice(host, "fwctl0");
  device.info();
  return requests.map((hex) => {
    const request = Uint8Array.fromHex(hex);
    const { data } = device.rpc({
      scope: "debug-read-only",
      request,
      responseCapacity: 64,
    });
    return data.toHex();
  });
}

/** The recording of some requests, and their answers. */
async function record(requests: readonly string[]): Promise<{
  text: string;
  answers: string[];
}> {
  let text = "";
  using host = recordingHost(await machine(), {
    write: (line) => text += line,
  });
  const answers = ask(host, requests);
  host[Symbol.dispose]();
  return { text, answers };
}

function refused(replay: () => unknown, reason: string): RecordingError {
  const error = assertThrows(replay, RecordingError);
  assertEquals(error.reason, reason, error.message);
  assert(error.hint, error.message);
  return error;
}

Deno.test("strict gives the answers in the recorded order, and ends when they end", async () => {
  const { text, answers } = await record([CURRENT, VUID, CURRENT]);
  using host = replayHost(text);
  assertEquals(ask(host, [CURRENT, VUID, CURRENT]), answers);
  host.finish();
});

Deno.test("strict names the first request that differs, and what was recorded", async () => {
  const drivers = await loadDrivers();
  const { text } = await record([CURRENT, VUID]);
  using host = replayHost(text, { drivers, source: "a.jsonl" });
  const { message } = refused(() => ask(host, [CURRENT, MAXIMUM]), "differs");
  for (
    const word of ["QUERY_HCA_CAP GENERAL maximum", "QUERY_VUID", "a.jsonl"]
  ) assert(message.includes(word), message);
  assert(/at line \d+/.test(message), message);
  // And says so ever after, whatever the command makes of it.
  refused(() => ask(host, [CURRENT]), "differs");
  refused(() => host.finish(), "differs");
});

Deno.test("strict names the first byte that differs", async () => {
  const { text } = await record([CURRENT]);
  using host = replayHost(text);
  const { message } = refused(() => ask(host, [MAXIMUM]), "differs");
  assert(message.includes("from byte 7 on 00"), message);
});

Deno.test("strict says what is left over", async () => {
  const { text } = await record([CURRENT, VUID]);
  using host = replayHost(text, { drivers: await loadDrivers() });
  ask(host, [CURRENT]);
  const { message } = refused(() => host.finish(), "differs");
  assert(message.includes("QUERY_VUID"), message);
});

Deno.test("lookup answers in any order, equal requests one after the other, and repeats reads", async () => {
  const { text, answers } = await record([CURRENT, VUID, MAXIMUM]);
  const [current, vuid, maximum] = answers;
  using host = replayHost(text, {
    mode: "lookup",
    drivers: await loadDrivers(),
  });
  assertEquals(ask(host, [MAXIMUM, VUID, CURRENT, VUID]), [
    maximum ?? "",
    vuid ?? "",
    current ?? "",
    vuid ?? "",
  ]);
  host.finish();
});

Deno.test("lookup never answers a write more often than it was sent", async () => {
  const { text } = await record([WRITE]);
  using host = replayHost(text, {
    mode: "lookup",
    drivers: await loadDrivers(),
  });
  assertEquals(ask(host, [WRITE]).length, 1);
  const { message } = refused(() => ask(host, [WRITE]), "unrecorded");
  assert(message.includes("SET_HCA_CAP"), message);
});

Deno.test("lookup says which request was never recorded, and what to do", async () => {
  const { text } = await record([CURRENT]);
  using host = replayHost(text, {
    mode: "lookup",
    drivers: await loadDrivers(),
  });
  const error = refused(() => ask(host, [VUID]), "unrecorded");
  assert(error.message.includes("QUERY_VUID"), error.message);
  assert(error.hint?.includes("fwctl record"), error.hint);
});

/** The looks of a host, as answers or errors. */
function looks(host: Host): unknown[] {
  const said = (look: () => unknown): unknown => {
    try {
      return look();
    } catch (error) {
      if (error instanceof SyscallError) return error.toJSON();
      throw error;
    }
  };
  return [
    said(() => host.readFile("/proc/sys/kernel/tainted", 64)),
    said(() => host.readFile("/proc/nothing")),
    said(() => host.list("/sys/class/fwctl")),
    said(() => host.list("/sys/class/nothing")),
    said(() => host.readLink("/sys/class/fwctl/fwctl0")),
    said(() => host.exists("/dev/fwctl/fwctl0")),
    said(() => host.exists("/dev/fwctl/fwctl7")),
    said(() => host.open("/dev/fwctl/fwctl7")),
    said(() => host.kernelLog?.()),
    said(() => host.stat?.("/dev/fwctl/fwctl0")),
    said(() => host.stat?.("/dev/nothing")),
  ];
}

Deno.test("looks at files are answered as they were, errors with their errno", async () => {
  let text = "";
  let answers: unknown[];
  {
    using host = recordingHost(await machine(), {
      write: (line) => text += line,
    });
    answers = looks(host);
  }
  for (const mode of ["strict", "lookup"] as const) {
    using host: ReplayHost = replayHost(text, { mode });
    assertEquals(looks(host), answers);
    // Each was asked once: the last answer is repeated, but no open.
    assertEquals(
      host.list("/sys/class/fwctl"),
      answers[2] as unknown as string[],
    );
  }
});

Deno.test("a file that changed on the way is answered as it was each time", async () => {
  const path = "/proc/sys/kernel/tainted";
  const run = (host: Host): string[] => {
    const read = () => new TextDecoder().decode(host.readFile(path)).trim();
    const before = read();
    using device = openDevice(host, "fwctl0");
    device.rpc({
      scope: "debug-write",
      request: Uint8Array.fromHex(CURRENT),
      responseCapacity: 64,
    });
    return [before, read(), read()];
  };
  let text = "";
  let answers: string[];
  {
    using host = recordingHost(await machine(), {
      write: (line) => text += line,
    });
    answers = run(host);
  }
  assert(answers[0] !== answers[1], String(answers));
  using host = replayHost(text);
  assertEquals(run(host), answers);
});

Deno.test("a sink that fails ends the recording, never the command", async () => {
  let lines = 0;
  using host = recordingHost(await machine(), {
    write: () => {
      if (++lines > 5) throw new Error("No space left on device");
    },
  });
  assertEquals(ask(host, [CURRENT, VUID]).length, 2);
  assertEquals(lines, 6);
});

Deno.test("what nobody looked at is no missing file, but an error of the recording", async () => {
  const { text } = await record([CURRENT]);
  using host = replayHost(text);
  refused(() => host.readFile("/proc/sys/kernel/tainted"), "unrecorded");
  refused(() => host.exists("/dev/fwctl/fwctl0"), "unrecorded");
});

Deno.test("the command refuses another command's recording, and lookup takes a part of it", async () => {
  using folder = new Folder();
  const args = ["caps", "fwctl0", "--type", "GENERAL"];
  const { file } = await recorded(folder, "connectx", args);
  const strict = await fwctlHere(["--replay", file, "info", "fwctl0"]);
  assertEquals(strict.code, 1);
  assert(strict.err.includes("The replay differs"), strict.err);
  assertEquals(strict.out, "");
  const lookup = await fwctlHere(
    ["--replay", file, "--replay-mode", "lookup", "list"],
  );
  assertEquals(lookup.code, 0, lookup.err);
  const both = await fwctlHere([
    "--replay",
    file,
    "--model",
    "connectx",
    "list",
  ]);
  assertEquals(both.code, 1);
});
