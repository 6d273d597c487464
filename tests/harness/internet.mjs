// The internet as a program behind a proxy sees it, in which one host is ours: the proxy ends the TLS
// of that host with a certificate of its own and passes what is said on to `origin`; every other host
// is refused, so that nothing leaves this machine.
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { TLSSocket, createSecureContext } from "node:tls";
import { makeCertificate } from "./certificate.mjs";

export class Internet {
  reached = []; // the hosts that were asked for

  static async start(t, { host, origin, folder }) {
    const internet = new Internet();
    const made = makeCertificate(folder, [`DNS:${host}`]);
    const secureContext = createSecureContext(made);
    const server = createServer((request, answer) => answer.writeHead(502).end());
    const sockets = new Set();
    server.on("connection", (socket) => sockets.add(socket));
    server.on("connect", (request, socket) => {
      const [name] = request.url.split(":");
      internet.reached.push(name);
      socket.on("error", () => socket.destroy());
      if (name !== host) return socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      const plain = new TLSSocket(socket, { isServer: true, secureContext });
      const { hostname, port } = new URL(origin);
      const behind = connect(Number(port), hostname);
      const end = () => [plain, behind].forEach((each) => each.destroy());
      plain.on("error", end).pipe(behind).on("error", end).pipe(plain);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    internet.proxy = `http://127.0.0.1:${server.address().port}`;
    internet.certificate = made.path;
    t.after(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return internet;
  }
}
