/** What drivers decode without a device: every name works, and no bytes surprise. */
import { assert, assertEquals } from "@std/assert";
import type { Decoder } from "../../drivers/driver.ts";
import { loadDrivers } from "../../drivers/load.ts";
import { isFwctlError } from "../../lib/errors.ts";
import { placeText } from "../../lib/view/decode.ts";
import { MANY, noiseOf, random, RUNS } from "../hostile.ts";

async function decoders(driver: string): Promise<Map<string, Decoder>> {
  const [found] = await loadDrivers([driver]);
  const all = new Map<string, Decoder>();
  for (const kind of await found?.decoders?.() ?? []) {
    for (const name of kind.names()) {
      const decoder = kind.find(name);
      assert(decoder, `${driver} ${kind.kind} ${name}`);
      assertEquals(decoder.name, name);
      all.set(`${kind.kind} ${name}`, decoder);
    }
  }
  return all;
}

for (const driver of ["bnxt", "cxl", "mlx5", "pds"]) {
  Deno.test(`${driver}: every name listed is found, and whole bytes leave nothing out`, async () => {
    const all = await decoders(driver);
    assert(all.size > 0);
    for (const [name, decoder] of all) {
      const { missing, rest, fields } = decoder.decode(
        new Uint8Array(decoder.bytes),
      );
      assertEquals([missing, rest], [[], 0], name);
      for (const { bit, width } of fields) {
        assert(bit + width <= decoder.bytes * 8, name);
      }
    }
  });

  Deno.test(`${driver}: no field is made up from bytes that are not there`, async () => {
    const all = await decoders(driver);
    const next = random(5);
    for (const [name, decoder] of all) {
      const length = next() % (decoder.bytes + 1);
      const { fields } = decoder.decode(new Uint8Array(length).fill(0xff));
      for (const { field, bit, width } of fields) {
        assert(
          bit + width <= length * 8,
          `${name}.${field} of ${length} bytes`,
        );
      }
    }
  });

  Deno.test(`${driver}: ${MANY} hostile inputs are decoded or refused with a typed error`, async () => {
    const all = [...(await decoders(driver)).values()];
    const next = random(9);
    const noise = noiseOf(next, 1 << 16);
    for (let run = 0; run < RUNS; run++) {
      const decoder = all[next() % all.length];
      if (!decoder) continue;
      // Short, whole and long; wide images only now and then.
      const most = Math.min(decoder.bytes + 64, run % 50 === 0 ? 8192 : 256);
      const start = next() % 4096;
      const bytes = noise.subarray(start, start + next() % (most + 1));
      try {
        const { fields, rest } = decoder.decode(bytes);
        assert(rest >= 0 && rest <= bytes.length);
        for (const { bit, width } of fields) {
          if (bit + width > bytes.length * 8) {
            throw new Error(`${decoder.name} past ${bytes.length} bytes`);
          }
        }
      } catch (error) {
        assert(isFwctlError(error), `${decoder.name}: ${error}`);
      }
    }
  });
}

Deno.test("a structure's own name means that structure, whatever else has a like name", async () => {
  const [mlx5] = await loadDrivers(["mlx5"]);
  const kinds = await mlx5?.decoders?.() ?? [];
  const structures = kinds.find(({ kind }) => kind === "structure");
  assert(structures);
  for (const name of structures.names()) {
    const first = kinds.flatMap((kind) => kind.find(name) ?? [])[0];
    assertEquals(first?.bytes, structures.find(name)?.bytes, name);
    assert(
      first?.about.includes(name.split(".")[0] ?? ""),
      `${name}: ${first?.about}`,
    );
  }
});

Deno.test("a field's place is its word and its bits, as data sheets count", () => {
  const big = (bit: number, width: number): string =>
    placeText({ bit, width }, "big");
  assertEquals(
    [big(0, 1), big(8, 8), big(32, 32), big(64, 64), big(48, 16), big(40, 32)],
    ["0x00 31", "0x00 23..16", "0x04", "0x08", "0x04 15..0", "0x05"],
  );
  const little = (bit: number, width: number): string =>
    placeText({ bit, width }, "little");
  assertEquals(
    [little(0, 1), little(8, 8), little(13, 3), little(16, 32)],
    ["0x00 0", "0x01", "0x01 7..5", "0x02"],
  );
});
