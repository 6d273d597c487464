// What the gate adds to a request that passes nginx: a static answer alone, and the same after auth_request
// has asked the gate, over kept connections, one request at a time and sixty-four.
import { compare, measure, row, startOnEmpty } from "./support/measure.mjs";
import { startNginx } from "./support/references.mjs";

const ALONE = "/alone";
const ASKED = "/asked";

// `storage` is counted and never limited, so that no request is denied; with count=false the gate only looks.
const gate = (server) => `upstream gate { server ${new URL(server.url).host}; keepalive 64; }`;
const locations = (server, count) => `
  location / { return 200 "ok"; }
  location = ${ALONE} { default_type text/plain; alias /etc/hostname; }
  location = ${ASKED} { auth_request /gate; default_type text/plain; alias /etc/hostname; }
  location = /gate {
    internal;
    proxy_pass http://gate/api/gate?metric=storage&amount=1&count=${count};
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Authorization "Bearer ${server.key}";
    proxy_set_header Turnpike-User ada;
    proxy_set_header Content-Length "";
    proxy_pass_request_body off;
  }`;

const server = await startOnEmpty();
await server.api.createCustomer("ada");
for (const [name, count] of [["looks", false], ["counts, durably", true]]) {
  const nginx = await startNginx({ http: gate(server), locations: locations(server, count) });
  if (!nginx) break;
  const run = (connections, path) => () => measure(nginx.port, { connections, request: { method: "GET", path } });
  for (const connections of [1, 64]) {
    const { alone, asked } = await compare({ alone: run(connections, ALONE), asked: run(connections, ASKED) });
    row(`p50 behind nginx, the gate ${name}, ${connections} at once`, inMs(asked.p50Us), "ms", inMs(alone.p50Us), "nginx alone");
    row(`p99 behind nginx, the gate ${name}, ${connections} at once`, inMs(asked.p99Us), "ms", inMs(alone.p99Us), "nginx alone");
  }
  await nginx.stop();
}
await server.stop();
await server.dispose();

function inMs({ median, low, high, rounds }) {
  return { median: median / 1_000, low: low / 1_000, high: high / 1_000, rounds };
}
