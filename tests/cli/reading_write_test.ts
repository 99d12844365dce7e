/** `fwctl reg --set` and `--data`: a write goes the way of an apply. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Folder } from "./fwctl.ts";
import { fwctlHere } from "./in_process.ts";

/** One card whose state outlives a command. */
class Card implements Disposable {
  readonly folder = new Folder();

  run(...args: readonly string[]) {
    return fwctlHere([...args, "--model", "connectx"].concat(
      ["--model-state", `${this.folder.path}/model.json`],
      ["--state-dir", `${this.folder.path}/state`],
    ));
  }

  /** A field of a register as a number. */
  async field(register: string, name: string): Promise<number> {
    const { out } = await this.run("reg", "fwctl0", register, "--json");
    const { fields } = JSON.parse(out).answer;
    return fields.find(({ field }: { field: string }) => field === name).value;
  }

  [Symbol.dispose](): void {
    this.folder[Symbol.dispose]();
  }
}

const TRUST = ["reg", "fwctl0", "QPTS", "local_port=1", "--set"];

Deno.test("a field is written by the name of its value, over what is read, and is on record", async () => {
  using card = new Card();
  const { code, out } = await card.run(...TRUST, "trust_state=dscp", "--yes");
  assertEquals(code, 0);
  assertStringIncludes(out, "trust_state           1 → 2");
  assertStringIncludes(
    out,
    "ACCESS_REG write QPTS · scope configuration · effect runtime · no taint",
  );
  assertStringIncludes(out, "journal: run ");
  assertEquals(await card.field("QPTS", "trust_state"), 2);
  const journal = await card.run("journal", "list");
  assertEquals(journal.code, 0, journal.err);
  assertStringIncludes(journal.out, "fwctl reg");
  const verified = await card.run("journal", "verify");
  assertEquals(verified.code, 0, verified.err);
});

Deno.test("a dry run shows the plan and writes nothing; without --yes nobody can be asked", async () => {
  using card = new Card();
  const dry = await card.run(...TRUST, "trust_state=2", "--dry-run");
  assertEquals(dry.code, 0, dry.err);
  assertStringIncludes(dry.out, "Plan: 1 action to send");
  const asked = await card.run(...TRUST, "trust_state=2");
  assertEquals(asked.code, 1);
  assertStringIncludes(asked.err, "Nobody can be asked; nothing was sent");
  assertEquals(await card.field("QPTS", "trust_state"), 1);
});

Deno.test("what a register does when it is written counts, not the kernel's scope", async () => {
  using card = new Card();
  const paos = ["reg", "fwctl0", "PAOS", "local_port=1"];
  const down = [...paos, "--set", "admin_status=DOWN", "--yes"];
  for (const more of [[], ["--dry-run"]]) {
    const refused = await card.run(...down, ...more);
    assertEquals(refused.code, 4);
    assertStringIncludes(refused.err, "it can take the link down");
  }
  assertEquals(await card.field("PAOS", "admin_status"), 1);
  const allowed = await card.run(...down, "--max-effect", "disruptive");
  assertEquals(allowed.code, 0, allowed.err);
  assertEquals(await card.field("PAOS", "admin_status"), 2);
});

Deno.test("raw data is written as it is given", async () => {
  using card = new Card();
  const { code, err } = await card.run(
    ...["reg", "fwctl0", "0x4002", "--data", "0001000000000002", "--yes"],
  );
  assertEquals(code, 0, err);
  assertEquals(await card.field("QPTS", "trust_state"), 2);
});

Deno.test("a write that is wrong is refused, and names what", async () => {
  using card = new Card();
  const qpts = ["reg", "fwctl0", "QPTS"];
  for (
    const [args, words] of [
      [[...qpts, "--set", "trust_state=2"], "QPTS needs local_port"],
      [[...TRUST, "trust_state=DSCQ"], "Did you mean DSCP?"],
      [[...TRUST, "trust_stat=1"], "Did you mean trust_state?"],
      [[...TRUST, "trust_state=9"], "trust_state"],
      [[...TRUST, "trust_state"], "--set FIELD=VALUE"],
      [[...TRUST, "trust_state=1", "--set", "trust_state=2"], "given twice"],
      [[...TRUST, "trust_state=1", "--data", "00"], "both say"],
      [[...TRUST, "trust_state=1", "--hex"], "--hex is for what is read"],
      [[...qpts, "picture", "--set", "trust_state=1"], "only a read takes it"],
      [[...qpts, "--data", "xx"], "hex"],
      [[...qpts, "local_port=1", "--data", "00000000"], "local_port"],
      [["reg", "fwctl0", "--set", "trust_state=1"], "not said which register"],
      [["reg", "fwctl0", "MGIR", "--set", "a=b"], "not public"],
      [[...qpts, "--yes"], "Nothing is to be written"],
    ] as const
  ) {
    const ended = await card.run(...args, "--yes");
    assertEquals([ended.code, ended.out], [1, ""], args.join(" "));
    assertStringIncludes(ended.err, words, args.join(" "));
  }
  assertEquals(await card.field("QPTS", "trust_state"), 1);
});
