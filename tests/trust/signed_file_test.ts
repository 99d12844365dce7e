/** Signed recipes and plans: what counts, and what is said when it does not. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import type { Bytes } from "../../lib/bytes.ts";
import {
  isFwctlError,
  PolicyError,
  TrustError,
  type TrustReason,
  UsageError,
} from "../../lib/errors.ts";
import { envelopeText } from "../../lib/trust/envelope.ts";
import {
  type FileKind,
  requireSigned,
  SIGNED_FILE,
  type SignedSource,
  signFile,
  verifyFile,
} from "../../lib/trust/signed_file.ts";
import { sha256 } from "../../lib/trust/statement.ts";
import { momentText, parseExpiry, parseMoment } from "../../lib/trust/time.ts";
import {
  joinTrust,
  readTrust,
  type Trust,
  trustKey,
} from "../../lib/trust/trust.ts";
import { signStatement } from "../../lib/trust/verify.ts";
import { publicPem, RFC_KEYS, signer, trusted, trustInA } from "./make.ts";

const FILE: Bytes = new TextEncoder().encode("export default {};\n");
const NOW = new Date("2026-11-20T12:00:00Z");

function source(
  signature: string | undefined,
  kind: FileKind = "recipe",
): SignedSource {
  return { kind, name: "r.ts", signature, signatureAt: "r.ts.dsse.json" };
}

async function signature(
  key: "A" | "B" = "A",
  kind: FileKind = "recipe",
  expires?: Date,
): Promise<string> {
  return await signFile(
    FILE,
    { kind, name: "r.ts", expires },
    await signer(key),
  );
}

async function refused(
  reason: TrustReason,
  text: string,
  of: Promise<unknown>,
): Promise<void> {
  const error = await assertRejects(() => of, TrustError, text);
  assertEquals(error.reason, reason);
  assert(error.hint, "it says what to do");
}

Deno.test("a signed file is what its signer signed, until it expires", async () => {
  const expires = new Date("2026-11-20T12:00:01Z");
  const text = await signature("A", "recipe", expires);
  const trust = await trustInA();
  const found = await verifyFile(FILE, source(text), trust, NOW);
  assertEquals(found.by.map(({ name }) => name), ["A"]);
  assertEquals(found.expires, expires);
  assertEquals(
    (await verifyFile(FILE, source(text), trust, expires)).expires,
    expires,
  );
  await refused(
    "expired",
    "counts until 2026-11-20T12:00:01Z only (now 2026-11-20T12:00:02Z)",
    verifyFile(FILE, source(text), trust, new Date(expires.getTime() + 1000)),
  );
});

Deno.test("each way a signature does not count has its reason", async () => {
  const trust = await trustInA();
  const check = (text: string | undefined, by: Trust = trust) =>
    verifyFile(FILE, source(text), by, NOW);
  const good = await signature();
  await refused("missing", "r.ts is not signed", check(undefined));
  await refused("malformed", "is not JSON", check(""));
  await refused("malformed", "no DSSE envelope", check("{}"));
  await refused(
    "unknown-key",
    "is signed by no trusted key",
    check(await signature("B")),
  );
  const past = new Date("2026-11-19T23:59:59Z");
  await refused(
    "expired",
    "whose key is trusted until 2026-11-19T23:59:59Z only",
    check(good, [await trusted("A", { notAfter: past })]),
  );
  await refused(
    "not-allowed",
    "not trusted for a signature on a recipe (only for plan)",
    check(good, [await trusted("A", { scopes: ["plan"] })]),
  );
  await refused(
    "mismatch",
    "r.ts is not what was signed",
    verifyFile(new Uint8Array(3), source(good), trust, NOW),
  );
  await refused(
    "mismatch",
    "is a signature on a plan, not on a recipe",
    check(await signature("A", "plan")),
  );
  await refused(
    "mismatch",
    "is a signature on a recipe, not on a plan",
    verifyFile(FILE, source(good, "plan"), trust, NOW),
  );
});

Deno.test("a statement of another kind about the same file is no signature on it", async () => {
  const subjects = [{ name: "r.ts", sha256: await sha256(FILE) }];
  const text = async (
    predicateType: string,
    predicate: Record<string, string>,
  ) =>
    envelopeText(
      await signStatement(
        { subjects, predicateType, predicate },
        await signer("A"),
      ),
    );
  const trust = await trustInA();
  await refused(
    "mismatch",
    "is a statement of another kind",
    verifyFile(
      FILE,
      source(await text("https://slsa.dev/provenance/v1", { kind: "recipe" })),
      trust,
      NOW,
    ),
  );
  for (
    const [predicate, problem] of [
      [{ kind: "recipe", expirs: "2020-01-01" }, 'did you mean "expires"?'],
      [{ kind: "recipe", expires: "soon" }, "not a moment"],
      [{ kind: "recip" }, "must be one of recipe, plan"],
    ] as const
  ) {
    await refused(
      "malformed",
      problem,
      verifyFile(FILE, source(await text(SIGNED_FILE, predicate)), trust, NOW),
    );
  }
});

Deno.test("a second signer who is trusted is enough, and the one whose trust ended is not named", async () => {
  const past = new Date(0);
  const keys = [await trusted("B", { notAfter: past }), await trusted("A")];
  const one = JSON.parse(await signature("B"));
  const two = JSON.parse(await signature("A"));
  one.signatures.push(...two.signatures);
  const text = JSON.stringify(one);
  const { by } = await verifyFile(FILE, source(text), keys, NOW);
  assertEquals(by.map(({ name }) => name), ["A"]);
});

Deno.test("what must be signed and is not, is refused by a rule with a name", async () => {
  const error = await assertRejects(
    async () =>
      await requireSigned(FILE, source(undefined), await trustInA(), NOW),
    PolicyError,
    "(rule: require-signed)",
  );
  assertEquals(error.refusals, [error.message]);
  assert(isFwctlError(error.cause) && error.cause.code === "TrustError");
});

Deno.test("any byte of a signed file matters", async () => {
  const trust = await trustInA();
  const text = await signature();
  await fc.assert(fc.asyncProperty(
    fc.nat(FILE.length - 1),
    fc.integer({ min: 1, max: 255 }),
    async (at, by) => {
      const changed = FILE.slice();
      changed[at] = (changed[at] ?? 0) ^ by;
      await refused(
        "mismatch",
        "not what was signed",
        verifyFile(changed, source(text), trust, NOW),
      );
    },
  ));
});

const KEY = publicPem(RFC_KEYS.A.key);
const ONE = { name: "a", key: KEY };

Deno.test("a trust file says whom, until when and for what", async () => {
  const trust = await readTrust({
    format: "fwctl-trust/1",
    keys: [
      { ...ONE, notAfter: "2027-01-31", scopes: ["plan"] },
      { name: "b", key: publicPem(RFC_KEYS.B.key) },
    ],
  }, "t.json");
  assertEquals(
    trust.map(({ name, notAfter, scopes }) => ({ name, notAfter, scopes })),
    [
      {
        name: "a",
        notAfter: new Date("2027-01-31T23:59:59Z"),
        scopes: ["plan"],
      },
      {
        name: "b",
        notAfter: null,
        scopes: ["recipe", "plan", "attestation"],
      },
    ],
  );
});

Deno.test("a wrong trust file is refused, naming what is wrong", async () => {
  const format = "fwctl-trust/1";
  // deno-lint-ignore no-explicit-any -- wrong on purpose
  const cases: [any, string][] = [
    [[], "must be an object"],
    [{ keys: [ONE] }, "format is null"],
    [{ format: "fwctl-trust/2", keys: [ONE] }, 'reads "fwctl-trust/1"'],
    [{ format }, "keys is missing or empty"],
    [{ format, keys: [] }, "keys is missing or empty"],
    [{ format, keys: Array(257).fill(ONE) }, "256 are the most"],
    [{ format, keys: [ONE], key: 1 }, 'did you mean "keys"?'],
    [{ format, keys: [{ key: KEY }] }, "keys[0].name is missing"],
    [{ format, keys: [{ name: "a" }] }, "keys[0].key is missing"],
    [{ format, keys: [{ name: "a", key: "x" }] }, "the key a is not a key"],
    [{ format, keys: [{ ...ONE, notafter: "2020-01-01" }] }, "notAfter"],
    [{ format, keys: [{ ...ONE, notAfter: "2026-02-30" }] }, "not a moment"],
    [{ format, keys: [{ ...ONE, scopes: [] }] }, "good for nothing"],
    [{ format, keys: [{ ...ONE, scopes: ["all"] }] }, "is not known"],
    [{ format, keys: [ONE, { ...ONE, name: "b" }] }, "same key is a"],
    [
      { format, keys: [ONE, { name: "a", key: publicPem(RFC_KEYS.B.key) }] },
      "Two keys are named a",
    ],
  ];
  for (const [data, problem] of cases) {
    const error = await assertRejects(
      () => readTrust(data, "t.json"),
      UsageError,
    );
    assert(
      `${error.message} ${error.hint}`.includes(problem),
      `${error.message} ${error.hint}: ${problem}`,
    );
    assert(
      error.message.startsWith("t.json") ||
        /same key|Two keys/.test(error.message),
    );
  }
});

Deno.test("a key that is in two files with two terms is an error, not a choice", async () => {
  const one = await trustKey(KEY, "a", "a.pem");
  const two = [await trusted("A", { notAfter: NOW })];
  assertEquals(joinTrust([one]), one);
  await assertRejects(
    () => Promise.resolve().then(() => joinTrust([one, two])),
    UsageError,
    "The same key is a (a.pem) and A (trust.json)",
  );
});

Deno.test("any JSON as a trust file: keys, or an error that is ours", async () => {
  await fc.assert(fc.asyncProperty(fc.jsonValue(), async (value) => {
    try {
      // deno-lint-ignore no-explicit-any -- JSON is plain data
      await readTrust(value as any, "t.json");
      assert(false, "random JSON is no trust file");
    } catch (error) {
      assert(isFwctlError(error) && error.code === "UsageError", `${error}`);
    }
  }));
});

Deno.test("moments: exact, with offset, a whole day, a span; nothing that is none", () => {
  const text = (moment?: Date) => moment && momentText(moment);
  assertEquals(text(parseMoment("2027-01-31")), "2027-01-31T23:59:59Z");
  assertEquals(text(parseMoment("2027-01-31T12:00Z")), "2027-01-31T12:00:00Z");
  assertEquals(
    text(parseMoment("2027-01-31T01:30:05+02:00")),
    "2027-01-30T23:30:05Z",
  );
  assertEquals(text(parseExpiry("90m", NOW)), "2026-11-20T13:30:00Z");
  assertEquals(text(parseExpiry("2d", NOW)), "2026-11-22T12:00:00Z");
  for (
    const bad of [
      "",
      "tomorrow",
      "2027",
      "2027-13-01",
      "2027-02-29",
      "2027-02-30T00:00:00Z",
      "2027-01-31T24:00:01Z",
      "2027-01-31T12:00:00",
      "2027-01-31 12:00:00Z",
      "-1d",
      "1.5d",
      "1y",
    ]
  ) {
    assertEquals(parseExpiry(bad, NOW), undefined, bad);
  }
});
