/** The page of a bundle: alone, small, and nothing in a bundle becomes markup. */
import { assert, assertEquals } from "@std/assert";
import { packBundle } from "../../../lib/bundle/archive.ts";
import type { Content } from "../../../lib/bundle/archive.ts";
import type { PlainData } from "../../../lib/plain.ts";
import { bundlePage } from "../../../lib/view/page/bundle_page.ts";

const EVIL = '</script><script>alert(1)</script><img src="x" onerror=a>&\u202e';

async function page(parts: readonly (readonly [string, PlainData])[]) {
  const contents = parts.map(([path, data]): Content => ({
    path,
    title: `${path} ${EVIL}`,
    device: path.startsWith("devices/") ? "fwctl0" : "",
    data,
  }));
  return await bundlePage(
    await packBundle(contents, {
      tool: { fwctl: EVIL, deno: "2" },
      created: null,
      host: "model",
      policy: { scope: "debug-read-only", effect: "read", taint: false },
      redaction: [{ kind: EVIL, values: 1, places: 1 }],
      devices: [{ name: "fwctl0", driver: EVIL, address: EVIL }],
      missing: [{
        path: "a.json",
        title: EVIL,
        device: "",
        code: EVIL,
        message: EVIL,
        hint: EVIL,
      }],
      skipped: [{ path: "b.json", title: "", device: "", reason: EVIL }],
    }, 0),
  );
}

Deno.test("the page asks nobody for anything and runs only its own script", async () => {
  const html = await page([["machine/a.json", { a: 1 }]]);
  assert(!/(src|href)\s*=|url\(|@import|https?:/i.test(strip(html)), html);
  const policy = /content="(default-src 'none';[^"]*)"/.exec(html)?.[1] ?? "";
  for (
    const [tag, name] of [["script", "script-src"], ["style", "style-src"]]
  ) {
    const text = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(html)?.[1] ?? "";
    assert(text.length > 500);
    const digest = new Uint8Array(
      await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)),
    );
    assert(policy.includes(`${name} 'sha256-${digest.toBase64()}'`), tag);
  }
});

/** The page without what came from the bundle, which is shown as text. */
function strip(html: string): string {
  return html.replaceAll(/&#\d+;[^<]*/g, "")
    .replace(/<script type="application\/json"[^]*?<\/script>/, "");
}

Deno.test("texts of a bundle are never markup, in the data or around it", async () => {
  const html = await page([
    ["devices/fwctl0/x.json", { [EVIL]: EVIL, rows: [{ [EVIL]: EVIL }] }],
  ]);
  assertEquals(html.match(/<script/g)?.length, 2);
  assertEquals(html.match(/<\/script>/g)?.length, 2);
  assert(!html.includes("<img"));
  assert(!strip(html).includes("\u202e"));
  const data = /id="data">([^]*?)<\/script>/.exec(html)?.[1] ?? "";
  assertEquals(JSON.parse(data).parts[0].rows[0][EVIL], EVIL);
});

Deno.test("the page stays below 1 MB and says which parts only the archive has", async () => {
  const rows = (n: number): PlainData =>
    Array.from({ length: n }, (_, i) => ({ field: `<<<${i}>>>`, value: i }));
  const many = Array.from(
    { length: 900 },
    (_, i): [string, PlainData] => [`devices/fwctl0/p${i}.json`, rows(30)],
  );
  const html = await page([
    ["machine/large.json", rows(60_000)],
    ...many,
  ]);
  const size = new TextEncoder().encode(html).length;
  assert(size < 1_000_000, `${size} bytes`);
  assert(html.includes("Too large for this page"));
  assert(/And \d+ more parts, which only the archive has/.test(html));
});
