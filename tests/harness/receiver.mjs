// Who is told by webhooks: keeps what was sent, and answers as it is told. Whether a signature holds is
// for the standard's own library to say.
//
//   const receiver = await startReceiver(t);
//   receiver.answer({ status: 500 }, 3);             // the next three; all others are answered 200
//   const [first] = await receiver.taken(1);
//   verify(secret, first);
import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

// An upper bound for what never takes a second; only a failure waits so long.
const PATIENCE_MS = 20_000;

class Receiver {
  requests = [];
  held = []; // not answered yet
  isHolding = false;
  #orders = [];
  #waiting = [];
  #server = createServer((request, response) => this.#take(request, response));

  listen() {
    return new Promise((fulfil) => this.#server.listen(0, "127.0.0.1", () => fulfil(this)));
  }

  get port() {
    return this.#server.address().port;
  }

  get url() {
    return `http://127.0.0.1:${this.port}/hooks`;
  }

  get ids() {
    return this.requests.map(({ id }) => id);
  }

  get types() {
    return this.requests.map(({ event }) => event.type);
  }

  answer(order, times = 1) {
    for (let i = 0; i < times; i++) this.#orders.push(order);
  }

  // The first `count` requests, once they have come.
  taken(count) {
    if (this.requests.length >= count) return Promise.resolve(this.requests.slice(0, count));
    return new Promise((fulfil, reject) => {
      const late = () => reject(new Error(`${this.requests.length} of ${count} requests came: ${this.types}`));
      const timer = setTimeout(late, PATIENCE_MS);
      this.#waiting.push({ count, fulfil: () => (clearTimeout(timer), fulfil(this.requests.slice(0, count))) });
    });
  }

  // Answers what was held, and holds nothing any more.
  letGo() {
    this.isHolding = false;
    for (const response of this.held.splice(0)) response.end();
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #take(request, response) {
    const parts = [];
    for await (const part of request) parts.push(part);
    const raw = Buffer.concat(parts).toString("utf8");
    const { headers, method, url } = request;
    this.requests.push({ method, url, headers, raw, id: headers["webhook-id"], event: JSON.parse(raw) });
    this.#reply(response);
    const ready = this.#waiting.filter(({ count }) => count <= this.requests.length);
    this.#waiting = this.#waiting.filter(({ count }) => count > this.requests.length);
    for (const { fulfil } of ready) fulfil();
  }

  #reply(response) {
    const { status = 200, headers = {}, body = "" } = this.#orders.shift() ?? {};
    if (this.isHolding) {
      this.held.push(response);
      return;
    }
    response.writeHead(status, headers);
    response.end(body);
  }
}

export async function startReceiver(t) {
  const receiver = await new Receiver().listen();
  t.after(() => receiver.close());
  return receiver;
}

// What the standard's library makes of a request: the event, or an error when the signature does not
// hold. It takes no message that is older or newer than five minutes, so that it is given the time at
// which the message says that it was sent.
export function verify(secret, { raw, headers }, at = Number(headers["webhook-timestamp"]) * 1000) {
  const now = Date.now;
  Date.now = () => at;
  try {
    return new Webhook(secret).verify(raw, headers);
  } finally {
    Date.now = now;
  }
}
