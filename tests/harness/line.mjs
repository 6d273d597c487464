// A server whose payment provider is at the other end of a line that a story may disturb: the sandbox of
// a second program, and a proxy in between.
//
// `disturb(method, path)` says for each call what becomes of it:
//   "pass"    nothing special          "refuse"  500, and the provider never hears of it
//   "lose"    the provider does it, the answer is lost        "fail"    the same, the answer is a 500
//   "busy"    429 lock_timeout, undone                        "conflict" 409, undone
// or a function (call) => answer | null that does what it likes between hearing and answering.
import { createServer, request as forward } from "node:http";

import { startServer } from "./server.mjs";

const error = (status, fields) => ({ status, body: JSON.stringify({ error: { message: "Out of order", ...fields } }) });
const ANSWERS = {
  refuse: error(500, { type: "api_error" }),
  busy: error(429, { type: "invalid_request_error", code: "lock_timeout" }),
  conflict: error(409, { type: "idempotency_error", code: "idempotency_key_in_use" }),
};

function bodyOf(stream) {
  return new Promise((fulfil, reject) => {
    const parts = [];
    stream.on("data", (part) => parts.push(part)).on("end", () => fulfil(Buffer.concat(parts))).on("error", reject);
  });
}

// Hands the call on; the provider's answer, whole.
function ask(url, { method, path, headers, body }) {
  return new Promise((fulfil, reject) => {
    const out = forward(new URL(path, url), { method, headers }, async (answer) => {
      fulfil({ status: answer.statusCode, headers: answer.headers, body: await bodyOf(answer) });
    });
    out.on("error", reject);
    out.end(body);
  });
}

async function answerTo(url, call, what) {
  if (typeof what === "function") return what(call, () => ask(url, call));
  if (ANSWERS[what]) return ANSWERS[what];
  const answer = await ask(url, call);
  if (what === "lose") return null;
  return what === "fail" ? ANSWERS.refuse : answer;
}

// `calls` notes every call with its key and what became of it. `now` is both programs' clock.
export async function startBehindLine(t, disturb, { now, args = [] }) {
  const provider = await startServer(t, { testClock: now });
  const { url } = await provider.api.get("/api/test/sandbox").then(({ body }) => body);
  const calls = [];
  const line = createServer(async (incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const what = disturb(method, path);
    calls.push({ call: `${method} ${path}`, key: headers["idempotency-key"], what });
    const call = { method, path, headers, body: await bodyOf(incoming) };
    const answer = await answerTo(url, call, what);
    if (answer === null) {
      incoming.socket.destroy();
      return;
    }
    outgoing.writeHead(answer.status, answer.headers ?? { "Content-Type": "application/json" });
    outgoing.end(answer.body);
  });
  await new Promise((fulfil) => line.listen(0, "127.0.0.1", fulfil));
  t.after(() => line.close());
  const stripeUrl = `http://127.0.0.1:${line.address().port}`;
  const env = { TURNPIKE_STRIPE_KEY: "sk_test_stories", TURNPIKE_STRIPE_WEBHOOK_SECRET: "whsec_stories" };
  const server = await startServer(t, { testClock: now, args: ["--stripe-url", stripeUrl, ...args], env });
  return { server, provider, calls, stripe: await provider.stripe() };
}
