/** Keys: what openssl writes is read, what it signs verifies, and the other way round. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { fromHex, toHex } from "../../lib/bytes.ts";
import { UsageError } from "../../lib/errors.ts";
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
