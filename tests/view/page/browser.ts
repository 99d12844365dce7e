/**
 * A real browser for tests, through the DevTools protocol, where there is one.
 *
 * @module
 */
import { assert } from "@std/assert";
import { Folder } from "../../cli/fwctl.ts";

/** Under what names there may be one. */
export const BROWSERS = ["chromium", "chromium-browser", "google-chrome"];

/** What a command of the DevTools protocol answers. */
// deno-lint-ignore no-explicit-any -- a test looks into any member
export type Answer = any;

/** A page in a browser, through the DevTools protocol. */
export class Page {
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

  /** Ends the connection. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.onclose = resolve);
    this.#socket.close();
    await closed;
  }
}

/** The name of a browser that is installed; undefined when none is. */
export async function findBrowser(): Promise<string | undefined> {
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

/** Starts a browser, opens an empty page in it, and ends it. */
export async function inBrowser(
  browser: string,
  body: (page: Page) => Promise<void>,
): Promise<void> {
  using folder = new Folder();
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
  const reader = child.stderr.getReader();
  try {
    const page = await Page.open(await address(reader));
    await body(page);
    await page.close();
  } finally {
    child.kill();
    await child.status;
    await reader.cancel();
    // Its helpers may still write to the profile for a moment.
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** What the browser says it listens on. */
async function address(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<string> {
  const decoder = new TextDecoder();
  let said = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the browser ended: ${said}`);
    said += decoder.decode(value, { stream: true });
    const url = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
    if (url !== undefined) return url;
  }
}
