/**
 * Looks at a bundle's page in a real Chromium, by day and by night: it works
 * from a disk, asks nobody for anything, and is used with the keyboard alone.
 * Not one of the default tests, which need nothing but the checkout.
 *
 * ```sh
 * deno run -A tests/view/bundle_page_browser.ts [FOLDER FOR PICTURES]
 * ```
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { Folder, fwctl } from "../cli/fwctl.ts";

const BROWSERS = ["chromium", "chromium-browser", "google-chrome"];

/** What a command of the DevTools protocol answers. */
// deno-lint-ignore no-explicit-any -- a test looks into any member
type Answer = any;

/** A page in a browser, through the DevTools protocol. */
class Page {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly events: { method: string; params: Answer }[] = [];
  #session: string | undefined;
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      const { id, result, error, method, params } = JSON.parse(data);
      if (id === undefined) this.events.push({ method, params });
      else this.#waiting.get(id)?.(error ? { error } : result);
    };
  }

  static async open(url: string): Promise<Page> {
    const socket = new WebSocket(url);
    await new Promise((resolve) => socket.onopen = resolve);
    const page = new Page(socket);
    const { targetId } = await page.send("Target.createTarget", {
      url: "about:blank",
    });
    const { sessionId } = await page.send("Target.attachToTarget", {
      targetId,
      flatten: true,
    });
    page.#session = sessionId;
    for (const domain of ["Page", "Runtime", "Network", "Log"]) {
      await page.send(`${domain}.enable`);
    }
    return page;
  }

  async send(method: string, params: unknown = {}): Promise<Answer> {
    const id = ++this.#last;
    const answer = new Promise<Answer>((resolve) =>
      this.#waiting.set(id, resolve)
    );
    const sessionId = this.#session;
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    const result = await answer;
    assert(!result.error, `${method}: ${JSON.stringify(result.error)}`);
    return result;
  }

  async value(expression: string): Promise<Answer> {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression,
      returnByValue: true,
    });
    assert(!exceptionDetails, `${expression}: ${JSON.stringify(result)}`);
    return result.value;
  }

  async key(key: string, text?: string): Promise<void> {
    const code = { Tab: 9, Enter: 13, Escape: 27 }[key];
    const common = {
      key,
      ...(code ? { windowsVirtualKeyCode: code } : {}),
      ...(text ? { text } : {}),
    };
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", ...common });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...common });
  }

  async picture(path: string): Promise<void> {
    const { data } = await this.send("Page.captureScreenshot");
    Deno.writeFileSync(path, Uint8Array.fromBase64(data));
  }

  close(): void {
    this.#socket.close();
  }
}

async function findBrowser(): Promise<string | undefined> {
  for (const name of BROWSERS) {
    try {
      const { success } = await new Deno.Command(name, { args: ["--version"] })
        .output();
      if (success) return name;
    } catch {
      // Not installed under this name.
    }
  }
  return undefined;
}

async function look(browser: string, pictures: string | undefined) {
  using folder = new Folder();
  const html = `${folder.path}/b.html`;
  const made = await fwctl([
    ...["bundle", "-o", `${folder.path}/b.tar.gz`, "--page", html],
    ...["--model", "mixed", "--redact"],
  ]);
  assertEquals(made.code, 0);
  const child = new Deno.Command(browser, {
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--remote-debugging-port=0",
      `--user-data-dir=${folder.path}/profile`,
    ],
    stderr: "piped",
    stdout: "null",
  }).spawn();
  try {
    const page = await Page.open(await address(child.stderr));
    await check(page, html, pictures);
    page.close();
  } finally {
    child.kill();
    await child.status;
    // Its helpers may still write to the profile for a moment.
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** What the browser says it listens on. */
async function address(stderr: ReadableStream<Uint8Array>): Promise<string> {
  let said = "";
  for await (
    const text of stderr.pipeThrough(new TextDecoderStream(), {
      preventCancel: true,
    }).values({ preventCancel: true })
  ) {
    said += text;
    const url = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error(`the browser ended: ${said}`);
}

async function check(page: Page, html: string, pictures: string | undefined) {
  await page.send("Emulation.setDeviceMetricsOverride", {
    width: 1100,
    height: 900,
    deviceScaleFactor: 1,
    mobile: false,
  });
  await page.send("Page.navigate", { url: `file://${html}` });
  while (await page.value("document.readyState") !== "complete");
  const open = "document.querySelectorAll('details[open]').length";
  const visible =
    "[...document.querySelectorAll('details')].filter((d) => d.checkVisibility()).length";
  const all = await page.value(visible);
  assert(all > 70, `${all} parts`);
  if (pictures) await page.picture(`${pictures}/closed.png`);

  // With the keyboard alone: / goes to the filter, letters narrow the parts.
  await page.key("/", "/");
  assertEquals(await page.value("document.activeElement.id"), "filter");
  for (const letter of "roce_address_table_size") {
    await page.key(letter, letter);
  }
  const some = await page.value(visible);
  assert(some > 0 && some < 5, `${some} parts have it`);
  // Past the two buttons to the first part that fits, and open it.
  for (let i = 0; i < 3; i++) await page.key("Tab");
  assertEquals(
    await page.value("document.activeElement.tagName"),
    "SUMMARY",
  );
  await page.key("Enter", "\r");
  assertEquals(await page.value(open), 1);
  const rows =
    "[...document.querySelectorAll('td.n')].filter((d) => d.checkVisibility()).length";
  // The part is drawn when the browser tells of its opening, a little later.
  for (let i = 0; i < 50 && await page.value(rows) === 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  const few = await page.value(rows);
  assert(few > 0 && few < 40, `${few} numbers are shown`);
  if (pictures) await page.picture(`${pictures}/filtered.png`);
  await page.key("Escape");
  assertEquals(await page.value(visible), all);
  assert(await page.value(rows) > few);

  await page.value("document.getElementById('open').click()");
  assertEquals(await page.value(open), all);
  const wide =
    "document.documentElement.scrollWidth - document.documentElement.clientWidth";
  assertEquals(await page.value(wide), 0, "the page scrolls sideways");

  const back = "getComputedStyle(document.body).backgroundColor";
  const seen: string[] = [];
  for (const value of ["light", "dark"]) {
    await page.send("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-color-scheme", value }],
    });
    seen.push(await page.value(back));
    if (pictures) await page.picture(`${pictures}/${value}.png`);
  }
  assertEquals(seen, ["rgb(255, 255, 255)", "rgb(15, 19, 24)"]);

  const asked = page.events.filter(({ method }) =>
    method === "Network.requestWillBeSent"
  ).map(({ params }) => params.request.url);
  assertEquals(asked, [`file://${html}`]);
  const bad = page.events.filter(({ method }) =>
    method === "Runtime.exceptionThrown" || method === "Log.entryAdded"
  );
  assertEquals(bad, []);
}

const browser = await findBrowser();
if (browser === undefined) {
  // deno-lint-ignore no-console -- whoever runs it must know why nothing was looked at
  console.log(`skipped: none of ${BROWSERS.join(", ")} is installed`);
} else {
  await look(browser, Deno.args[0]);
  // deno-lint-ignore no-console -- the result of the run
  console.log(`the page works in ${browser}`);
}
