/** Keys: what openssl writes is read, what it signs verifies, and the other way round. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { concatBytes, fromHex, toHex } from "../../lib/bytes.ts";
import { isFwctlError, UsageError } from "../../lib/errors.ts";
import { readPublicKey, readSigner } from "../../lib/trust/keys.ts";
import { IN_TOTO, pae } from "../../lib/trust/envelope.ts";
import { signStatement } from "../../lib/trust/verify.ts";
import { privatePem, publicPem, RFC_KEYS, signer } from "./make.ts";

Deno.test("RFC 8032, test 2: the signature over 0x72", async () => {
  const { key, sign } = await signer("B");
  const data = fromHex("72");
  const sig = await sign(data);
  assertEquals(
    toHex(sig),
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  );
  assert(await key.verify(data, sig));
});

Deno.test("a key as JWK is the same key", async () => {
  const { seed, key } = RFC_KEYS.A;
  const url = { alphabet: "base64url", omitPadding: true } as const;
  const x = fromHex(key).toBase64(url);
  const d = fromHex(seed).toBase64(url);
  const jwk = { kty: "OKP", crv: "Ed25519", x, d, use: "sig", kid: "mine" };
  const one = await readSigner(JSON.stringify(jwk), "it");
  assertEquals(one.key.keyid, (await signer("A")).key.keyid);
  const other = fromHex(RFC_KEYS.B.key).toBase64(url);
  await assertRejects(
    () => readSigner(JSON.stringify({ ...jwk, x: other }), "it"),
    UsageError,
  );
});

const WRONG: readonly [what: string, text: string, problem: string][] = [
  ["nothing", "", "is not a key"],
  ["text", "hello", "is not a key"],
  ["JSON", "{}", "is not an Ed25519 key"],
  ["broken JSON", "{", "neither PEM nor JSON"],
  ["a JWK without x", '{"kty":"OKP","crv":"Ed25519"}', "not an Ed25519 key"],
  ["a short JWK", '{"kty":"OKP","crv":"Ed25519","x":"AA"}', "not an Ed25519"],
  ["another curve", '{"kty":"OKP","crv":"X25519","x":"AA"}', "not an Ed25519"],
  ["two keys", publicPem(RFC_KEYS.A.key).repeat(2), "holds 2 keys"],
  ["a private key", privatePem(RFC_KEYS.A.seed), "is a private key"],
  [
    "a short key",
    "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
    "not an Ed25519 key",
  ],
  [
    "a damaged key",
    "-----BEGIN PUBLIC KEY-----\nA\n-----END PUBLIC KEY-----",
    "is damaged PEM",
  ],
  [
    "an encrypted key",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----",
    "is PEM of encrypted private key",
  ],
  ["a book", "x".repeat(20_000), "is too long"],
];

for (const [what, text, problem] of WRONG) {
  Deno.test(`${what} is not taken for a public key`, async () => {
    const error = await assertRejects(
      () => readPublicKey(text, "it"),
      UsageError,
      problem,
    );
    assert(error.hint, "it says what to do");
  });
}

Deno.test("a public key cannot sign", async () => {
  await assertRejects(
    () => readSigner(publicPem(RFC_KEYS.A.key), "it"),
    UsageError,
    "which cannot sign",
  );
});

/** Points of small order (RFC 7748 and the literature), each with either sign bit. */
const SMALL_ORDER = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

Deno.test("a key that anybody can sign for is not taken", async () => {
  for (const raw of SMALL_ORDER) {
    const negative = fromHex(raw);
    negative[31] = (negative[31] ?? 0) | 0x80;
    for (const one of [raw, toHex(negative)]) {
      await assertRejects(
        () => readPublicKey(publicPem(one), "it"),
        UsageError,
        "anybody can sign for",
      );
    }
  }
});

Deno.test("why: for such a key WebCrypto verifies a signature nobody made", async () => {
  const raw = fromHex(SMALL_ORDER[1] ?? "");
  const key = await crypto.subtle.importKey("raw", raw, "Ed25519", true, [
    "verify",
  ]);
  const sig = new Uint8Array(64);
  sig[0] = 1;
  const data = new TextEncoder().encode("anything");
  assert(await crypto.subtle.verify("Ed25519", key, sig, data));
});

Deno.test("a signature has one form: S with the group's order added is none", async () => {
  const { key, sign } = await signer("A");
  const data = new TextEncoder().encode("x");
  const sig = await sign(data);
  const order = (1n << 252n) + 27742317777372353535851937790883648493n;
  let s = order;
  for (let i = 0; i < 32; i++) s += BigInt(sig[32 + i] ?? 0) << BigInt(8 * i);
  const twin = sig.slice();
  for (let i = 0; i < 32; i++) twin[32 + i] = Number(s >> BigInt(8 * i) & 255n);
  assert(toHex(twin) !== toHex(sig));
  assertEquals(await key.verify(data, sig), true);
  assertEquals(await key.verify(data, twin), false);
});

const random = (size: number) =>
  fc.uint8Array({ minLength: size, maxLength: size }).map((each) =>
    new Uint8Array(each)
  );

Deno.test("any 32 bytes are a key that verifies nothing it did not sign, or are refused", async () => {
  let keys = 0;
  await fc.assert(
    fc.asyncProperty(random(32), random(64), async (raw, sig) => {
      try {
        const key = await readPublicKey(publicPem(toHex(raw)), "it");
        assertEquals(await key.verify(new Uint8Array(3), sig), false);
        keys++;
      } catch (error) {
        assert(isFwctlError(error) && error.code === "UsageError", `${error}`);
      }
    }),
    { numRuns: 2000 },
  );
  assert(keys > 500, `${keys} were keys`);
});

Deno.test("any text as a key, and any bytes as a private one: a key or an error that is ours", async () => {
  const head = fromHex("302e020100300506032b657004220420");
  const pem = (label: string, der: Uint8Array) =>
    `-----BEGIN ${label}-----\n${der.toBase64()}\n-----END ${label}-----`;
  const text = fc.oneof(
    fc.string(),
    fc.jsonValue().map((each) => JSON.stringify(each)),
    fc.record({
      kty: fc.constant("OKP"),
      crv: fc.constant("Ed25519"),
      x: fc.oneof(fc.string(), random(32).map((each) => each.toBase64())),
      d: fc.oneof(fc.jsonValue(), fc.constant(undefined)),
    }).map((each) => JSON.stringify(each)),
    fc.uint8Array({ maxLength: 60 }).map((each) => pem("PRIVATE KEY", each)),
    fc.uint8Array({ maxLength: 60 }).map((each) =>
      pem("PRIVATE KEY", concatBytes(head, each))
    ),
    fc.uint8Array({ maxLength: 60 }).map((each) => pem("PUBLIC KEY", each)),
  );
  await fc.assert(
    fc.asyncProperty(text, async (each) => {
      for (const read of [readPublicKey, readSigner]) {
        try {
          await read(each, "it");
        } catch (error) {
          assert(
            isFwctlError(error) && error.code === "UsageError",
            `${error}: ${each}`,
          );
        }
      }
    }),
    { numRuns: 3000 },
  );
});

async function openssl(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", { args })
    .output();
  assert(success, new TextDecoder().decode(stderr));
}

const found = await new Deno.Command("openssl", { args: ["version"] }).output()
  .then(({ success }) => success, () => false);
// deno-lint-ignore no-console -- why a test is left out must be seen
if (!found) console.log("openssl is not installed: its tests are left out");

Deno.test({
  name:
    "openssl and we read each other's keys and verify each other's signatures",
  ignore: !found,
  fn: async () => {
    const dir = Deno.makeTempDirSync();
    try {
      const [pem, pub, data, sig] = ["key", "pub", "data", "sig"].map((name) =>
        `${dir}/${name}`
      ) as [string, string, string, string];
      await openssl("genpkey", "-algorithm", "ed25519", "-out", pem);
      await openssl("pkey", "-in", pem, "-pubout", "-out", pub);
      const mine = await readSigner(Deno.readTextFileSync(pem), "it");
      const key = await readPublicKey(Deno.readTextFileSync(pub), "it");
      assertEquals(key.keyid, mine.key.keyid);

      const envelope = await signStatement({
        subjects: [{ name: "x", sha256: "00".repeat(32) }],
        predicateType: "urn:test",
        predicate: {},
      }, mine);
      // Their bytes to sign, put together here from the specification's text.
      const body = new TextDecoder().decode(envelope.payload);
      const text = `DSSEv1 ${IN_TOTO.length} ${IN_TOTO} ${body.length} ${body}`;
      Deno.writeTextFileSync(data, text);
      Deno.writeFileSync(sig, envelope.signatures[0]?.sig ?? new Uint8Array());
      const verify = ["pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", pub];
      await openssl(...verify, "-in", data, "-sigfile", sig);

      const sign = ["pkeyutl", "-sign", "-rawin", "-inkey", pem, "-in", data];
      await openssl(...sign, "-out", sig);
      assert(
        await key.verify(
          pae(IN_TOTO, envelope.payload),
          Deno.readFileSync(sig),
        ),
      );
      await openssl("genpkey", "-algorithm", "x25519", "-out", pem);
      await assertRejects(
        () => readSigner(Deno.readTextFileSync(pem), "it"),
        UsageError,
        "not an Ed25519 key",
      );
    } finally {
      Deno.removeSync(dir, { recursive: true });
    }
  },
});
