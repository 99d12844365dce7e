// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * Runs in the guest: the vendor's mstreg and this library on the same registers
 * of the same device, through the real driver. What one writes the other reads,
 * field by field.
 *
 * Every register that both know and whose fields are no union is written with
 * our action's request and read with mstreg, then written with mstreg and read
 * with ours.
 *
 * @module
 */
import { equalBytes, LinuxHost, openDevice, toHex } from "../../mod.ts";
import { readBits } from "../../lib/bits/mod.ts";
import { registerAction } from "../../drivers/mlx5/actions/register.ts";
import type { Channel } from "../../drivers/driver.ts";
import {
  accessRegister,
  findRegister,
  readRegisterData,
  type RegisterRef,
  registerRows,
} from "../../drivers/mlx5/reading/registers.ts";
import { registerLayouts } from "../../drivers/mlx5/tables/register_layouts.ts";
import { registers } from "../../drivers/mlx5/tables/registers.ts";
import { type PeerField, peerFields, peerValues } from "./peers.ts";

/** What mstreg calls a register that we call otherwise. */
const THEIR_NAME: Readonly<Record<string, string>> = {
  // The kernel's header names the structure, the database the command.
  NODE_DESC: "SET_NODE",
  RES_DUMP: "Resource_dump_registers",
  NIC_CAP: "NIC_CAP_REG",
};

/** Registers that are left out, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  PPCNT: "its counters are a union, which mstreg chooses by a value of its own",
  SLRG: "its page is a union",
  SLTP: "its page is a union",
  PDDR: "its page is a union",
  MPCNT: "its counters are a union",
  MCQI: "its data is a union",
  MGIR: "mstreg asks it what device this is",
};

/** ConnectX-6 Dx in MGIR, which the tools read before anything else. */
const MGIR = 0x9020;
const HW_DEV_ID = 0x212;

const DEVICE = "fwctl0";

function mstreg(...args: readonly string[]): { code: number; text: string } {
  const { code, stdout, stderr } = new Deno.Command("mstreg", {
    args: ["-d", DEVICE, ...args],
  }).outputSync();
  const text = new TextDecoder();
  return { code, text: text.decode(stdout) + text.decode(stderr) };
}

using host = new LinuxHost();
using device = openDevice(host, DEVICE);
const channel: Channel = {
  device: DEVICE,
  send: (request, capacity) => {
    const reads = (request[7] ?? 0) === 1;
    const { data } = device.rpc({
      scope: reads ? "debug-read-only" : "configuration",
      request,
      responseCapacity: capacity,
    });
    if (data[0] !== 0) throw new Error(`status ${data[0]}`);
    return data;
  },
};

const identity = new Uint8Array(32);
new DataView(identity.buffer).setUint32(8, HW_DEV_ID);
channel.send(accessRegister(MGIR, identity, true), 48);

/** Numbers without a pattern, the same in every run. */
let seed = 0x2545f491;
function random(width: number): number {
  seed = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) >>> 0;
  return width >= 32 ? seed : seed % 2 ** width;
}

const problems: string[] = [];
const lines: string[] = [];
let checked = 0;
let names = 0;

/** Holds what mstreg shows against the bytes that ours read. */
function hold(
  what: string,
  theirs: readonly PeerField[],
  text: string,
  data: Uint8Array,
): boolean {
  const values = peerValues(text);
  if (values.length !== theirs.length) {
    problems.push(
      `${what}: ${values.length} values for ${theirs.length} fields: ${
        text.slice(0, 300)
      }`,
    );
    return false;
  }
  for (const [i, { name, bit, width }] of theirs.entries()) {
    const value = values[i];
    const ours = readBits(data, bit, width);
    checked++;
    if (value?.name !== name || value.value !== ours) {
      problems.push(
        `${what}.${name}: mstreg ${value?.name} ${value?.value}, here ${ours}`,
      );
    }
  }
  return true;
}

const NEWER =
  "the database is of a newer generation, which has more bits of it";

/** Fields of ours that the database has at another place, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "QTCT.tclass": NEWER,
  "PPLR.lb_cap": NEWER,
  "PPLR.lb_en": NEWER,
  "MFRL.pci_sync_for_fw_update_start": NEWER,
  "MTRC_STDB.string_db_data": "the database has the first word of a text",
};

/** What we decode must be what mstreg shows under the same name. */
function holdNames(
  register: RegisterRef,
  theirs: readonly PeerField[],
  text: string,
  data: Uint8Array,
): void {
  const values = peerValues(text);
  for (
    const { field, bit, width, value } of registerRows(register, data) ?? []
  ) {
    const last = String(field).split(".").at(-1);
    const at = theirs.flatMap((one, i) => one.name === last ? [i] : []);
    // Several of one name are elements of an array, held by their places above.
    const [index] = at;
    if (at.length !== 1 || index === undefined) continue;
    const there = theirs[index];
    const where = `${register.name}.${String(field)}`;
    if (there?.bit === bit && there?.width === width) {
      names++;
      if (values[index]?.value !== value) {
        problems.push(
          `${where}: mstreg ${values[index]?.value}, here ${String(value)}`,
        );
      }
    } else if (ELSEWHERE[where] !== undefined) {
      lines.push(
        `${where}: ${String(width)} bits here, ${there?.width} there: ${
          ELSEWHERE[where]
        }`,
      );
    } else {
      problems.push(
        `${where}: bit ${String(bit)}, ${
          String(width)
        } wide here, bit ${there?.bit}, ${there?.width} wide there`,
      );
    }
  }
}

let done = 0;
for (const id of registerLayouts().keys()) {
  const name = registers().get(id)?.name ?? "";
  if (LEFT_OUT[name] !== undefined) {
    lines.push(`left out ${name}: ${LEFT_OUT[name]}`);
    continue;
  }
  const theirName = THEIR_NAME[name] ?? name;
  const shown = mstreg("--show_reg", theirName);
  const theirs = peerFields(shown.text);
  if (theirs.length === 0) continue;
  const register = findRegister(name);
  const whole = register.bytes;
  const bytes = Math.max(
    whole,
    Math.ceil(Math.max(...theirs.map(({ bit, width }) => bit + width)) / 32) *
      4,
  );
  const indexes = theirs.filter(({ access }) => access === "INDEX");
  const read = (): Uint8Array =>
    readRegisterData(channel, { ...register, bytes }, new Uint8Array(bytes));

  // Ours writes, mstreg reads. The data is what the action would send.
  const data = new Uint8Array(bytes);
  for (let i = 0; i < bytes; i++) data[i] = random(8);
  const declared = registerAction.parse({
    device: DEVICE,
    register: name,
    data: toHex(data),
  });
  if (!declared.data) throw new Error("no data");
  const written = accessRegister(id, declared.data, true);
  channel.send(written, 16 + bytes);
  const select = indexes.length === 0 ? [] : [
    "-i",
    indexes.map(({ name, bit, width }) =>
      `${name}=${readBits(data, bit, width)}`
    )
      .join(","),
  ];
  const got = mstreg("--reg_name", theirName, "-g", ...select);
  if (!equalBytes(read(), data)) problems.push(`${name}: ours reads another`);
  const good = hold(`${name} written here`, theirs, got.text, data);

  // mstreg writes, ours reads.
  const writable = theirs.filter(({ access, name }) =>
    access === "RW" && theirs.filter((one) => one.name === name).length === 1
  );
  if (writable.length > 0 && good) {
    const wanted = writable.slice(0, 40).map((field) => ({
      ...field,
      value: random(field.width),
    }));
    const set = mstreg(
      "--reg_name",
      theirName,
      ...select,
      "--yes",
      "-s",
      wanted.map(({ name, value }) => `${name}=0x${value.toString(16)}`).join(
        ",",
      ),
    );
    const now = read();
    for (const { name: field, bit, width, value } of wanted) {
      checked++;
      const ours = readBits(now, bit, width);
      if (ours !== value) {
        problems.push(
          `${name}.${field} written by mstreg as ${value}, here ${ours}: ${
            set.text.slice(-200)
          }`,
        );
      }
    }
    for (const { name: field, bit, width } of theirs) {
      // What was not asked for stays as it was.
      if (wanted.some((one) => one.name === field)) continue;
      if (readBits(now, bit, width) !== readBits(data, bit, width)) {
        problems.push(
          `${name}.${field} changed by mstreg beside what was asked`,
        );
      }
    }
  }
  if (good) {
    holdNames(register, theirs, got.text, data);
    done++;
  }
  lines.push(
    `${name}: ${theirs.length} fields there, ${writable.length} written by mstreg`,
  );
}
console.log(
  `${done} registers, ${checked} values the same both ways, ${names} of them under one name`,
);
for (const problem of problems) console.log(`problem: ${problem}`);
for (const line of lines) console.log(line);
Deno.exit(problems.length === 0 && done >= 30 ? 0 : 1);
