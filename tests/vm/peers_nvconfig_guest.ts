// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * Runs in the guest: the vendor's mstconfig and this library on one nvconfig
 * item, through the real driver.
 *
 * The stub firmware has one value for MNVDA whatever item is asked for, so the
 * one image must do for NV_GLOBAL_PCI_CONF and for its capabilities: it says
 * that SR-IOV is there with up to as many functions as it has.
 *
 * @module
 */
import { equalBytes, LinuxHost, openDevice } from "../../mod.ts";
import { builtinKnowledge } from "../../drivers/mlx5/nvconfig/builtin.ts";
import { needParameter } from "../../drivers/mlx5/nvconfig/names.ts";
import {
  decodeItem,
  NV_REGISTER,
  paddedItem,
  readItem,
  writeItemHeader,
} from "../../drivers/mlx5/nvconfig/registers.ts";
import { putValue, valueIn } from "../../drivers/mlx5/nvconfig/values.ts";
import { accessRegister } from "../../drivers/mlx5/reading/registers.ts";

/** NV_GLOBAL_PCI_CONF. */
const TYPE = 0x80;
const BYTES = 12;
const VFS = 24;
const FEWER = 9;

const DEVICE = "fwctl0";
using host = new LinuxHost();
using device = openDevice(host, DEVICE);

function send(request: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const { data } = device.rpc({
    scope: request[7] === 1 ? "debug-read-only" : "configuration",
    request,
    responseCapacity: Math.max(request.length, 16),
  });
  if (data[0] !== 0) throw new Error(`status ${data[0]}`);
  return data;
}

function words(id: number, ...values: readonly number[]): void {
  const data = new Uint8Array(256);
  const view = new DataView(data.buffer);
  values.forEach((value, i) => view.setUint32(4 * i, value));
  send(accessRegister(id, data, true));
}

function mstconfig(...args: readonly string[]): { code: number; text: string } {
  const { code, stdout, stderr } = new Deno.Command("mstconfig", {
    args: ["-d", DEVICE, ...args],
  }).outputSync();
  const text = new TextDecoder();
  return { code, text: text.decode(stdout) + text.decode(stderr) };
}

const parameter = (name: string) => needParameter(builtinKnowledge(), name);
const problems: string[] = [];

// What mstconfig asks before it looks at an item: device id, no text in MQIS,
// and MNVQC's support_rd and support_wr.
words(0x9020, 0x101d, 0, 0x212);
words(0x9064);
words(NV_REGISTER.MNVQC, 0, 3);

// Ours writes, mstconfig reads.
const image = new Uint8Array(BYTES);
// sriov_valid; the same bit says in the capabilities that max_vfs_per_pf counts.
image[0] = 0x80;
putValue(image, parameter("SRIOV_EN"), 1);
putValue(image, parameter("NUM_OF_VFS"), VFS);
const header = writeItemHeader(TYPE, BYTES);
const data = paddedItem(image);
const request = new Uint8Array(header.length + data.length);
request.set(header);
request.set(data, header.length);
send(request);
const shown = mstconfig("q", "SRIOV_EN", "NUM_OF_VFS");
console.log(shown.text.trim());
if (!/SRIOV_EN\s+True\(1\)/.test(shown.text)) {
  problems.push("SRIOV_EN is not shown");
}
if (!new RegExp(`NUM_OF_VFS\\s+${VFS}\\b`).test(shown.text)) {
  problems.push(`NUM_OF_VFS is not shown as ${VFS}`);
}

// mstconfig writes, ours reads.
const set = mstconfig("-y", "set", `NUM_OF_VFS=${FEWER}`);
console.log(set.text.trim());
const item = decodeItem(send(readItem(TYPE, BYTES, "next")), DEVICE);
const now = valueIn(item.data, parameter("NUM_OF_VFS"));
console.log(
  `the item now: type 0x${
    item.type.toString(16)
  }, ${item.data.length} bytes, writer ${item.writer}, NUM_OF_VFS ${now}`,
);
if (now !== FEWER) problems.push(`NUM_OF_VFS is ${now}, not ${FEWER}`);
if (item.type !== TYPE) {
  problems.push(`the type is 0x${item.type.toString(16)}`);
}
const before = new Uint8Array(item.data);
putValue(before, parameter("NUM_OF_VFS"), VFS);
if (!equalBytes(before, image)) {
  problems.push("mstconfig wrote more than was asked");
}

for (const problem of problems) console.log(`problem: ${problem}`);
if (problems.length === 0) console.log("mstconfig and this library agree");
Deno.exit(problems.length === 0 ? 0 : 1);
