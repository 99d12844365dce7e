/** The page of plots in a real Chromium, where there is one. */
import { assert, assertEquals } from "@std/assert";
import { Folder } from "../../cli/fwctl.ts";
import { plotPage } from "../../../lib/view/page/plot.ts";
import { BROWSERS, findBrowser, inBrowser, type Page } from "./browser.ts";

const browser = await findBrowser();
const why = browser === undefined
  ? ` (skipped: none of ${BROWSERS.join(", ")} is installed)`
  : "";
const EVIL = "</script><img src=x onerror=alert(1)>";

async function check(page: Page, file: string): Promise<void> {
  await page.send("Emulation.setDeviceMetricsOverride", {
    width: 1100,
    height: 900,
    deviceScaleFactor: 1,
    mobile: false,
  });
  await page.send("Page.navigate", { url: `file://${file}` });
  while (await page.value("document.readyState") !== "complete");
  const number = (of: string) =>
    page.value(`document.querySelectorAll(${JSON.stringify(of)}).length`);
  const text = (id: string) =>
    page.value(`document.getElementById("${id}").textContent`);

  // A curve for each counter, the one with a gap in two pieces.
  assertEquals(await number("figure:not([hidden]) path.curve"), 3);
  const pieces =
    "document.querySelector('#f0 path.curve').getAttribute('d').match(/M/g).length";
  assertEquals(await page.value(pieces), 2);
  assertEquals(await number("#f0 .gap"), 2);
  assert((await page.value("document.querySelector('#f0 desc').textContent"))
    .includes("packets per second"));
  assertEquals(
    await page.value("document.querySelector('#f1 b').textContent"),
    EVIL,
  );
  assertEquals(await number("img"), 0);

  // The legend hides a counter, its plot and its column.
  await page.value("document.getElementById('c1').click()");
  assertEquals(await number("figure:not([hidden])"), 2);
  assertEquals(await number("#values thead th:not([hidden])"), 4);
  await page.value("document.getElementById('every').click()");
  assertEquals(await number("figure:not([hidden])"), 3);

  // With the keyboard alone: a plot in focus, the cursor, closer, and back.
  await page.value("document.querySelector('#f0 svg').focus()");
  for (let i = 0; i < 3; i++) await page.key("ArrowRight");
  assert(/^sample \d+, .*TX/.test(await text("said")), await text("said"));
  assert(
    (await page.value("document.querySelector('#f2 output').textContent"))
      .startsWith("sample"),
    "the cursor is on every plot",
  );
  await page.key("+", "+");
  const near = await text("span");
  assert(near !== "0 to 0.4 s", near);
  await page.key("Escape");
  assertEquals(await text("span"), "0 to 0.4 s");

  // With the mouse: dragging over a plot chooses that time.
  const rect = await page.value(
    "JSON.stringify(document.querySelector('#f0 svg').getBoundingClientRect())",
  );
  const { x, y, width } = JSON.parse(rect);
  for (
    const [type, at] of [["mousePressed", 0.4], ["mouseMoved", 0.5]]
      .concat([["mouseReleased", 0.6]]) as [string, number][]
  ) {
    await page.send("Input.dispatchMouseEvent", {
      type,
      x: x + width * at,
      y: y + 50,
      button: "left",
      clickCount: 1,
    });
  }
  const chosen = await text("span");
  assert(/^0\.1\d+ to 0\.2\d+ s$/.test(chosen), chosen);
  assert(/^\d+ of the \d+ samples/.test(await text("rows")));
  await page.value("document.getElementById('value').click()");
  assert(
    !(await page.value("document.querySelector('#f0 desc').textContent"))
      .includes("per second"),
  );

  const wide =
    "document.documentElement.scrollWidth - document.documentElement.clientWidth";
  assertEquals(await page.value(wide), 0, "the page scrolls sideways");
  const seen: string[] = [];
  for (const value of ["light", "dark"]) {
    await page.send("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-color-scheme", value }],
    });
    seen.push(
      await page.value("getComputedStyle(document.body).backgroundColor"),
    );
  }
  assertEquals(seen, ["rgb(255, 255, 255)", "rgb(15, 19, 24)"]);

  const asked = page.events.filter(({ method }) =>
    method === "Network.requestWillBeSent"
  ).map(({ params }) => params.request.url);
  assertEquals(asked, [`file://${file}`]);
  assertEquals(
    page.events.filter(({ method }) =>
      method === "Runtime.exceptionThrown" || method === "Log.entryAdded"
    ),
    [],
  );
}

Deno.test({
  name:
    `the page of plots works in a browser, with mouse or keyboard, by day and by night${why}`,
  ignore: browser === undefined,
  async fn() {
    using folder = new Folder();
    const file = `${folder.path}/plots.html`;
    const points = 400;
    const values = (step: bigint, turn = 1_000_000) =>
      Array.from(
        { length: points + 1 },
        (_, i) => 2n ** 60n + BigInt(i % turn) * step,
      );
    Deno.writeTextFileSync(
      file,
      await plotPage({
        title: "fwctl0: diagnostic counters",
        about: ["every 1 ms."],
        x: Array.from({ length: points + 1 }, (_, i) => i / 1000),
        xUnit: "s",
        per: "per second",
        // Five are lost in the middle.
        labels: Array.from(
          { length: points + 1 },
          (_, i) => i < 200 ? i : i + 5,
        ),
        series: [
          {
            id: "0x2006",
            name: "TX packets",
            unit: "packets",
            values: values(2700n),
          },
          { id: "0x7777", name: EVIL, unit: EVIL, values: values(3n, 50) },
          { id: "0x2c03", name: "", unit: "", values: values(0n) },
        ],
      }),
    );
    await inBrowser(browser ?? "", (page) => check(page, file));
  },
});
