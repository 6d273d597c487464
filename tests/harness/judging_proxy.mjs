// Stands between a program that is not ours and the sandbox, and holds every answer against Stripe's
// description. What is wrong is collected: the program in between must not notice.
import { createServer } from "node:http";
import { HttpClient } from "./http.mjs";
import { judge } from "./stripe_description.mjs";

export class JudgingProxy {
  calls = []; // "POST /v1/customers 200"
  problems = [];

  static async start(t, origin) {
    const proxy = new JudgingProxy();
    const http = new HttpClient(origin);
    const server = createServer((request, answer) => {
      proxy.#pass(http, request, answer).catch(() => answer.destroy());
    });
    await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
    proxy.origin = `http://127.0.0.1:${server.address().port}`;
    t.after(() => {
      http.close();
      server.closeAllConnections();
      server.close();
    });
    return proxy;
  }

  async #pass(http, request, answer) {
    const parts = [];
    for await (const part of request) parts.push(part);
    const { host, connection, "transfer-encoding": chunked, ...headers } = request.headers;
    const body = parts.length > 0 ? Buffer.concat(parts) : undefined;
    const got = await http.request(request.method, request.url, { headers, body });
    this.calls.push(`${request.method} ${request.url.split("?")[0]} ${got.status}`);
    try {
      judge(request.method, request.url, got);
    } catch (error) {
      this.problems.push(error.message);
    }
    const { connection: kept, "keep-alive": alive, ...out } = got.headers;
    answer.writeHead(got.status, out).end(got.text);
  }
}
