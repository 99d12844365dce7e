/** Keys and trust for tests of provenance. */
import { type Bytes, concatBytes, fromHex } from "../../lib/bytes.ts";
import {
  readPublicKey,
  readSigner,
  type Signer,
} from "../../lib/trust/keys.ts";
import {
  SIGNED_KINDS,
  type Trust,
  type TrustedKey,
} from "../../lib/trust/trust.ts";

/** Seeds and public keys of RFC 8032, section 7.1, tests 1 and 2. */
export const RFC_KEYS = {
  A: {
    seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
  },
  B: {
    seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
  },
} as const;

function pem(label: string, der: Bytes): string {
  return `-----BEGIN ${label}-----\n${der.toBase64()}\n-----END ${label}-----\n`;
}

/** A private key in PEM from its seed. */
export function privatePem(seed: string): string {
  const head = fromHex("302e020100300506032b657004220420");
  return pem("PRIVATE KEY", concatBytes(head, fromHex(seed)));
}

/** A public key in PEM from its 32 bytes. */
export function publicPem(raw: string): string {
  const head = fromHex("302a300506032b6570032100");
  return pem("PUBLIC KEY", concatBytes(head, fromHex(raw)));
}

/** A key of the RFC that signs. */
export function signer(name: keyof typeof RFC_KEYS): Promise<Signer> {
  return readSigner(privatePem(RFC_KEYS[name].seed), name);
}

/** A key of the RFC as somebody trusted. */
export async function trusted(
  name: keyof typeof RFC_KEYS,
  other: Partial<TrustedKey> = {},
): Promise<TrustedKey> {
  return {
    name,
    key: await readPublicKey(publicPem(RFC_KEYS[name].key), name),
    notAfter: null,
    scopes: SIGNED_KINDS,
    source: "trust.json",
    ...other,
  };
}

/** Trust in key A alone. */
export async function trustInA(): Promise<Trust> {
  return [await trusted("A")];
}
