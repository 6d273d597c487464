// A small mail server (RFC 5321) that stories send to and give orders: it offers STARTTLS and AUTH,
// refuses with the answers it is told, hangs up where it is told, and keeps what it has taken.
//
//   const smtp = await startSmtp(t);
//   const server = await startServer(t, { args: smtp.args });
//   smtp.answer("RCPT", "450 4.2.0 Later");          // the next RCPT only
//   const [mail] = await smtp.taken(1);
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TLSSocket, createSecureContext } from "node:tls";
import { makeCertificate } from "./certificate.mjs";

const USER = "turnpike";
const PASSWORD = "correct horse";
// An upper bound for what never takes a second; only a failure waits so long.
const PATIENCE_MS = 20_000;

class Session {
  #server;
  #socket;
  #buffer = "";
  #isData = false;
  #isSecure = false;
  #isKnown = false;
  #isAuth = false; // the next line is what AUTH asked for
  #from = "";
  #to = "";

  constructor(server, socket) {
    this.#server = server;
    this.#listen(socket);
    this.#reply("220 mail.test ESMTP");
  }

  #listen(socket) {
    this.#socket = socket;
    socket.setEncoding("latin1");
    socket.on("error", () => {});
    socket.on("data", (text) => this.#read(text));
  }

  #reply(line) {
    if (!this.#socket.destroyed) this.#socket.write(`${line}\r\n`);
  }

  #read(text) {
    this.#buffer += text;
    for (;;) {
      const end = this.#isData ? this.#buffer.indexOf("\r\n.\r\n") : this.#buffer.indexOf("\r\n");
      if (end < 0) return;
      const content = this.#buffer.slice(0, end);
      this.#buffer = this.#buffer.slice(end + (this.#isData ? 5 : 2));
      if (this.#isData) this.#take(content);
      else if (this.#isAuth) this.#authenticate(content);
      else this.#command(content);
    }
  }

  #command(line) {
    const verb = line.split(" ")[0].toUpperCase();
    const order = this.#server.order(verb);
    this.#server.commands.push(verb === "AUTH" ? "AUTH" : line);
    if (order === "hang up") this.#socket.destroy();
    else if (order) this.#reply(order);
    else this.#obey(verb, line);
  }

  #obey(verb, line) {
    const { offersTls, wantsAuth } = this.#server.options;
    if (verb === "EHLO") {
      const offers = [...(offersTls && !this.#isSecure ? ["STARTTLS"] : []), ...(wantsAuth && this.#isSecure ? ["AUTH PLAIN"] : []), "8BITMIME"];
      for (const offer of ["mail.test", ...offers.slice(0, -1)]) this.#reply(`250-${offer}`);
      return this.#reply(`250 ${offers.at(-1)}`);
    }
    if (verb === "STARTTLS") {
      this.#reply("220 Go ahead");
      return this.#secure();
    }
    if (verb === "AUTH") return this.#authenticate(line.split(" ")[2]);
    if (verb === "MAIL" && wantsAuth && !this.#isKnown) return this.#reply("530 5.7.0 Authentication required");
    if (verb === "MAIL") this.#from = line.match(/<(.*)>/)[1];
    if (verb === "RCPT") this.#to = line.match(/<(.*)>/)[1];
    if (verb === "DATA") this.#isData = true;
    if (verb === "QUIT") {
      this.#reply("221 Bye");
      return this.#socket.end();
    }
    return this.#reply(verb === "DATA" ? "354 Go ahead" : "250 OK");
  }

  #secure() {
    const { key, cert } = this.#server.certificate;
    this.#socket.removeAllListeners("data");
    this.#isSecure = true;
    this.#listen(new TLSSocket(this.#socket, { isServer: true, secureContext: createSecureContext({ key, cert }) }));
  }

  #authenticate(secret) {
    this.#isAuth = !secret;
    if (!secret) return this.#reply("334 ");
    const given = Buffer.from(secret, "base64").toString();
    this.#isKnown = given === `\0${USER}\0${PASSWORD}`;
    this.#reply(this.#isKnown ? "235 2.7.0 Welcome" : "535 5.7.8 Authentication failed");
  }

  #take(content) {
    this.#isData = false;
    const order = this.#server.order("message");
    if (order && order !== "take and hang up") return this.#reply(order);
    this.#server.keep({ from: this.#from, to: this.#to, isSecure: this.#isSecure, ...parseMessage(content.replace(/^\.\./gm, ".")) });
    return order ? this.#socket.destroy() : this.#reply("250 2.0.0 Taken");
  }
}

// --- what a mail program makes of it ---

function unfold(head) {
  return head.replace(/\r\n(?=[ \t])/g, "").split("\r\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]);
}

function unquote(text) {
  const bytes = text.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

// RFC 2047, the Q encoding; blanks between two encoded words are none.
export function decodeWords(text) {
  const joined = text.replace(/\?= +=\?UTF-8\?Q\?/g, "");
  return joined.replace(/=\?UTF-8\?Q\?(.*?)\?=/g, (_, q) => unquote(q.replaceAll("_", " ")));
}

export function parseMessage(raw) {
  const at = raw.indexOf("\r\n\r\n");
  const list = unfold(raw.slice(0, at));
  const headers = Object.fromEntries(list.map(([name, value]) => [name.toLowerCase(), value]));
  const boundary = headers["content-type"].match(/boundary="(.*)"/)[1];
  const parts = raw.slice(at + 4).split(`--${boundary}`).slice(1, -1).map((part) => {
    const middle = part.indexOf("\r\n\r\n");
    return { head: part.slice(2, middle), body: unquote(part.slice(middle + 4)).replace(/\r\n/g, "\n") };
  });
  return { raw, headers, names: list.map(([name]) => name), subject: decodeWords(headers.subject), text: parts[0].body, html: parts[1].body, parts };
}

class SmtpServer {
  commands = [];
  mails = [];
  #orders = [];
  #waiting = [];
  #server;
  #sockets = new Set();

  constructor(options, certificate) {
    this.options = options;
    this.certificate = certificate;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      new Session(this, socket);
    });
  }

  listen() {
    return new Promise((fulfil) => this.#server.listen(0, "127.0.0.1", () => fulfil(this)));
  }

  get port() {
    return this.#server.address().port;
  }

  // What `turnpike serve` needs to know of this server.
  get args() {
    const user = this.options.wantsAuth ? `${USER}@` : "";
    return ["--smtp-url", `smtp://${user}localhost:${this.port}`, "--smtp-ca", this.certificate.path, "--mail-from", "Nova Cloud <billing@nova.example>"];
  }

  get env() {
    return this.options.wantsAuth ? { TURNPIKE_SMTP_PASSWORD: PASSWORD } : {};
  }

  // The next command of this name ("message": what follows DATA) is answered so, once or `times`;
  // "hang up" ends the connection, "take and hang up" keeps the message first.
  answer(verb, line, times = 1) {
    for (let i = 0; i < times; i++) this.#orders.push({ verb, line });
  }

  order(verb) {
    const at = this.#orders.findIndex((order) => order.verb === verb);
    return at < 0 ? null : this.#orders.splice(at, 1)[0].line;
  }

  keep(mail) {
    this.mails.push(mail);
    for (const { count, fulfil } of this.#waiting) if (this.mails.length >= count) fulfil(this.mails);
  }

  // The first `count` mails, once they are here.
  taken(count) {
    if (this.mails.length >= count) return Promise.resolve(this.mails);
    return new Promise((fulfil, reject) => {
      const timer = setTimeout(() => reject(new Error(`${this.mails.length} of ${count} mails; ${this.commands.join(" | ")}`)), PATIENCE_MS);
      this.#waiting.push({ count, fulfil: (mails) => (clearTimeout(timer), fulfil(mails)) });
    });
  }

  close() {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

// `offersTls` and `wantsAuth` as a relay in the open has them; without, one on the same machine.
export async function startSmtp(t, options = { offersTls: true, wantsAuth: true }) {
  const folder = mkdtempSync(join(tmpdir(), "turnpike-smtp-"));
  const server = await new SmtpServer(options, makeCertificate(folder)).listen();
  t.after(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return server;
}
