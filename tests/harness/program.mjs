// The program under test as a child process: commands that end, and a server that stays.
import { spawn } from "node:child_process";
import { resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
export const TURNPIKE = resolve(process.env.TURNPIKE ?? `${ROOT}/build/turnpike`);
// An upper bound for what never takes a second; only a failure waits so long.
const PATIENCE_MS = 30_000;

function launch(args, env) {
  const child = spawn(TURNPIKE, args, {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: ROOT,
    env: { ...process.env, ...env },
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) {
    child[name].setEncoding("utf8");
    child[name].on("data", (text) => (output[name] += text));
  }
  const ended = new Promise((fulfil, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => fulfil({ code, signal, ...output }));
  });
  ended.catch(() => {}); // whoever awaits it sees the failure
  return { child, output, ended };
}

// Rejects when `promise` takes longer than anyone should wait; `describe` says what was going on.
async function bounded(promise, describe) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing for ${PATIENCE_MS} ms: ${describe()}`)), PATIENCE_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// Runs a command to its end: { code, signal, stdout, stderr }.
export async function runTurnpike(args, { env = {} } = {}) {
  const { child, output, ended } = launch(args, env);
  try {
    return await bounded(ended, () => `turnpike ${args.join(" ")}\n${output.stderr}`);
  } finally {
    child.kill("SIGKILL");
  }
}

// Starts a command that stays, and waits for the line of its stdout that `ready` matches.
export async function startTurnpike(args, ready, { env = {} } = {}) {
  const { child, output, ended } = launch(args, env);
  const said = new Promise((fulfil, reject) => {
    const look = () => {
      const match = ready.exec(output.stdout);
      if (match) fulfil(match);
    };
    child.stdout.on("data", look);
    ended.then(({ code, signal }) => {
      reject(new Error(`ended before it was ready (${signal ?? `status ${code}`}): ${output.stderr}`));
    }, reject);
  });
  try {
    const match = await bounded(said, () => `turnpike ${args.join(" ")} did not get ready\n${output.stderr}`);
    return { match, process: new Running(child, output, ended) };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

class Running {
  #child;
  #output;
  #ended;

  constructor(child, output, ended) {
    this.#child = child;
    this.#output = output;
    this.#ended = ended;
  }

  get pid() {
    return this.#child.pid;
  }

  get stderr() {
    return this.#output.stderr;
  }

  get stdout() {
    return this.#output.stdout;
  }

  get isRunning() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  // Sends a signal and waits for the end.
  end(signal) {
    this.#child.kill(signal);
    return bounded(this.#ended, () => `${signal} did not end it\n${this.stderr}`);
  }

  // Waits for an end that comes by itself.
  ended() {
    return bounded(this.#ended, () => `it did not end\n${this.stderr}`);
  }
}
