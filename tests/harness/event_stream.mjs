// Server-sent events as a browser's EventSource reads them, one at a time and with nothing done by itself.
//
//   const stream = await openStream(url, headers);   // stream.status, stream.headers
//   const { id, event, data } = await stream.next(); // null once it has ended
//   stream.close();
import { request } from "node:http";

class EventStream {
  retry; // milliseconds, once the stream has said so

  #answer;
  #text = "";
  #messages = [];
  #waiting = null;
  #hasEnded = false;

  constructor(answer) {
    this.#answer = answer;
    answer.setEncoding("utf8");
    answer.on("data", (text) => this.#take(text));
    answer.on("close", () => this.#end());
    answer.on("error", () => this.#end());
  }

  get status() {
    return this.#answer.statusCode;
  }

  get headers() {
    return this.#answer.headers;
  }

  async next() {
    if (this.#messages.length === 0 && !this.#hasEnded) await new Promise((resolve) => (this.#waiting = resolve));
    return this.#messages.shift() ?? null;
  }

  // Messages until one of which `is` is true; that one and how many came before it.
  async until(is) {
    for (let before = 0; ; before++) {
      const message = await this.next();
      if (message === null) throw new Error("the stream has ended");
      if (is(message)) return { message, before };
    }
  }

  close() {
    this.#answer.destroy();
  }

  #take(text) {
    const blocks = (this.#text + text).split("\n\n");
    this.#text = blocks.pop();
    for (const block of blocks) {
      const fields = block.split("\n").filter((line) => !line.startsWith(":")).map((line) => line.split(/: (.*)/s));
      const message = Object.fromEntries(fields);
      if (message.retry !== undefined) this.retry = Number(message.retry);
      if (message.data !== undefined) this.#messages.push({ ...message, data: JSON.parse(message.data) });
    }
    this.#wake();
  }

  #end() {
    this.#hasEnded = true;
    this.#wake();
  }

  #wake() {
    if (this.#messages.length === 0 && !this.#hasEnded) return;
    this.#waiting?.();
    this.#waiting = null;
  }
}

export function openStream(url, headers = {}) {
  return new Promise((resolve, reject) => {
    const out = request(url, { headers, agent: false }, (answer) => resolve(new EventStream(answer)));
    out.on("error", reject);
    out.end();
  });
}
