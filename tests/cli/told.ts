/**
 * What a command says, while it says it.
 *
 * @module
 */

/** Everything on a stream, and a moment at which something has come. */
export class Told {
  text = "";
  readonly done: Promise<void>;
  readonly #waiting: { part: RegExp; resolve: () => void }[] = [];

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.done = (async () => {
      for await (const part of stream.pipeThrough(new TextDecoderStream())) {
        this.text += part;
        for (const one of this.#waiting) {
          if (one.part.test(this.text)) one.resolve();
        }
      }
    })();
  }

  until(part: RegExp): Promise<void> {
    if (part.test(this.text)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ part, resolve }));
  }
}
