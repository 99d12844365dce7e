/** A recording comes from anybody: cut, edited and hostile files are refused. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { modelledDrivers } from "../../drivers/load.ts";
import { openDevice } from "../../lib/device/open.ts";
import { isFwctlError, RecordingError } from "../../lib/errors.ts";
import { ModelHost } from "../../lib/model/host.ts";
import { loadScenario } from "../../lib/model/load.ts";
import { newDigest } from "../../lib/recording/line.ts";
import { readRecording } from "../../lib/recording/read.ts";
import { recordingHost } from "../../lib/recording/record.ts";
import { replayHost } from "../../lib/recording/replay.ts";
import { MANY, random, RUNS } from "../hostile.ts";

const RECORDED = await (async () => {
  let text = "";
  using host = recordingHost(
    await ModelHost.create(await loadScenario("connectx"), modelledDrivers()),
    { write: (line) => text += line },
  );
  host.list("/sys/class/fwctl");
  host.readFile("/proc/sys/kernel/tainted", 64);
  host.kernelLog?.();
  host.stat?.("/dev/fwctl/fwctl0");
  using device = openDevice(host, "fwctl0");
  device.info();
  device.rpc({
    scope: "debug-read-only",
    request: Uint8Array.fromHex("01000000000000010000000000000000"),
    responseCapacity: 64,
  });
  device.close();
  host[Symbol.dispose]();
  return text;
})();

/** The text with a digest that fits. */
function sealed(lines: readonly string[]): string {
  const body = lines.slice(0, -1);
  const digest = newDigest();
  for (const line of body) digest.update(`${line}\n`);
  const end = JSON.parse(lines.at(-1) ?? "{}");
  const last = { ...end, digest: `sha256:${digest.digest("hex")}` };
  return [...body, JSON.stringify(last), ""].join("\n");
}

const LINES = RECORDED.trimEnd().split("\n");

/** The recording with one line changed, its digest right. */
function changed(at: number, change: (data: Record<string, unknown>) => void) {
  const lines = [...LINES];
  const data = JSON.parse(lines.at(at) ?? "{}");
  change(data);
  lines[at < 0 ? lines.length + at : at] = JSON.stringify(data);
  return sealed(lines);
}

function reasonOf(text: string): string {
  const error = assertThrows(() => readRecording(text, "f"), RecordingError);
  assert(error.hint, error.message);
  return error.reason;
}

const IOCTL = LINES.findLastIndex((line) => line.includes('"op":"ioctl"'));

Deno.test("a recording that is whole is read, and its seal is right", () => {
  const { exchanges, end } = readRecording(RECORDED, "f");
  assertEquals(exchanges.length, end?.exchanges);
  assertEquals(
    readRecording(sealed(LINES), "f").exchanges.length,
    LINES.length - 2,
  );
});

Deno.test("cut at any byte it is refused, never read as less", () => {
  for (let at = 0; at < RECORDED.length; at++) {
    const reason = reasonOf(RECORDED.slice(0, at));
    assert(["malformed", "cut"].includes(reason), `${at}: ${reason}`);
  }
});

Deno.test("with a line left out, moved or edited its digest does not fit", () => {
  const without = LINES.filter((_, index) => index !== 3).join("\n") + "\n";
  assertEquals(reasonOf(without), "tampered");
  const [head = "", one = "", two = "", ...rest] = LINES;
  assertEquals(reasonOf([head, two, one, ...rest, ""].join("\n")), "tampered");
  assertEquals(reasonOf(RECORDED.replace("fwctl0", "fwctl1")), "tampered");
});

Deno.test("another version, and what is no recording, are told apart", () => {
  assertEquals(
    reasonOf(changed(0, (data) => data.recording = "fwctl-recording/2")),
    "unsupported",
  );
  for (const text of ["", "{}", "[]\n", "hello\n", `{"schema":"x"}\n`, "\n"]) {
    assertEquals(reasonOf(text), "malformed", text);
  }
});

Deno.test("every member is checked, and an unknown one is named with the nearest", () => {
  const wrong: readonly ((data: Record<string, unknown>) => void)[] = [
    (data) => data.valeu = 0,
    (data) => delete data.value,
    (data) => data.value = -5000,
    (data) => data.node = 99,
    (data) => data.cmd = 2 ** 40,
    (data) => data.arg = "0",
    (data) => data.arg = "XX",
    (data) => data.argAfter = "00",
    (data) => data.pointers = [{ holder: null, at: 0, buffer: 7 }],
    (data) =>
      data.pointers = Array(17).fill({ holder: null, at: 0, buffer: 0 }),
    (data) => data.buffers = [{ length: 1e9, before: "" }],
    (data) => data.buffers = [{ length: 1, before: "0000" }],
    (data) => data.op = "ioctls",
    (data) => data.t = -1,
  ];
  for (const change of wrong) {
    assertEquals(reasonOf(changed(IOCTL, change)), "malformed");
  }
  const error = assertThrows(
    () => readRecording(changed(IOCTL, (data) => data.pointer = []), "f"),
    RecordingError,
  );
  assert(error.message.includes('did you mean "pointers"'), error.message);
  assertEquals(
    reasonOf(changed(-1, (data) => data.end = { exchanges: 3 })),
    "malformed",
  );
  assertEquals(
    reasonOf(changed(0, (data) => data.can = ["fly"])),
    "malformed",
  );
});

Deno.test("what is nested without end is refused", () => {
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  const lines = [...LINES];
  lines[2] = `{"op":${deep}}`;
  assertEquals(reasonOf(sealed(lines)), "malformed");
  lines[0] = `{"recording":"fwctl-recording/1","host":${deep}}`;
  assertEquals(reasonOf(sealed(lines)), "malformed");
});

Deno.test(`${MANY} edited recordings are read and replayed, or refused by a typed error`, () => {
  const next = random(0x7ec0);
  const pieces = '{}[]",:0123456789abcdefnull-"op""got""node"'.split("");
  let read = 0;
  for (let run = 0; run < RUNS; run++) {
    const lines = [...LINES];
    for (let edits = 1 + next() % 3; edits > 0; edits--) {
      const at = next() % (lines.length - 1);
      const line = lines[at] ?? "";
      const place = next() % (line.length + 1);
      const piece = pieces[next() % pieces.length] ?? "";
      lines[at] = line.slice(0, place) + piece +
        line.slice(place + next() % 3);
    }
    try {
      const text = sealed(lines);
      using host = replayHost(text, {
        mode: run % 2 === 0 ? "strict" : "lookup",
      });
      read++;
      host.list("/sys/class/fwctl");
      using device = openDevice(host, "fwctl0");
      device.info();
    } catch (error) {
      assert(isFwctlError(error), `run ${run}: ${error}`);
    }
  }
  assert(read > 0 && read < RUNS, `${read} of ${RUNS} were read`);
});
