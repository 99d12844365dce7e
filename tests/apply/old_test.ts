/** Which journals may go: never one of a run that may have left something. */
import { assertEquals } from "@std/assert";
import { sha256 } from "../../lib/plan/digest.ts";
import { oldRuns } from "../../lib/apply/old.ts";
import { MemoryDisk, MemoryFiles } from "./world.ts";

const STATE = "/var/lib/fwctl";

/** A run's name on a day of November. */
function on(day: number, which = 0): string {
  const two = String(day).padStart(2, "0");
  return `202611${two}T120000000Z-0000000${which}`;
}

/** A disk with journals; a run is `[name, events…]`. */
function disk(
  ...runs: readonly (readonly [run: string, ...events: object[]])[]
): MemoryDisk {
  const files = new MemoryFiles();
  for (const [run, ...events] of runs) {
    let prev = "";
    const lines = events.map((event, seq) => {
      const line = JSON.stringify({
        seq,
        prev,
        time: "2026-11-01T12:00:00.000Z",
        ...event,
      });
      prev = sha256(line);
      return `${line}\n`;
    });
    const bytes = new TextEncoder().encode(lines.join(""));
    files.files.set(`${STATE}/journal/${run}.jsonl`, {
      bytes,
      synced: bytes.length,
      named: true,
    });
  }
  return new MemoryDisk(files);
}

function begin(kind = "apply", of: string | null = null): object {
  return {
    type: "begin",
    version: "1.0",
    kind,
    of,
    owner: { pid: 1, uid: 0, program: "fwctl" },
    bootId: "b",
    plan: {},
  };
}

const WRITE = { type: "write", step: 0, undo: false, request: "sha256:0" };

function end(outcome = "applied", of: string | null = null): object {
  return { type: "end", of, outcome, steps: [], error: null };
}

function old(on: MemoryDisk, keep = 0, day = 20): string[] {
  const before = new Date(`2026-11-${day}T00:00:00Z`);
  return oldRuns(on, STATE, { before, keep });
}

Deno.test("runs that ended before the day may go, and no later one", () => {
  const found = disk(
    [on(1), begin(), WRITE, end()],
    [on(2), begin(), WRITE, end("undone")],
    [on(19), begin(), WRITE, end("failed")],
    [on(20), begin(), WRITE, end()],
  );
  assertEquals(old(found), [on(1), on(2), on(19)]);
  assertEquals(old(found, 3), [on(1)]);
  assertEquals(old(found, 4), []);
  assertEquals(old(found, 0, 10), [on(1), on(2)]);
});

Deno.test("a run that never ended stays, however old it is, unless it sent nothing", () => {
  const found = disk(
    [on(1), begin(), WRITE],
    [on(2), begin()],
    [on(3)],
  );
  assertEquals(old(found), [on(2), on(3)]);
});

Deno.test("a run that ended without being undone can be taken back still, and stays", () => {
  for (const outcome of ["stopped", "not-undone"]) {
    assertEquals(old(disk([on(1), begin(), WRITE, end(outcome)])), []);
  }
});

Deno.test("a killed run goes with the run that settled it, the first one first", () => {
  const found = disk(
    [on(1), begin(), WRITE],
    [on(4), begin("undo", on(1)), WRITE, end("undone", on(1))],
    [on(2), begin(), WRITE],
    [on(25), begin("undo", on(2)), WRITE, end("undone", on(2))],
  );
  assertEquals(old(found), [on(1), on(4)]);
});

Deno.test("a run whose undo was killed as well stays with it", () => {
  const found = disk(
    [on(1), begin(), WRITE],
    [on(2), begin("undo", on(1)), WRITE],
    [on(3), begin("resume", on(1)), WRITE, end("not-undone", on(1))],
  );
  assertEquals(old(found), []);
});

Deno.test("a journal that cannot be read stays, for journal verify to tell", () => {
  const files = disk([on(1), begin(), WRITE]);
  const path = `${STATE}/journal/${on(1)}.jsonl`;
  const text = new TextDecoder().decode(files.read(path));
  const bytes = new TextEncoder().encode(`${text}{}\n`);
  files.files.files.set(path, { bytes, synced: bytes.length, named: true });
  assertEquals(old(files), []);
});
