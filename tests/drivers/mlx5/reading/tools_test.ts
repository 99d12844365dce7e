/** What the vendor's tools ask of the modelled card beside the kernel's layouts. */
import { assertEquals } from "@std/assert";
import { readRegister } from "../../../../drivers/mlx5/protocol.ts";
import { card } from "../firmware_fixture.ts";

/** MQIS: `length` bytes of a text from `offset`. */
function info(type: number, offset: number, length: number) {
  const request = readRegister(0x9064, 0x18);
  request.set([type], 16 + 3);
  request.set([offset >> 8, offset & 0xff, length >> 8, length & 0xff], 16 + 8);
  const { status, out } = card().send(request, 16 + 0x18);
  const view = new DataView(out.buffer);
  const got = view.getUint16(16 + 10);
  return {
    status,
    total: view.getUint16(16 + 6),
    text: new TextDecoder().decode(out.subarray(32, 32 + Math.min(got, 8))),
    got,
  };
}

Deno.test("MQIS gives the card's name by pieces, and its length", () => {
  let name = "";
  const { total } = info(1, 0, 8);
  while (name.length < total) {
    name += info(1, name.length, Math.min(8, total - name.length)).text;
  }
  assertEquals(name, "ConnectX-6 Dx model");
});

Deno.test("MQIS of a text there is none of is empty; a piece behind the end too", () => {
  assertEquals(info(5, 0, 8), { status: 0, total: 0, text: "", got: 0 });
  assertEquals(info(255, 0xffff, 0xffff).got, 0);
  assertEquals(info(1, 0x7fff, 8).text, "");
});

Deno.test("MTCAP counts the sensors on the chip, and PDDR's first page says the link is up", () => {
  const one = card();
  assertEquals(one.send(readRegister(0x9009, 16), 32).out[16 + 7], 1);
  const { out } = one.send(readRegister(0x5031, 256), 272);
  // proto_active Ethernet, phy_mngr_fsm_state active.
  assertEquals([out[16 + 9], out[16 + 12]], [0x40, 3]);
});
