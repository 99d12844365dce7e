/**
 * Ways to look at a page in a real browser: keys, colour schemes, paper, and
 * axe-core.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import axe from "axe-core";
import type { Answer, Page } from "../../view/page/browser.ts";

/** A folder for pictures, for whoever wants to look: FWCTL_PICTURES. */
const pictures = Deno.env.get("FWCTL_PICTURES");

export async function go(page: Page, file: string): Promise<void> {
  await page.send("Emulation.setDeviceMetricsOverride", {
    width: 1280,
    height: 900,
    deviceScaleFactor: 1,
    mobile: false,
  });
  page.events.length = 0;
  await page.send("Page.navigate", { url: `file://${file}` });
  await until(
    page,
    `location.href === "file://${file}" && document.readyState === "complete"`,
  );
}

/** Waits for what a browser does a little later. */
export async function until(page: Page, expression: string): Promise<void> {
  for (let i = 0; i < 100; i++) {
    if (await page.value(expression)) return;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw new Error(`never: ${expression}`);
}

/** No request but the page's own, no error, nothing the policy stopped. */
export function quiet(page: Page, file: string): void {
  const asked = page.events.filter(({ method }) =>
    method === "Network.requestWillBeSent"
  ).map(({ params }) => params.request.url);
  assertEquals(asked, [`file://${file}`]);
  const bad = page.events.filter(({ method }) =>
    method === "Runtime.exceptionThrown" || method === "Log.entryAdded" ||
    method === "Runtime.consoleAPICalled"
  );
  assertEquals(bad, []);
}

export async function scheme(
  page: Page,
  value: "light" | "dark",
): Promise<void> {
  await page.send("Emulation.setEmulatedMedia", {
    features: [{ name: "prefers-color-scheme", value }],
  });
}

/** axe-core over all of the page, everything open, by day and by night. */
export async function accessible(page: Page, file: string): Promise<void> {
  await page.value("document.getElementById('open').click()");
  // Through the protocol: the page's policy lets no other script in.
  await page.send("Runtime.evaluate", { expression: axe.source });
  for (const value of ["light", "dark"] as const) {
    await scheme(page, value);
    const { result, exceptionDetails } = await page.send("Runtime.evaluate", {
      expression: `axe.run(document, { resultTypes: ["violations"] }).then(
        ({ violations, passes }) => JSON.stringify({ passes: passes.length, violations:
          violations.map(({ id, nodes }) => [id, nodes.length, nodes[0].html.slice(0, 200), nodes[0].failureSummary]) }))`,
      awaitPromise: true,
      returnByValue: true,
    });
    assert(!exceptionDetails, JSON.stringify(exceptionDetails));
    const { violations, passes } = JSON.parse(result.value);
    assertEquals(violations, [], `${file} ${value}`);
    assert(passes > 15, `${passes} rules passed`);
  }
  await scheme(page, "light");
}

export async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  const height = await page.value("document.documentElement.scrollHeight");
  const { data } = await page.send("Page.captureScreenshot", {
    captureBeyondViewport: true,
    clip: { x: 0, y: 0, width: 1280, height: Math.min(height, 6000), scale: 1 },
  });
  Deno.writeFileSync(`${pictures}/${name}.png`, Uint8Array.fromBase64(data));
}

export const shown = (of: string): string =>
  `[...document.querySelectorAll(${
    JSON.stringify(of)
  })].filter((each) => each.checkVisibility()).length`;
export const focused = "document.activeElement.textContent";

export async function paper(page: Page, name: string): Promise<number> {
  const { data } = await page.send("Page.printToPDF", {
    printBackground: true,
  });
  const bytes = Uint8Array.fromBase64(data);
  if (pictures !== undefined) {
    Deno.writeFileSync(`${pictures}/${name}.pdf`, bytes);
  }
  const text = new TextDecoder("latin1").decode(bytes);
  assert(text.startsWith("%PDF-"));
  return text.match(/\/Type\s*\/Page\b/g)?.length ?? 0;
}

export async function narrow(page: Page): Promise<void> {
  for (const width of [320, 768]) {
    await page.send("Emulation.setDeviceMetricsOverride", {
      width,
      height: 800,
      deviceScaleFactor: 1,
      mobile: false,
    });
    const beyond: Answer = await page.value(
      "document.documentElement.scrollWidth - document.documentElement.clientWidth",
    );
    assertEquals(beyond, 0, `at ${width} the page scrolls sideways`);
  }
}
