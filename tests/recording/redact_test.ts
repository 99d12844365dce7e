/** A redacted recording names nobody, and replays. */
import { assert, assertEquals } from "@std/assert";
import { loadDrivers } from "../../drivers/load.ts";
import { readRecording } from "../../lib/recording/read.ts";
import { redactRecording } from "../../lib/recording/redact.ts";
import type { Exchange, Recording } from "../../lib/recording/types.ts";
import { Folder } from "../cli/fwctl.ts";
import { fwctlHere } from "../cli/in_process.ts";
import { recorded } from "./fixture.ts";

/** The modelled ConnectX-6 Dx; its MAC is made from its PCI address. */
const SERIAL = "MT2042X14523";

/** A value in every notation a file can have it in. */
function notations(value: string): string[] {
  const text = new TextEncoder().encode(value).toHex();
  const digits = value.replaceAll(":", "").toLowerCase();
  const swapped = (digits.match(/../g) ?? []).reverse().join("");
  const colons = (digits.match(/../g) ?? []).join(":");
  return [value.toLowerCase(), text, digits, colons, swapped];
}

/** Notations of the values that are in a text. */
function found(text: string, values: readonly string[]): string[] {
  const lower = text.toLowerCase();
  return values.flatMap(notations).filter((one) => lower.includes(one));
}

function addresses(text: string): string[] {
  const { exchanges } = readRecording(text, "f");
  // QUERY_NIC_VPORT_CONTEXT: system_image_guid at 56, permanent_address at 262.
  for (const exchange of exchanges) {
    if (exchange.op !== "ioctl") continue;
    const [request, answer] = exchange.buffers;
    if (request?.before.toHex().startsWith("0754") && answer?.after) {
      return [
        answer.after.slice(56, 64).toHex(),
        answer.after.slice(262, 268).toHex(),
      ];
    }
  }
  throw new Error("QUERY_NIC_VPORT_CONTEXT was not asked");
}

Deno.test("no serial number, MAC or GUID of a ConnectX is left, and the bundle replays", async () => {
  using folder = new Folder();
  const args = ["bundle", "--json", "--force", "-o", `${folder.path}/b.tar.gz`];
  const plain = await recorded(folder, "connectx", args);
  const values = [SERIAL, ...addresses(plain.text)];
  assert(
    values.every((value) => found(plain.text, [value]).length > 0),
    "the values are not in the recording to begin with",
  );
  const hidden = await recorded(folder, "connectx", args, ["--redact"]);
  assertEquals(found(hidden.text, values), []);
  assert(
    /replaced: .*mac \d+ in \d+ place.*serial/.test(hidden.err),
    hidden.err,
  );
  assert(hidden.err.includes("not redacted: "), hidden.err);
  const replayed = await fwctlHere(["--replay", hidden.file, ...args]);
  assertEquals(replayed.code, 0, replayed.err);
  const parts = JSON.parse(replayed.out).manifest.parts.length;
  assertEquals(parts, JSON.parse(hidden.out).manifest.parts.length);
});

Deno.test("serial numbers of NetXtreme and CXL memory are replaced, and both are found again", async () => {
  using folder = new Folder();
  const bnxt = [
    "query",
    "fwctl3",
    "command",
    "-a",
    "name=FUNC_QCAPS",
    "--json",
  ];
  const plain = await recorded(folder, "mixed", bnxt);
  const before = JSON.parse(plain.out).answer.fields;
  const hidden = await recorded(folder, "mixed", bnxt, ["--redact"]);
  const values = [before.mac_address, before.device_serial_number]
    .map((value) => String(value).replace(/^0x/, ""));
  assertEquals(found(hidden.text, values), []);
  const replayed = await fwctlHere(["--replay", hidden.file, ...bnxt]);
  const after = JSON.parse(replayed.out).answer.fields;
  assert(after.mac_address !== before.mac_address, replayed.out);
  assertEquals(after.max_vfs, before.max_vfs);
  const cxl = ["info", "mem0", "--json"];
  const serial = "c5100001a2b3c4d5";
  const memory = await recorded(folder, "mixed", cxl, ["--redact"]);
  assertEquals(found(memory.text, [serial]), []);
  assertEquals((await fwctlHere(["--replay", memory.file, ...cxl])).code, 0);
});

Deno.test("the machine's name, addresses in its log and what is named are replaced", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const log = [
    "[    1.000000] db7 is up, db7.rack2.example at 192.168.100.200",
    "[    2.000000] mlx5_core 0000:3b:00.0: firmware version: 22.41.1000",
    "[    3.000000] ens1f0np0: 04:3f:72:AA:bb:cc, web-42 starts",
  ];
  const recording: Recording = {
    header: {
      host: "linux",
      can: ["kernelLog"],
      tool: "fwctl",
      command: ["plan", "/root/web-42.ts"],
      started: null,
      redacted: null,
    },
    exchanges: [
      { op: "kernelLog", t: 0, got: log },
      {
        op: "readFile",
        t: 1,
        path: "/sys/bus/cxl/devices/mem0/serial",
        limit: null,
        got: bytes("0x000000000000beef\n"),
      },
      {
        op: "readFile",
        t: 2,
        path: "/proc/sys/kernel/random/boot_id",
        limit: null,
        got: bytes("8c15384e-9ed4-4a30-ab6c-c4b612c0de15\n"),
      },
      { op: "list", t: 3, path: "/x", got: ["043f72aabbcc", "db7"] },
    ],
    end: { exchanges: 4, exit: 0, cut: null },
  };
  const redacted = redactRecording(recording, {
    hosts: ["db7.rack2.example"],
    hide: ["web-42"],
    salt: "a",
  });
  const text =
    redacted.exchanges.map((exchange) =>
      exchange.op === "readFile" && exchange.got instanceof Uint8Array
        ? new TextDecoder().decode(exchange.got)
        : JSON.stringify(exchange)
    ).join("\n") + JSON.stringify(redacted.header.command);
  const values = ["db7", "192.168.100.200", "043f72aabbcc", "web-42", "beef"];
  assertEquals(found(text, [...values, "8c15384e"]), []);
  // What says what a thing is, not whose, stays.
  for (const word of ["22.41.1000", "0000:3b:00.0", "ens1f0np0"]) {
    assert(text.includes(word), text);
  }
  const [kept] = redacted.exchanges;
  assert(kept?.op === "kernelLog" && Array.isArray(kept.got));
  assertEquals(
    kept.got.map((line) => line.length),
    log.map(({ length }) => length),
  );
  assert(/^0x[0-9a-f]{16}$/m.test(text), text);
  assert(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/m.test(text), text);
  assert(
    redacted.header.redacted?.limits.some((one) => /kernel log/.test(one)),
  );
});

Deno.test("the same value gets the same other one, and nothing changes its length", async () => {
  using folder = new Folder();
  const args = ["query", "fwctl0", "object", "-a", "name=nic_vport_context"];
  const { text } = await recorded(folder, "connectx", args);
  const plain = readRecording(text, "f");
  const options = { drivers: await loadDrivers() };
  const once = redactRecording(plain, { ...options, salt: "a" });
  assertEquals(shapes(once), shapes(plain));
  assertEquals(once, redactRecording(plain, { ...options, salt: "a" }));
  const other = redactRecording(plain, { ...options, salt: "b" });
  assert(JSON.stringify(once.exchanges) !== JSON.stringify(other.exchanges));
});

/** What a redaction must leave as it is. */
function shapes({ exchanges }: Recording): unknown[] {
  return exchanges.map((exchange: Exchange) =>
    exchange.op === "ioctl"
      ? [
        exchange.cmd,
        exchange.arg,
        exchange.buffers.map(({ length }) => length),
      ]
      : exchange.op === "readFile" && exchange.got instanceof Uint8Array
      ? [exchange.path, exchange.got.length]
      : exchange.op
  );
}

Deno.test("while it is recorded nothing that is to be hidden is on the disk", async () => {
  using folder = new Folder();
  const seen: number[] = [];
  const file = `${folder.path}/a.jsonl`;
  const timer = setInterval(() => {
    try {
      seen.push(Deno.statSync(file).size);
    } catch {
      // Not there yet.
    }
  }, 1);
  await fwctlHere(
    ["--model", "connectx", "record", "--redact", file, "--", "info", "fwctl0"],
  );
  clearInterval(timer);
  assert(seen.every((size) => size === 0), String(seen));
  assert(Deno.statSync(file).size > 0);
  assertEquals((Deno.statSync(file).mode ?? 0) & 0o777, 0o600);
});
