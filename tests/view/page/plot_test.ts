/** A page of plots: alone, small, exact, and nothing in it becomes markup. */
import { assert, assertEquals } from "@std/assert";
import { type Plot, plotPage } from "../../../lib/view/page/plot.ts";

const EVIL = '</script><script>alert(1)</script><img src="x" onerror=a>&\u202e';

function plot(points: number, series: number, more: Partial<Plot> = {}): Plot {
  return {
    title: "counters",
    about: ["a sentence."],
    x: Array.from({ length: points }, (_, i) => i / 1000),
    xUnit: "s",
    per: "per second",
    labels: Array.from({ length: points }, (_, i) => i + 1),
    series: Array.from({ length: series }, (_, s) => ({
      id: `0x${s}`,
      name: `counter ${s}`,
      unit: "packets",
      values: Array.from(
        { length: points },
        (_, i) => 2n ** 63n + BigInt(i * 1_234_567 * (s + 1)),
      ),
    })),
    ...more,
  };
}

// deno-lint-ignore no-explicit-any -- a test looks into any member
function dataOf(html: string): any {
  return JSON.parse(/id="data">([^]*?)<\/script>/.exec(html)?.[1] ?? "");
}

Deno.test("the plots' page asks nobody for anything and runs only its own script", async () => {
  const html = await plotPage(plot(20, 2));
  assert(
    !/(src|href)\s*=|url\(|@import|https?:\/\/(?!www\.w3\.org\/2000\/svg)/i
      .test(html),
  );
  assert(!/\sstyle=|\son\w+=/.test(html), "no style and no handler in markup");
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

Deno.test("names of counters are never markup", async () => {
  const html = await plotPage(plot(3, 1, {
    title: EVIL,
    about: [EVIL],
    xUnit: EVIL,
    per: EVIL,
    series: [{ id: EVIL, name: EVIL, unit: EVIL, values: [1n, 2n, 3n] }],
  }));
  assertEquals(html.match(/<script/g)?.length, 2);
  assertEquals(html.match(/<\/script>/g)?.length, 2);
  assert(!html.includes("<img") && !html.includes("\u202e</"));
  assert(dataOf(html).series[0].name.startsWith("</script>"));
});

Deno.test("every plot has a title and a description, and its values are in a table without a script", async () => {
  const html = await plotPage(plot(5, 3));
  for (const i of [0, 1, 2]) {
    assert(html.includes(`aria-labelledby="t${i} d${i}"`));
    assert(
      new RegExp(`<title id="t${i}">counter ${i}, in packets</title>`).test(
        html,
      ),
    );
    assert(html.includes(`<desc id="d${i}">`));
    assert(html.includes(`<input type="checkbox" id="c${i}" checked>`));
  }
  assert(html.includes("<noscript>"));
  assertEquals(
    html.match(/<td class="n">9,223,372,036,854,775,808</g)?.length,
    3 + 3,
  );
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assertEquals(new Set(ids).size, ids.length, "an id is there once");
});

Deno.test("values of 64 bits are exact in the page's data", async () => {
  const data = dataOf(
    await plotPage(plot(4, 1, {
      series: [{
        id: "a",
        name: "",
        unit: "",
        values: [2n ** 64n - 9n, undefined, 2n ** 64n - 1n, 2n ** 64n - 5n],
      }],
    })),
  );
  assertEquals(data.series[0].base, String(2n ** 64n - 9n));
  assertEquals(data.series[0].v, [0, null, 8, 4]);
  assertEquals([data.series[0].level, data.series[0].name], [true, "a"]);
  // What a number cannot hold is text.
  const wide = dataOf(
    await plotPage(plot(2, 1, {
      series: [{ id: "a", name: "", unit: "", values: [1n, 2n ** 64n - 1n] }],
    })),
  );
  assertEquals(wide.series[0].v, [0, String(2n ** 64n - 2n)]);
});

Deno.test("the plots' page stays below 1 MB and says what it leaves out", async () => {
  const html = await plotPage(plot(16_384, 17));
  const size = new TextEncoder().encode(html).length;
  assert(size < 1_000_000 && size > 300_000, `${size} bytes`);
  assert(
    /<p>[\d,]+ of the 16,384 samples are on this page, one of \d+/.test(html),
  );
  const data = dataOf(html);
  assertEquals(data.labels[1] - data.labels[0], data.step);
  const many = await plotPage(plot(900, 200));
  assert(new TextEncoder().encode(many).length < 1_000_000);
  assert(many.includes("The first 64 of 200 counters"));
  const none = await plotPage(plot(0, 2));
  assertEquals(dataOf(none).x, []);
});
