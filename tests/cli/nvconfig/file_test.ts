/** Files of `fwctl nvconfig backup`, which may come from anybody. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  backupData,
  NV_BACKUP_FORMAT,
  type NvBackup,
  otherProduct,
  readBackup,
} from "../../../lib/cli/nvconfig/file.ts";
import { UsageError } from "../../../lib/errors.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import { digestOf } from "../../../lib/plan/digest.ts";
import { MANY, random, standsHostility } from "../../hostile.ts";

const BACKUP: NvBackup = {
  driver: "mlx5",
  identity: {
    model: "ConnectX-6 Dx",
    firmware: "22.41.1000",
    facts: { vhca_id: "0x0000", psid: "MT_0000000359" },
  },
  created: "2026-01-02T03:04:05.678Z",
  complete: true,
  items: [{ type: "00000080", data: "c0400000", version: 0, writer: 9 }],
};

const DATA = backupData(BACKUP);

/** A file that says something else, with a digest that fits. */
function forged(change: (body: Record<string, unknown>) => void): PlainData {
  const { digest: _, device, ...rest } = DATA;
  const body: Record<string, unknown> = {
    ...rest,
    device: { ...device as PlainObject },
  };
  change(body);
  return { ...body, digest: digestOf(body as PlainObject) } as PlainObject;
}

Deno.test("a backup survives its file", () => {
  const data = JSON.parse(JSON.stringify(backupData(BACKUP)));
  assertEquals(readBackup(data, "f"), BACKUP);
});

Deno.test("a file that says something else is named with the key, although its digest is right", () => {
  const cases: [(body: Record<string, unknown>) => void, string][] = [
    [(b) => b.format = "fwctl-nvconfig/9", NV_BACKUP_FORMAT],
    [(b) => delete b.format, "no format"],
    [(b) => delete b.device, "device must be there"],
    [(b) => (b.device as Record<string, unknown>).psid = "x", "psid"],
    [(b) => (b.device as Record<string, unknown>).driver = 7, "device.driver"],
    [(b) => b.created = "yesterday", "created"],
    [(b) => delete b.complete, "complete"],
    [(b) => b.items = {}, "items must be a list"],
    [(b) => b.items = [7], "items[0]"],
    [(b) => b.items = Array(5000).fill({}), "at most 4096"],
    [(b) => b.itmes = [], "itmes"],
  ];
  for (const [change, words] of cases) {
    assertThrows(() => readBackup(forged(change), "f"), UsageError, words);
  }
});

Deno.test("no character of a file can be changed", () => {
  const text = JSON.stringify(backupData(BACKUP));
  for (let at = 0; at < text.length; at++) {
    const other = text[at] === "7" ? "8" : "7";
    let data: PlainData;
    try {
      data = JSON.parse(text.slice(0, at) + other + text.slice(at + 1));
    } catch {
      continue;
    }
    assertThrows(() => readBackup(data, "f"), UsageError);
  }
});

/** Values that stand where others should. */
const JUNK: readonly PlainData[] = [
  null,
  -1,
  2 ** 60,
  "",
  "x".repeat(300),
  "00000080",
  true,
  [],
  {},
  [null],
  [{}],
  { psid: 7 },
  { facts: {} },
];

Deno.test(`${MANY} hostile files: a backup or a typed error`, () => {
  const next = random(0x5eed);
  const pick = <T>(from: readonly T[]): T | undefined =>
    from[next() % from.length];
  standsHostility(() => {
    const data = forged((body) => {
      for (let changes = next() % 3; changes > 0; changes--) {
        const device = body.device;
        const at = next() % 2 === 0 || typeof device !== "object"
          ? body
          : device as Record<string, unknown>;
        const key = pick(Object.keys(at ?? {})) ?? "items";
        (at ?? body)[next() % 8 === 0 ? `${key}x` : key] = pick(JUNK);
      }
    });
    return readBackup(next() % 50 === 0 ? pick(JUNK) ?? null : data, "f");
  });
});

Deno.test("products are told apart by driver, by PSID, and by model where there is no PSID", () => {
  const { identity } = BACKUP;
  const now = (facts: Record<string, string>, model = identity.model) => ({
    driver: "mlx5",
    identity: { ...identity, model, facts },
  });
  assertEquals(otherProduct(BACKUP, now(identity.facts)), undefined);
  // Another function of the same card has another vhca_id.
  assertEquals(
    otherProduct(BACKUP, now({ ...identity.facts, vhca_id: "0x0001" })),
    undefined,
  );
  assertEquals(
    otherProduct(BACKUP, now({ psid: "MT_0000000001" })),
    "its psid is MT_0000000359, this device's is MT_0000000001",
  );
  assertEquals(otherProduct(BACKUP, now({})), undefined);
  assert(otherProduct(BACKUP, now({}, "ConnectX-7"))?.includes("ConnectX-7"));
  assert(
    otherProduct(BACKUP, { ...now(identity.facts), driver: "bnxt" })
      ?.includes("bnxt"),
  );
});
