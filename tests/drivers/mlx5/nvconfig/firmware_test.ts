/** The modelled nvconfig store: what a scenario gives it, and what it remembers. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  askItem,
  decodeItem,
  decodeSupport,
  readItem,
  readStored,
  resetAll,
  resetItem,
  writeItemHeader,
} from "../../../../drivers/mlx5/nvconfig/registers.ts";
import { askForReset } from "../../../../drivers/mlx5/nvconfig/mfrl.ts";
import { concatBytes, fromHex, toHex } from "../../../../lib/bytes.ts";
import { ModelError } from "../../../../lib/errors.ts";
import { card } from "../firmware_fixture.ts";

type Card = ReturnType<typeof card>;

function data({ send }: Card, type: number, mode: "next" | "current"): string {
  const { out } = send(readItem(type, 4, mode), 284);
  return toHex(decodeItem(out, "card").data);
}

function write({ send }: Card, type: number, hex: string): number {
  const bytes = fromHex(hex);
  return send(concatBytes(writeItemHeader(type, bytes.length), bytes), 284)
    .status;
}

Deno.test("a scenario's values are stored and in force, and the default stays", () => {
  const one = card({ nvconfig: { LINK_TYPE_P1: "IB", NUM_OF_PF: 2 } });
  assertEquals(
    [data(one, 0x01010012, "next"), data(one, 0x01010012, "current")],
    ["00000004", "00000004"],
  );
  // num_pfs and the bit that makes it count.
  assertEquals(data(one, 0x80, "next").slice(0, 16), "d040000080020008");
  one.send(resetItem(0x01010012), 28);
  assertEquals(data(one, 0x01010012, "next"), "00000008");
});

Deno.test("what was stored, and what a reset loaded, outlives the process", () => {
  const one = card({ nvconfig: { LINK_TYPE_P1: "IB" } });
  assertEquals(write(one, 0x07000080, "80000000"), 0);
  one.send(askForReset(3, 0), 24);
  assertEquals(write(one, 0x07000080, "00400000"), 0);
  one.send(resetItem(0x01010012), 28);
  const two = card({ nvconfig: { LINK_TYPE_P1: "IB" } });
  two.functions.restore(one.functions.save());
  for (const type of [0x07000080, 0x01010012, 0x80]) {
    for (const mode of ["next", "current"] as const) {
      assertEquals(data(two, type, mode), data(one, type, mode));
    }
  }
  assertEquals(
    [data(two, 0x07000080, "current"), data(two, 0x07000080, "next")],
    ["80000000", "00400000"],
  );
});

Deno.test("a fresh card has nothing to save", () => {
  const save = card({ nvconfig: { NUM_OF_VFS: 3 } }).functions.save();
  assertEquals(save, {});
});

Deno.test("capability items are read and never written", () => {
  const one = card();
  const { out } = one.send(askItem(0x81), 24);
  assertEquals(out[23], 1);
  assertEquals(write(one, 0x81, "00".repeat(20)), 3);
  assertEquals(one.send(resetItem(0x81), 28).status, 3);
});

Deno.test("a virtual function writes nothing of it, and resets nothing", () => {
  const one = card();
  for (const request of [resetAll(), resetItem(0x80), askForReset(3, 0)]) {
    assertEquals(one.send(request, 284, 1).status, 3);
  }
});

Deno.test("walking what is stored ends, and a pointer to nowhere is refused", () => {
  const one = card();
  assertEquals(toHex(one.send(readStored(0), 300).out), "00".repeat(300));
  assertEquals(one.send(readStored(7), 300).status, 3);
  write(one, 0x07000080, "80000000");
  write(one, 0x01010012, "00000004");
  const first = new DataView(one.send(readStored(0), 300).out.buffer);
  assertEquals([first.getUint32(16), first.getUint32(36)], [1, 0x01010012]);
  const second = new DataView(one.send(readStored(1), 300).out.buffer);
  assertEquals([second.getUint32(16), second.getUint32(36)], [0, 0x07000080]);
});

Deno.test("a reset the card does not offer is refused", () => {
  const one = card();
  assertEquals(one.send(askForReset(0, 0), 24).status, 3);
  assertEquals(one.send(askForReset(3, 3), 24).status, 3);
  assertEquals(one.send(askForReset(3, 2), 24).status, 0);
});

Deno.test("a write of MFRL that names several triggers arms, and loads nothing yet", () => {
  const one = card();
  assertEquals(write(one, 0x01010012, "00000004"), 0);
  // What mstconfig sends after every set.
  const both = askForReset(3, 0);
  both[23] = 0x48;
  assertEquals(one.send(both, 24).status, 0);
  assertEquals(
    [data(one, 0x01010012, "current"), data(one, 0x01010012, "next")],
    ["00000008", "00000004"],
  );
  one.send(askForReset(3, 0), 24);
  assertEquals(data(one, 0x01010012, "current"), "00000004");
});

Deno.test("what is wrong in a scenario's nvconfig is named with its key path", () => {
  const wrong: [Record<string, string | number>, string][] = [
    [{ SRIOV_ENN: 1 }, "SRIOV_ENN"],
    [{ LINK_TYPE: 1 }, "LINK_TYPE"],
    [{ LINK_TYPE_P2: 1 }, "LINK_TYPE_P2 is of a port the card lacks"],
    [{ NUM_OF_VFS: 70000 }, "NUM_OF_VFS"],
  ];
  for (const [nvconfig, words] of wrong) {
    const error = assertThrows(() => card({ nvconfig }), ModelError, words);
    assert(error.message.startsWith("devices[0].firmware.nvconfig"));
  }
  assertThrows(() => card({ cpu: "both" }), ModelError, "firmware.cpu");
});

/** Header word of an item's next value. */
function header({ send }: Card, type: number): ReturnType<typeof decodeItem> {
  return decodeItem(send(readItem(type, 4, "next"), 284).out, "card");
}

Deno.test("the three copies: a write goes to next, a reset makes it current, the default never moves", () => {
  const one = card({});
  const values = (): string[] =>
    (["default", "current", "next"] as const).map((mode) => {
      const { out } = one.send(readItem(0x01010012, 4, mode), 284);
      return toHex(decodeItem(out, "card").data);
    });
  assertEquals(values(), ["00000008", "00000008", "00000008"]);
  assertEquals(write(one, 0x01010012, "00000004"), 0);
  assertEquals(values(), ["00000008", "00000008", "00000004"]);
  // Level 3: the PCI link is reset.
  one.send(askForReset(3, 0), 24);
  assertEquals(values(), ["00000008", "00000004", "00000004"]);
  // MNVDI goes to next as well, and waits for the reset.
  one.send(resetItem(0x01010012), 28);
  assertEquals(values(), ["00000008", "00000004", "00000008"]);
  one.send(askForReset(6, 0), 24);
  assertEquals(values(), ["00000008", "00000008", "00000008"]);
});

Deno.test("who wrote an item is kept with it, over the process too, and is nobody after MNVDI", () => {
  const one = card({});
  assertEquals(header(one, 0x01010012).writer, 0);
  write(one, 0x01010012, "00000004");
  const two = card({});
  two.functions.restore(one.functions.save());
  const { writer, priority, overwritable } = header(two, 0x01010012);
  assertEquals([writer, priority, overwritable], [9, 0, true]);
  two.send(resetItem(0x01010012), 28);
  assertEquals(header(two, 0x01010012).writer, 0);
});

Deno.test("an item that a higher priority keeps is neither written nor reset, one by one or all", () => {
  const one = card({
    nvconfig: { LINK_TYPE_P1: "IB", ADVANCED_PCI_SETTINGS: 1 },
    nvconfigLocked: ["LINK_TYPE_P1"],
  });
  const { priority, overwritable } = header(one, 0x01010012);
  assertEquals([priority, overwritable], [1, false]);
  assertEquals(write(one, 0x01010012, "00000008"), 9);
  assertEquals(one.send(resetItem(0x01010012), 28).status, 9);
  assertEquals(one.send(resetAll(), 24).status, 0);
  assertEquals(data(one, 0x01010012, "next"), "00000004");
  assertEquals(data(one, 0x07000080, "next"), "06000000");
});

Deno.test("a write of another length or of another copy than next is refused, and so is an item there is not", () => {
  const one = card({});
  assertEquals(write(one, 0x01010012, "0000000400000000"), 3);
  assertEquals(write(one, 0x01010012, "0000"), 3);
  const current = concatBytes(
    writeItemHeader(0x01010012, 4),
    fromHex("00000004"),
  );
  current[17] = (current[17] ?? 0) | 0x40;
  assertEquals(one.send(current, 284).status, 3);
  assertEquals(write(one, 0x00abcdef, "00000004"), 5);
  assertEquals(one.send(readItem(0x00abcdef, 4, "next"), 284).status, 5);
  assertEquals(one.send(resetItem(0x00abcdef), 28).status, 5);
  assertEquals(data(one, 0x01010012, "next"), "00000008");
});

Deno.test("MNVQC tells the version of an item's layout", () => {
  const version = (type: number): number =>
    decodeSupport(card({}).send(askItem(type), 24).out, "card").version;
  assertEquals([version(0x80), version(0x0101010a)], [0, 1]);
});

Deno.test("a scenario's locked parameters are checked like its values", () => {
  for (
    const [locked, words] of [
      ["X", "nvconfigLocked must be a list"],
      [[1], "nvconfigLocked[0] must be text"],
      [["NUM_OF_VF"], "NUM_OF_VFS"],
      [["LINK_TYPE_P2"], "a port the card lacks"],
    ] as const
  ) {
    const error = assertThrows(
      () => card({ nvconfigLocked: locked }),
      ModelError,
    );
    assert(`${error.message} ${error.hint}`.includes(words), error.message);
  }
});
