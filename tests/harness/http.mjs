// One HTTP request at a time, with nothing in between that could hide what the server did: no retries,
// no redirects, no pool that outlives its server.
import { Agent, request as send } from "node:http";

// Longer than anything the server may take; a request that hangs is a failed test, not a hung lane. A bench that
// moves a large installation's clock on a busy machine may say how much longer.
const ANSWER_MS_MAX = Number(process.env.TURNPIKE_ANSWER_MS ?? 60_000);

export class HttpClient {
  #agent = new Agent({ keepAlive: true });

  constructor(origin) {
    this.origin = origin;
  }

  // The answer: { status, headers, text, body }; `body` is the parsed JSON where the answer is JSON.
  request(method, path, { headers = {}, body } = {}) {
    return new Promise((resolve, reject) => {
      const bytes = body === undefined ? undefined : Buffer.from(body);
      const length = bytes ? { "Content-Length": bytes.length } : {};
      const out = send(
        new URL(path, this.origin),
        { method, agent: this.#agent, headers: { ...length, ...headers }, timeout: ANSWER_MS_MAX },
        (answer) => collect(answer).then(resolve, reject),
      );
      out.on("timeout", () => out.destroy(new Error(`${method} ${path}: no answer in ${ANSWER_MS_MAX} ms`)));
      out.on("error", reject);
      out.end(bytes);
    });
  }

  close() {
    this.#agent.destroy();
  }
}

async function collect(answer) {
  const parts = [];
  for await (const part of answer) parts.push(part);
  const text = Buffer.concat(parts).toString("utf8");
  const isJson = /^application\/([\w.-]+\+)?json\b/.test(answer.headers["content-type"] ?? "");
  const body = isJson && text ? JSON.parse(text) : undefined;
  return { status: answer.statusCode, headers: answer.headers, text, body };
}

// An answer with another status than the story needs ends the test with all that the server said.
export function expectStatus(answer, ...wanted) {
  if (wanted.includes(answer.status)) return answer;
  throw new Error(`status ${answer.status}, not ${wanted.join(" or ")}: ${answer.text.slice(0, 2000)}`);
}
