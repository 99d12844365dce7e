/**
 * What a program must find on served nodes, and what must become of them, on
 * the real CUSE. Every scene throws where the promise is broken.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { type Bytes, toHex } from "../../../lib/bytes.ts";
import { LinuxHost } from "../../../lib/host/linux.ts";
import type { DeviceNode, Host } from "../../../lib/host/host.ts";
import { ModelHost } from "../../../lib/model/host.ts";
import { loadScenario } from "../../../lib/model/load.ts";
import { ERRNO } from "../../../lib/uapi/errno.ts";
import { modelledDrivers } from "../../../drivers/load.ts";
import { scenario } from "../../cli/fwctl.ts";
import { output, Served } from "./served.ts";

const NODE = "/dev/fwctl/fwctl0";
/** MLX5_CMD_OP_QUERY_HCA_CAP, general device capabilities as they are now. */
const QUERY = "01000000000000010000000000000000";
const CLIENTS = join(import.meta.dirname ?? ".", "../clients");

/** A promise, and what keeps it. */
export interface Scene {
  readonly name: string;
  run(folder: string): Promise<void>;
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function info(node: DeviceNode): { ret: number; data: string } {
  const struct: Bytes = new Uint8Array(24);
  const data: Bytes = new Uint8Array(8);
  const view = new DataView(struct.buffer);
  view.setUint32(0, 24, true);
  view.setUint32(12, 8, true);
  const ret = node.ioctl(0x9a00, struct, [
    { holder: struct, at: 16, target: data },
  ]);
  return { ret, data: toHex(data) };
}

function rpc(
  node: DeviceNode,
  request: Bytes,
  room: number,
): { ret: number; out: Bytes } {
  const struct: Bytes = new Uint8Array(32);
  const out: Bytes = new Uint8Array(room);
  const view = new DataView(struct.buffer);
  [32, 0, request.length, room].forEach((x, i) =>
    view.setUint32(4 * i, x, true)
  );
  const ret = node.ioctl(0x9a01, struct, [
    { holder: struct, at: 16, target: request },
    { holder: struct, at: 24, target: out },
  ]);
  return { ret, out };
}

async function modelled(): Promise<Host> {
  return await ModelHost.create(
    await loadScenario("connectx"),
    modelledDrivers(),
  );
}

/** What the clients must print: what the model itself answers. */
async function expected(): Promise<string> {
  using host = await modelled();
  using node = host.open(NODE);
  const { data } = info(node);
  const request = Uint8Array.fromHex(QUERY);
  const { ret, out } = rpc(node, request, 4112);
  assertEquals(ret, 0);
  return `type 1 data ${data}\nresponse ${toHex(out)}\n`;
}

/** In the order in which they are played. */
export const SCENES: readonly Scene[] = [
  {
    name: "a client in python3 and one in C read INFO and the capabilities",
    async run(folder) {
      await using _ = await Served.fwctl("--scenario", "connectx");
      const args = [NODE, "0", QUERY, "4112"];
      const wanted = { code: 0, text: await expected() };
      const python = join(CLIENTS, "info_rpc.py");
      assertEquals(await output("python3", [python, ...args]), wanted);
      const program = join(folder, "info_rpc");
      const source = join(CLIENTS, "info_rpc.c");
      const built = await output("gcc", ["-O1", "-o", program, source]);
      assertEquals(built, { code: 0, text: "" });
      assertEquals(await output(program, args), wanted);
    },
  },
  {
    name: "every open file has a context of its own",
    async run() {
      await using _ = await Served.fwctl("--model", "connectx");
      using host = new LinuxHost();
      using first = host.open(NODE);
      using second = host.open(NODE);
      const [a, b] = [info(first), info(second)];
      assertEquals([a.ret, b.ret], [0, 0]);
      assert(a.data !== b.data, `both have ${a.data}`);
    },
  },
  {
    name: "requests and answers of 2 MiB go through, a longer one does not",
    async run() {
      await using _ = await Served.fwctl("--model", "connectx");
      using real = new LinuxHost();
      using model = await modelled();
      for (const length of [100 << 10, 300 << 10, 2 << 20, (2 << 20) + 1]) {
        const request = new Uint8Array(length);
        request.set(Uint8Array.fromHex(QUERY));
        using here = real.open(NODE);
        using there = model.open(NODE);
        const a = rpc(here, request.slice(), length);
        const b = rpc(there, request.slice(), length);
        assertEquals(a.ret, b.ret);
        assert(a.out.every((byte, i) => byte === b.out[i]), `${length} bytes`);
        assertEquals(a.ret === 0, length <= 2 << 20);
      }
    },
  },
  {
    name:
      "a client that is killed in the middle of an ioctl leaves the others alone",
    async run() {
      await using _ = await Served.fwctl(
        ...["--model", "connectx", "--latency", "700"],
      );
      const python = join(CLIENTS, "info_rpc.py");
      const client = new Deno.Command("python3", {
        args: [python, NODE, "0", QUERY, "64"],
        stdout: "null",
        stderr: "null",
      }).spawn();
      // It is in the request when it sleeps where CUSE lets callers wait.
      const stat = `/proc/${client.pid}/syscall`;
      let inside = false;
      for (let i = 0; i < 2000 && !inside; i++) {
        await new Promise((done) => setTimeout(done, 10));
        inside = /^16 0x\w+ 0x9a01 /.test(readOr(stat));
      }
      assert(inside, "it never was in the request");
      client.kill("SIGKILL");
      const { signal } = await client.status;
      assertEquals(signal, "SIGKILL");
      const again = await output("python3", [python, NODE, "0", QUERY, "64"]);
      assertEquals(again.code, 0, again.text);
      assert(again.text.includes("response "), again.text);
    },
  },
  {
    name:
      "numbers that are taken are left alone, and SIGTERM takes the nodes away",
    async run() {
      const first = await Served.fwctl("--model", "connectx");
      const second = await Served.fwctl("--model", "connectx");
      assert(second.said.includes("fwctl0 as /dev/fwctl/fwctl2"), second.said);
      assert(exists("/dev/fwctl/fwctl3"));
      using host = new LinuxHost();
      using orphan = host.open(NODE);
      assertEquals(await first.end("SIGTERM"), 0);
      assert(!exists(NODE) && exists("/dev/fwctl/fwctl2"));
      assertEquals(info(orphan).ret, -ERRNO.ENOTCONN);
      assertEquals(await second.end("SIGINT"), 0);
      assert(!exists("/dev/fwctl/fwctl2"));
    },
  },
  {
    name:
      "a device that a fault unplugs has no node; who has it open gets ENODEV",
    async run(folder) {
      const file = join(folder, "unplug.json");
      const faults = [{ request: "*", nth: 1, unplug: true }];
      await Deno.writeTextFile(file, JSON.stringify(scenario({ faults }, 0)));
      await using _ = await Served.fwctl("--scenario", file);
      using host = new LinuxHost();
      using node = host.open(NODE);
      assertEquals(rpc(node, Uint8Array.fromHex(QUERY), 64).ret, 0);
      assertEquals(info(node).ret, -ERRNO.ENODEV);
      assert(!exists(NODE));
    },
  },
  {
    name: "a server that is killed takes its nodes with it",
    async run() {
      const served = await Served.fwctl("--model", "connectx");
      assert(exists(NODE));
      await served.end("SIGKILL");
      for (let i = 0; i < 100 && exists(NODE); i++) {
        await new Promise((done) => setTimeout(done, 20));
      }
      assert(!exists(NODE));
    },
  },
];

function readOr(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
