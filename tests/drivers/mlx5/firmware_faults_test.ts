import { assertEquals } from "@std/assert";
import type { PlainObject } from "../../../lib/plain.ts";
import { card, change, field, query } from "./firmware_fixture.ts";

function faulty(...faults: PlainObject[]) {
  return card({ faults });
}

Deno.test("a refusal strikes once, at the nth request, and executes nothing", () => {
  const fixture = faulty({
    request: "SET_HCA_CAP",
    nth: 2,
    status: 6,
    syndrome: 0x1234,
  });
  const set = (value: number) =>
    change(fixture, "cmd_hca_cap", 0, 1, { log_max_qp: value });
  assertEquals(set(10).status, 0);
  const second = set(11);
  assertEquals([second.status, second.syndrome], [6, 0x1234]);
  assertEquals(field(fixture, "cmd_hca_cap", "log_max_qp", 0, 1), 10);
  assertEquals(set(12).status, 0);
});

Deno.test("a repeated fault strikes every time from the nth on", () => {
  const fixture = faulty({
    request: 0x100,
    nth: 2,
    repeat: true,
    status: 7,
  });
  const statuses = [1, 2, 3].map(() =>
    fixture.send(query(0, false), 4112).status
  );
  assertEquals(statuses, [0, 7, 7]);
});

Deno.test("a fault can wait for one function", () => {
  const fixture = faulty({ request: "SET_HCA_CAP", function: 2, status: 1 });
  const status = (of: number) =>
    change(fixture, "cmd_hca_cap", 0, of, { log_max_qp: 10 }).status;
  assertEquals([status(1), status(2), status(2)], [0, 1, 0]);
});

Deno.test("a transport error is an errno; with executes the firmware did it all the same", () => {
  for (const executes of [false, true]) {
    const fixture = faulty({
      request: "SET_HCA_CAP",
      errno: "ETIMEDOUT",
      executes,
    });
    const { ret } = change(fixture, "cmd_hca_cap", 0, 1, { log_max_qp: 10 });
    assertEquals(ret, -110);
    assertEquals(
      field(fixture, "cmd_hca_cap", "log_max_qp", 0, 1),
      executes ? 10 : 17,
    );
  }
});

Deno.test("an unplug takes the function that sent, and the call ends normally", () => {
  const fixture = faulty({ request: "*", unplug: true });
  assertEquals(fixture.send(query(0, false), 4112).status, 0);
  assertEquals(fixture.unplugged, [0]);
});

Deno.test("an answer can be cut and corrupted", () => {
  const fixture = faulty(
    { request: "QUERY_HCA_CAP", truncate: 20 },
    { request: "QUERY_HCA_CAP", nth: 2, corrupt: { byte: 35, xor: 1 } },
  );
  const read = () => fixture.send(query(0, false), 4112).out;
  const cut = read();
  assertEquals(cut.subarray(20).every((byte) => byte === 0), true);
  const corrupt = read();
  const whole = read();
  assertEquals((corrupt[35] ?? 0) ^ (whole[35] ?? 0), 1);
});

Deno.test("drift changes a VF's field before the request is executed", () => {
  const fixture = faulty({
    request: "QUERY_HCA_CAP",
    function: 1,
    nth: 2,
    drift: { function: 1, field: "log_max_cq", value: 3 },
  });
  const read = () => field(fixture, "cmd_hca_cap", "log_max_cq", 0, 1);
  assertEquals([read(), read(), read()], [24, 3, 3]);
});

Deno.test("what was used up stays used up in a saved state", () => {
  const options = { faults: [{ request: "QUERY_HCA_CAP", status: 1 }] };
  const first = card(options);
  assertEquals(first.send(query(0, false), 4112).status, 1);
  const second = card(options);
  second.functions.restore(first.functions.save());
  assertEquals(second.send(query(0, false), 4112).status, 0);
});
