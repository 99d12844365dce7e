/** Envelopes and signatures: held to the specification's vectors, to openssl, and to what an attacker may try. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { toHex } from "../../lib/bytes.ts";
import { isFwctlError, TrustError } from "../../lib/errors.ts";
import {
  type Envelope,
  envelopeText,
  IN_TOTO,
  pae,
  readEnvelope,
} from "../../lib/trust/envelope.ts";
import { statementBytes } from "../../lib/trust/statement.ts";
import {
  signersOf,
  signStatement,
  verifyStatement,
} from "../../lib/trust/verify.ts";
import { signer, trusted, trustInA } from "./make.ts";

const NOW = new Date("2026-11-20T00:00:00Z");

const STATEMENT = {
  subjects: [{ name: "x", sha256: "ab".repeat(32) }],
  predicateType: "urn:test",
  predicate: { text: "grüße", list: [1, 2, { b: 1, a: null }] },
};

Deno.test("the PAE is the specification's own example", () => {
  const bytes = pae(
    "http://example.com/HelloWorld",
    new TextEncoder().encode("hello world"),
  );
  assertEquals(
    new TextDecoder().decode(bytes),
    "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
  );
});

/** The payload most published vectors are of. */
const BODY = '{"_type":"https://in-toto.io/Statement/v1"}';
const BY_A =
  "2WAfaHm5jluo0w+0rk8uVkluELJYWjSmU9x7EUzx+AyteDGJ4/nqyJXfmAUVFIAoQafWm7AxBZNw5M9ixNHiCA==";
const BY_B =
  "c1+67/aT0yqEpwx8PsVY3MLHsj9D0CZ014/Fv/QlG59P+9CobUZ7xECJ/V3USG0Ob9CiE5LjReEZUzNF2l7eBw==";

/**
 * Test vectors of the DSSE project (testvectors/vectors.json): what is signed,
 * [signature, key id] pairs, and which of the RFC's two keys signed.
 */
const VECTORS: readonly {
  name: string;
  type?: string;
  payload?: string;
  signatures: readonly (readonly [sig: string, keyid?: string])[];
  by: string;
}[] = [
  { name: "one signature", signatures: [[BY_A, "A"]], by: "A" },
  {
    name: "base64 for URLs",
    payload: "-_-_Pj8=",
    signatures: [[
      "P-_KHICeR7tI6S_YyejJTRtrXhcQyQ2LYPaL8h90KjC9qN8HU_svOQ6TuDOT1HIrsGW886DbWNWcCmX5twLrAw==",
      "A",
    ]],
    by: "A",
  },
  {
    name: "a signature for another type",
    type: "application/vnd.example.other+json",
    signatures: [[BY_A, "A"]],
    by: "",
  },
  {
    name: "a type counted in bytes, not in characters",
    type: "application/vnd.exämple+json",
    signatures: [[
      "xmSk/ug66ysT7ayhkCIjhAq42zgZXSsEWuzUaNL7w2eGAdF/NU6/fRXPtmfN+5DNSAs5/i2lUnHjbbjPsu0tAw==",
      "A",
    ]],
    by: "A",
  },
  {
    name: "an empty payload",
    payload: "",
    signatures: [[
      "gSggCAaTLTYyRH6FIDBem6meyIynsYy8RTHVzwx9tnTb7Bg/1jMWnuVgI/gffqmbsC2VX5/jHfkkDqsj7CDbDg==",
      "A",
    ]],
    by: "A",
  },
  {
    name: "an empty type, signed",
    type: "",
    signatures: [[
      "iC3q/+3Rm0+lpAJRueDmDh15PnwCfxKmS0NAfKsbv+zgulXQC/WM9trc+j1XEqlwDIg/vf/uNfebeD6sxInrDg==",
      "A",
    ]],
    by: "A",
  },
  { name: "two keys", signatures: [[BY_A, "A"], [BY_B, "B"]], by: "AB" },
  { name: "one key twice", signatures: [[BY_A, "A"], [BY_A, "A"]], by: "A" },
  { name: "two keys, no ids", signatures: [[BY_A], [BY_B]], by: "AB" },
];

for (const { name, type = IN_TOTO, payload, signatures, by } of VECTORS) {
  Deno.test(`published vector: ${name}`, async () => {
    const envelope = readEnvelope(
      JSON.stringify({
        payload: payload ?? btoa(BODY),
        payloadType: type,
        signatures: signatures.map(([sig, keyid]) => ({ sig, keyid })),
      }),
      "vector",
    );
    const keys = [await trusted("A"), await trusted("B")];
    const accepted = await signersOf(envelope, keys);
    assertEquals(accepted.map(({ name }) => name).join(""), by);
    if (type === IN_TOTO) return;
    // Whoever signed it, a type we do not know is none we take.
    await assertRejects(
      () => verifyStatement(envelope, keys, "recipe", NOW, "vector"),
      TrustError,
    );
  });
}

Deno.test("what is signed is read back and verified, and is the same text each time", async () => {
  const key = await signer("A");
  const text = envelopeText(await signStatement(STATEMENT, key));
  assertEquals(text, envelopeText(await signStatement(STATEMENT, key)));
  const { statement, by } = await verifyStatement(
    readEnvelope(text, "it"),
    await trustInA(),
    "recipe",
    NOW,
    "it",
  );
  assertEquals(statement, STATEMENT);
  assertEquals(by.map(({ name }) => name), ["A"]);
});

Deno.test("round trip of any payload, type and signatures through the text", () => {
  const bytes = fc.uint8Array({ maxLength: 100 }).map((one) =>
    new Uint8Array(one)
  );
  fc.assert(fc.property(
    bytes,
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.array(
      fc.record({ keyid: fc.string({ maxLength: 20 }), sig: bytes }, {
        noNullPrototype: true,
      }),
      {
        minLength: 1,
        maxLength: 16,
      },
    ),
    (payload, payloadType, signatures) => {
      fc.pre(payloadType.isWellFormed());
      const envelope: Envelope = { payload, payloadType, signatures };
      assertEquals(readEnvelope(envelopeText(envelope), "it"), envelope);
    },
  ));
});

async function signed(): Promise<Envelope> {
  return await signStatement(STATEMENT, await signer("A"));
}

function flipped(
  bytes: Uint8Array<ArrayBuffer>,
  bit: number,
): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

Deno.test("no single bit of the payload or of the signature can be turned", async () => {
  const envelope = await signed();
  const trust = await trustInA();
  assertEquals((await signersOf(envelope, trust)).length, 1);
  const [first] = envelope.signatures;
  assert(first);
  for (let bit = 0; bit < envelope.payload.length * 8; bit++) {
    const payload = flipped(envelope.payload, bit);
    const by = await signersOf({ ...envelope, payload }, trust);
    assertEquals(by, [], `payload bit ${bit}`);
  }
  for (let bit = 0; bit < 512; bit++) {
    const signatures = [{ ...first, sig: flipped(first.sig, bit) }];
    const by = await signersOf({ ...envelope, signatures }, trust);
    assertEquals(by, [], `signature bit ${bit}`);
  }
});

Deno.test("a signature of any other length is none", async () => {
  const envelope = await signed();
  const [first] = envelope.signatures;
  assert(first);
  for (const length of [0, 1, 32, 63, 65, 128, 4096]) {
    const sig = new Uint8Array(length);
    sig.set(first.sig.subarray(0, length));
    const one = { ...envelope, signatures: [{ keyid: first.keyid, sig }] };
    assertEquals(await signersOf(one, await trustInA()), [], `${length}`);
  }
});

Deno.test("the key id decides nothing: a wrong one keeps no signature out, a right one lets none in", async () => {
  const trust = await trustInA();
  const mine = trust[0]?.key.keyid ?? "";
  const envelope = await signed();
  const [first] = envelope.signatures;
  assert(first);
  for (const keyid of ["", "nobody", "0".repeat(64)]) {
    const one = { ...envelope, signatures: [{ keyid, sig: first.sig }] };
    assertEquals((await signersOf(one, trust)).length, 1, keyid);
  }
  const other = await signStatement(STATEMENT, await signer("B"));
  const [theirs] = other.signatures;
  assert(theirs);
  const forged = { ...other, signatures: [{ keyid: mine, sig: theirs.sig }] };
  const error = await assertRejects(
    () => verifyStatement(forged, trust, "recipe", NOW, "it"),
    TrustError,
    "names the key of A, but its signature does not verify",
  );
  assertEquals(error.reason, "bad-signature");
});

Deno.test("one key that signs sixteen times is one signer, and stands beside strangers", async () => {
  const envelope = await signed();
  const [first] = envelope.signatures;
  assert(first);
  const signatures = Array.from({ length: 16 }, () => first);
  const keys = [await trusted("B"), await trusted("A")];
  const by = await signersOf({ ...envelope, signatures }, keys);
  assertEquals(by.map(({ name }) => name), ["A"]);
});

Deno.test("a payload of another type is refused though its signature is right", async () => {
  const key = await signer("A");
  const payload = statementBytes(STATEMENT);
  for (const payloadType of ["", "application/json", `${IN_TOTO} `]) {
    const sig = await key.sign(pae(payloadType, payload));
    const error = await assertRejects(
      async () =>
        await verifyStatement(
          { payload, payloadType, signatures: [{ keyid: "", sig }] },
          await trustInA(),
          "recipe",
          NOW,
          "it",
        ),
      TrustError,
      "has a payload of type",
    );
    assertEquals(error.reason, "malformed");
  }
});

Deno.test("every wrong envelope is refused with its reason", () => {
  const sig = "AAAA";
  const good = { payload: "AAAA", payloadType: "t", signatures: [{ sig }] };
  readEnvelope(JSON.stringify(good), "it");
  const cases: [unknown, string][] = [
    [[], "it is not a JSON object"],
    [{ ...good, payload: undefined }, "payload is missing"],
    [{ ...good, payload: 1 }, "payload is not text"],
    [{ ...good, payload: "AB" }, "payload is not base64"],
    [{ ...good, payload: "A" }, "payload is not base64"],
    [{ ...good, payload: "+_AA" }, "payload is not base64"],
    [{ ...good, payload: "AA AA" }, "payload is not base64"],
    [{ ...good, payload: "AAAA=" }, "payload is not base64"],
    [{ ...good, payloadType: null }, "payloadType is not text"],
    [{ ...good, payloadType: "\ud800" }, "payloadType is not a type"],
    [{ ...good, signatures: {} }, "signatures is not a list"],
    [{ ...good, signatures: [] }, "it has no signature"],
    [{ ...good, signatures: Array(17).fill({ sig }) }, "17 signatures"],
    [{ ...good, signatures: [null] }, "signatures[0] is not an object"],
    [{ ...good, signatures: [{}] }, "signatures[0].sig is missing"],
    [{ ...good, signatures: [{ sig, keyid: 1 }] }, "keyid is not text"],
  ];
  for (const [data, problem] of cases) {
    const error = assertThrows(
      () => readEnvelope(JSON.stringify(data), "it"),
      TrustError,
      problem,
    );
    assertEquals(error.reason, "malformed");
  }
  assertThrows(() => readEnvelope("{", "it"), TrustError, "is not JSON");
  assertThrows(
    () => readEnvelope("[".repeat(100_000) + "]".repeat(100_000), "it"),
    TrustError,
    "nested deeper",
  );
});

Deno.test("20,000 damaged envelopes: refused as untrusted, or still what was signed", async () => {
  const text = envelopeText(await signed());
  const payload = toHex((await signed()).payload);
  const trust = await trustInA();
  let refused = 0;
  let kept = 0;
  const pieces = [
    '"',
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "0",
    "=",
    "\\",
    "null",
    "",
  ];
  const random = fc.sample(
    fc.record({
      at: fc.nat(text.length),
      drop: fc.nat(4),
      put: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })),
    }),
    { numRuns: 20_000, seed: 7 },
  );
  for (const { at, drop, put } of random) {
    const damaged = text.slice(0, at) + put + text.slice(at + drop);
    try {
      const envelope = readEnvelope(damaged, "it");
      await verifyStatement(envelope, trust, "recipe", NOW, "it");
      // White space, the key id, names of members nobody reads.
      assertEquals(toHex(envelope.payload), payload, damaged);
      kept++;
    } catch (error) {
      assert(isFwctlError(error) && error.code === "TrustError", `${error}`);
      refused++;
    }
  }
  assert(refused > 10_000 && kept > 100, `${refused} refused, ${kept} kept`);
});
