import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { applyPlan } from "../../lib/apply/apply.ts";
import { Journal, RUN_NAME } from "../../lib/apply/journal.ts";
import { readJournalText } from "../../lib/apply/journal_read.ts";
import {
  endOf,
  findRun,
  listRuns,
  planOf,
  readRun,
  refuseUnfinished,
} from "../../lib/apply/runs.ts";
import type { ApplyResult } from "../../lib/apply/types.ts";
import type { Bytes } from "../../lib/bytes.ts";
import { PlanError, UsageError } from "../../lib/errors.ts";
import { makePlan } from "../../lib/plan/make.ts";
import { DEFAULT_POLICY } from "../../lib/plan/policy.ts";
import type { Plan } from "../../lib/plan/types.ts";
import {
  TOY_INVENTORY,
  ToyDevice,
  toyInput,
  toySession,
  toyUnits,
} from "../toy_driver.ts";
import { type DiskTrouble, MemoryDisk, MemoryFiles, World } from "./world.ts";

const STATE = "/state";

interface Bench {
  readonly device: ToyDevice;
  readonly files: MemoryFiles;
  readonly disk: MemoryDisk;
  readonly plan: Plan;
  readonly journal: Journal;
}

function bench(trouble: DiskTrouble = {}): Bench {
  const device = new ToyDevice();
  const files = new MemoryFiles();
  const disk = new MemoryDisk(files, new World(), trouble);
  const plan = makePlan(
    toyInput(device, toyUnits([1, 5], [2, 6], [3, 7])),
  );
  const journal = new Journal({
    disk,
    stateDir: STATE,
    kind: "apply",
    of: null,
    owner: { pid: 7, uid: 0, program: "test" },
    bootId: "boot-1",
  });
  return { device, files, disk, plan, journal };
}

function apply({ device, plan, journal }: Bench): ApplyResult {
  return applyPlan({
    plan,
    policy: DEFAULT_POLICY,
    inventory: TOY_INVENTORY,
    session: toySession(device),
    hooks: journal.hooks(plan),
  });
}

/** The bytes of the one journal there is. */
function bytesOf({ disk }: Bench): Bytes {
  const [run = ""] = listRuns(disk, STATE);
  return disk.read(`${STATE}/journal/${run}.jsonl`);
}

Deno.test("a run's journal has its plan, every request before it is sent, and its end", () => {
  const on = bench();
  apply(on);
  const [run = ""] = listRuns(on.disk, STATE);
  assertMatch(run, RUN_NAME);
  const record = readRun(on.disk, STATE, run);
  assert(record);
  assertEquals(planOf(record), on.plan);
  assertEquals(record.begin.owner.pid, 7);
  assertEquals(record.outcome, "applied");
  assertEquals(record.records.map(({ event }) => event.type), [
    "begin",
    ...[1, 2, 3].flatMap(() => ["write", "answer", "verified"]),
    "end",
  ]);
});

Deno.test("a record is on the disk before its request is sent", () => {
  const on = bench();
  const { device, files } = on;
  const rpc = device.rpc.bind(device);
  let writes = 0;
  device.rpc = (request) => {
    if (request.request[0] === 2) {
      const [file] = files.files.values();
      assert(file?.named, "its name is on the disk");
      assertEquals(file.synced, file.bytes.length);
      const { records } = readJournalText(new Uint8Array(file.bytes));
      const last = records.at(-1)?.event;
      assert(last?.type === "write" && last.step === writes++);
    }
    return rpc(request);
  };
  apply(on);
  assertEquals(writes, 3);
});

Deno.test("a disk that is full at any operation leaves the device wholly as before or wholly applied, and nothing unrecorded was sent", () => {
  let applied = false;
  for (let fullAt = 1; !applied; fullAt++) {
    const on = bench({ fullAt });
    let result: ApplyResult | undefined;
    try {
      result = apply(on);
    } catch (error) {
      assert(error instanceof UsageError);
      assertStringIncludes(error.message, "No space left");
      // It could not be begun: nothing was sent at all.
      assertEquals(on.device.writes.length, 0, `full at ${fullAt}`);
      continue;
    }
    const now = [1, 2, 3].map((unit) => on.device.unit(unit)[3]);
    applied = result.outcome === "applied";
    assertEquals(now, applied ? [5, 6, 7] : [1, 2, 3], `full at ${fullAt}`);
    const sent = new Set(on.device.writes.map((write) => write[1]));
    const { records } = readJournalText(bytesOf(on));
    const recorded = new Set(
      records.flatMap(({ event }) =>
        event.type === "write" ? [event.step + 1] : []
      ),
    );
    for (const unit of sent) {
      assert(recorded.has(unit ?? 0), `full at ${fullAt}`);
    }
    if (!applied) assert(on.journal.broken !== undefined);
  }
});

Deno.test("a disk that takes a few bytes at a time makes no difference", () => {
  const on = bench({ takes: 5 });
  assertEquals(apply(on).outcome, "applied");
  assertEquals(readJournalText(bytesOf(on)).broken, null);
});

Deno.test("a journal that was cut in its last line says so, one that was changed anywhere else is not believed", () => {
  const on = bench();
  apply(on);
  const whole = bytesOf(on);
  const lines = readJournalText(whole).records.length;
  fc.assert(
    fc.property(
      fc.nat(whole.length - 1),
      fc.integer({ min: 1, max: 255 }),
      (at, by) => {
        const cut = readJournalText(whole.slice(0, at));
        assertEquals(cut.broken, null);
        assertEquals(cut.cut, at > 0 && whole[at - 1] !== 10);
        const changed = whole.slice();
        changed[at] = (changed[at] ?? 0) ^ by;
        const read = readJournalText(changed);
        const lastLine = whole.lastIndexOf(10, whole.length - 2);
        // Nothing follows the last line that could tell of a change in it.
        if (at > lastLine) assert(read.records.length >= lines - 1);
        else assert(read.broken !== null, `byte ${at} ^ ${by}`);
      },
    ),
    { numRuns: 400 },
  );
});

Deno.test("a line taken out or put in is found", () => {
  const on = bench();
  apply(on);
  const lines = new TextDecoder().decode(bytesOf(on)).trimEnd().split("\n");
  const read = (list: string[]) =>
    readJournalText(new TextEncoder().encode(`${list.join("\n")}\n`));
  assertEquals(read(lines).broken, null);
  for (let at = 0; at < lines.length - 1; at++) {
    assert(read(lines.toSpliced(at, 1)).broken, `without line ${at}`);
    assert(read(lines.toSpliced(at, 0, lines[at] ?? "")).broken, `twice ${at}`);
  }
});

Deno.test("any bytes are read as a journal without a crash", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    readJournalText(new Uint8Array(bytes));
  }));
  fc.assert(fc.property(fc.array(fc.json(), { maxLength: 4 }), (lines) => {
    const { records } = readJournalText(
      new TextEncoder().encode(`${lines.join("\n")}\n`),
    );
    assertEquals(records, []);
  }));
});

Deno.test("a run is found by its name, its beginning or its end, and by nothing that leaves the folder", () => {
  const on = bench();
  apply(on);
  const [run = ""] = listRuns(on.disk, STATE);
  for (const name of [run, run.slice(0, 12), run.slice(-8)]) {
    assertEquals(findRun(on.disk, STATE, name), run);
  }
  for (const name of ["../x", "nothing", "/etc/passwd"]) {
    assertThrows(() => findRun(on.disk, STATE, name), UsageError);
  }
});

Deno.test("a run that never ended keeps others from its device, and its journal must be whole", () => {
  const on = bench();
  apply(on);
  refuseUnfinished(on.disk, STATE, on.plan);
  const [path = ""] = on.files.files.keys();
  const file = on.files.files.get(path);
  assert(file);
  const whole = file.bytes;
  file.bytes = whole.slice(0, -1);
  const error = assertThrows(
    () => refuseUnfinished(on.disk, STATE, on.plan),
    PlanError,
  );
  assertEquals(error.reason, "unfinished");
  assertStringIncludes(error.hint ?? "", "fwctl resume");
  const changed = whole.slice(0, -1);
  changed[whole.indexOf(10) + 9] = 0x39;
  file.bytes = changed;
  const tampered = assertThrows(
    () => refuseUnfinished(on.disk, STATE, on.plan),
    PlanError,
  );
  assertEquals(tampered.reason, "tampered");
});

Deno.test("how a run ended is told by its last line alone, however long that is", () => {
  const device = new ToyDevice();
  const pairs = Array.from(
    { length: 200 },
    (_, index): [number, number] => [index, 99],
  );
  const plan = makePlan(toyInput(device, toyUnits(...pairs)));
  const on = { ...bench(), device, plan };
  apply(on);
  const [run = ""] = listRuns(on.disk, STATE);
  assertEquals(endOf(on.disk, STATE, run), { of: null, outcome: "applied" });
});
