/** Pages of plans and machines in a real Chromium: keys, filters, both schemes, paper, and axe-core. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import axe from "axe-core";
import { Folder, fwctl } from "../cli/fwctl.ts";
import { journalScenes } from "../cli/report_scenes.ts";
import {
  type Answer,
  BROWSERS,
  findBrowser,
  inBrowser,
  type Page,
} from "../view/browser.ts";

const browser = await findBrowser();
if (browser === undefined) {
  // deno-lint-ignore no-console -- whoever runs it must know why nothing was looked at
  console.log(`ignored: none of ${BROWSERS.join(", ")} is installed`);
}

/** A folder for pictures, for whoever wants to look: FWCTL_PICTURES. */
const pictures = Deno.env.get("FWCTL_PICTURES");

async function go(page: Page, file: string): Promise<void> {
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
async function until(page: Page, expression: string): Promise<void> {
  for (let i = 0; i < 100; i++) {
    if (await page.value(expression)) return;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw new Error(`never: ${expression}`);
}

/** No request but the page's own, no error, nothing the policy stopped. */
function quiet(page: Page, file: string): void {
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

async function scheme(page: Page, value: "light" | "dark"): Promise<void> {
  await page.send("Emulation.setEmulatedMedia", {
    features: [{ name: "prefers-color-scheme", value }],
  });
}

/** axe-core over all of the page, everything open, by day and by night. */
async function accessible(page: Page, file: string): Promise<void> {
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

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  const height = await page.value("document.documentElement.scrollHeight");
  const { data } = await page.send("Page.captureScreenshot", {
    captureBeyondViewport: true,
    clip: { x: 0, y: 0, width: 1280, height: Math.min(height, 6000), scale: 1 },
  });
  Deno.writeFileSync(`${pictures}/${name}.png`, Uint8Array.fromBase64(data));
}

const shown = (of: string): string =>
  `[...document.querySelectorAll(${
    JSON.stringify(of)
  })].filter((each) => each.checkVisibility()).length`;
const focused = "document.activeElement.textContent";

/** The tree with the keyboard alone. */
async function walk(page: Page): Promise<void> {
  await page.value("document.querySelector('.tree summary').focus()");
  await page.key("ArrowDown");
  assertStringIncludes(await page.value(focused), "VF 0");
  await page.key("ArrowDown");
  assertStringIncludes(await page.value(focused), "VF 1");
  await page.key("ArrowUp");
  assertStringIncludes(await page.value(focused), "VF 0");
  await page.key("End");
  assertStringIncludes(await page.value(focused), "fwctl1");
  await page.key("Home");
  assertStringIncludes(await page.value(focused), "fwctl0");
  // Letters go to what begins so, wherever in the line.
  for (const letter of "vf 6") await page.key(letter, letter);
  assertStringIncludes(await page.value(focused), "VF 6");
  const visible = shown(".tree .row");
  const all = await page.value(visible);
  await page.key("ArrowLeft");
  assertStringIncludes(await page.value(focused), "fwctl0");
  await page.key("ArrowLeft");
  assertEquals(await page.value(visible), 2);
  await page.key("ArrowRight");
  await until(page, `${visible} === ${all}`);
  await page.key("ArrowRight");
  assertStringIncludes(await page.value(focused), "VF 0");
  // A line with a card leads to it.
  await page.key("Enter", "\r");
  await until(page, "location.hash === '#r0'");
}

async function filters(page: Page): Promise<void> {
  const cards = shown(".card");
  const rows = shown(".tree .row");
  const [allCards, allRows] = [await page.value(cards), await page.value(rows)];
  assertEquals(allCards, 3);
  await page.value("document.activeElement.blur()");
  await page.key("/", "/");
  assertEquals(await page.value("document.activeElement.id"), "filter");
  for (const letter of "3b:00.3") await page.key(letter, letter);
  assertEquals(await page.value(cards), 1);
  assertEquals(
    await page.value(rows),
    2,
    "the function and the device above it",
  );
  assertEquals(
    await page.value("document.getElementById('found').textContent"),
    "2 of 12 lines fit",
  );
  assertEquals(await page.value("CSS.highlights.get('found').size > 0"), true);
  await page.key("Escape");
  assertEquals(await page.value(cards), allCards);
  assertEquals(await page.value(rows), allRows);
  // A state by its select: what is not in the plan goes.
  await page.value(`{
    const select = [...document.querySelectorAll("select")].find((each) => each.parentElement.textContent.startsWith("state"));
    select.value = "to_change";
    select.dispatchEvent(new Event("change"));
  }`);
  assertEquals(await page.value(rows), 4);
  await page.value(`{
    const select = [...document.querySelectorAll("select")].find((each) => each.parentElement.textContent.startsWith("state"));
    select.value = "";
    select.dispatchEvent(new Event("change"));
  }`);
}

async function paper(page: Page, name: string): Promise<number> {
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

async function narrow(page: Page): Promise<void> {
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

Deno.test({
  name:
    "pages: a plan is walked and filtered by keys, read by day and night, printed whole, and axe-core finds nothing",
  ignore: browser === undefined,
  fn: async () => {
    using folder = new Folder();
    const html = `${folder.path}/plan.html`;
    const { code } = await fwctl([
      ...["plan", "recipes/vf_caps.ts", "--model", "connectx", "--html", html],
      ...["-p", "vf=0000:3b:00.2,0000:3b:00.3,0000:3b:00.4"],
      ...["-p", "set=log_max_qp=12,roce=0"],
    ]);
    assertEquals(code, 0);
    await inBrowser(browser ?? "", async (page) => {
      await go(page, html);
      await picture(page, "plan-light");
      await walk(page);
      await filters(page);
      await page.value("document.getElementById('close').click()");
      const closed = "document.querySelectorAll('details:not([open])').length";
      assert(await page.value(closed) > 5);
      assert(await paper(page, "plan") >= 3, "what is closed is on paper");
      // Printing leaves the page as it was.
      await until(page, `${closed} > 5`);
      await accessible(page, html);
      await scheme(page, "dark");
      await picture(page, "plan-dark");
      await narrow(page);
      quiet(page, html);
    });
  },
});

Deno.test({
  name:
    "pages: a report with a journal links runs to each other, and axe-core finds nothing",
  ignore: browser === undefined,
  fn: async () => {
    using folder = new Folder();
    const args = await journalScenes(folder);
    const html = `${folder.path}/report.html`;
    const { code } = await fwctl([
      ...["report", "recipes/vf_caps.ts", ...args, "-o", html],
      ...["-p", "vf=0000:3b:00.2,0000:3b:00.4", "-p", "set=roce=0"],
    ]);
    assertEquals(code, 0);
    await inBrowser(browser ?? "", async (page) => {
      await go(page, html);
      await page.value("document.querySelector('.time a').click()");
      await until(page, "document.querySelector('li:target') !== null");
      assertStringIncludes(
        await page.value("document.querySelector('li:target').textContent"),
        "takes back",
      );
      await page.value(
        "document.querySelector('.time details summary').click()",
      );
      assert(await page.value(shown(".time tbody tr")) >= 4);
      await picture(page, "report-light");
      await accessible(page, html);
      await narrow(page);
      assert(await paper(page, "report") >= 2);
      quiet(page, html);
    });
  },
});

Deno.test({
  name:
    "pages: refused, empty, pending, of a plan file and without a script: each is whole, and axe-core finds nothing",
  ignore: browser === undefined,
  fn: async () => {
    using folder = new Folder();
    const at = (name: string): string => `${folder.path}/${name}`;
    const nvconfig = [
      ...["plan", "recipes/nvconfig_profile.ts", "--model", "connectx"],
      ...["-p", "device=fwctl0", "-p"],
    ];
    const plans: [string, number, string[]][] = [
      ["refused.html", 4, [...nvconfig, "set=NUM_OF_VFS=8"]],
      ["reset.html", 0, [
        ...nvconfig,
        "set=NUM_OF_VFS=8",
        "--max-effect",
        "next-reset",
        "-o",
        at("nv.json"),
      ]],
      ["empty.html", 0, [...nvconfig, "set=NUM_OF_VFS=16"]],
      ["file.html", 0, ["show", at("nv.json")]],
      ["inventory.html", 0, [
        "plan",
        "recipes/inventory.ts",
        "--model",
        "mixed",
      ]],
    ];
    for (const [name, wanted, args] of plans) {
      const { code, err } = await fwctl([...args, "--html", at(name)]);
      assertEquals(code, wanted, `${name}: ${err}`);
    }
    await inBrowser(browser ?? "", async (page) => {
      for (const [name] of plans) {
        await go(page, at(name));
        await picture(page, name.replace(/\.html$/, ""));
        await accessible(page, at(name));
        quiet(page, at(name));
      }
      await page.send("Emulation.setScriptExecutionDisabled", { value: true });
      await go(page, at("reset.html"));
      assertEquals(await page.value(shown(".bar, .hint")), 0);
      assertEquals(await page.value(shown(".card")), 1);
      assertStringIncludes(
        await page.value("document.body.textContent"),
        "live after the next firmware reset or reboot",
      );
    });
  },
});
