// Sends bad requests to a gateway and says how it took them: each must be answered 4xx, or its connection closed where
// what was sent is not HTTP.
//   node send.mjs --url http://127.0.0.1:8080 --key bpc_… [--requests 100000] [--seed 1] [--pid PID]
import { readFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { parseArgs } from "node:util";
import { makers, pick, seed } from "./requests.mjs";

const { values: args } = parseArgs({
  options: {
    url: { type: "string" },
    key: { type: "string" },
    pid: { type: "string" },
    requests: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
  },
});
const url = new URL(args.url);
const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
seed(Number(args.seed));
const bad = makers(args.key);

const counts = { answers: {}, closed: 0 };
const failures = [];
const record = (status, what) => {
  counts.answers[status] = (counts.answers[status] ?? 0) + 1;
  if (status < 400 || status >= 500) {
    failures.push(
      `${status} ${JSON.stringify(what, (_, v) => (typeof v === "string" && v.length > 300 ? v.slice(0, 300) : v))}`,
    );
  }
};

function send(request) {
  return new Promise((done) => {
    const outgoing = http.request(
      {
        agent,
        host: url.hostname,
        port: url.port,
        method: request.method,
        path: request.path.replace(/[^\x21-\x7e]/g, (c) => encodeURIComponent(c)),
        headers: { Authorization: `Bearer ${args.key}`, ...request.headers },
        timeout: 30000,
      },
      (answer) => {
        record(answer.statusCode, request);
        answer.resume().on("end", done).on("error", done);
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error("timeout")));
    outgoing.on("error", (error) => {
      if (error.message === "timeout") {
        record(599, request);
      } else {
        counts.closed++;
      } // closed while we still sent
      done();
    });
    outgoing.end(request.body);
  });
}

function sendRaw(text) {
  return new Promise((done) => {
    const socket = net.connect(Number(url.port), url.hostname, () => socket.end(text));
    let answer = "";
    socket.setTimeout(30000, () => {
      record(599, text);
      socket.destroy();
    });
    socket.on("data", (data) => {
      answer += data.toString("latin1", 0, 20);
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      const status = /^HTTP\/1\.1 (\d{3})/.exec(answer);
      if (status) {
        record(Number(status[1]), text);
      } else {
        counts.closed++;
      }
      done();
    });
  });
}

const memory = (field) =>
  args.pid
    ? Math.round(
        Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${args.pid}/status`, "utf8"))[1]) / 1024,
      )
    : null;

const total = Number(args.requests);
const started = Date.now();
let sent = 0;
const tenths = []; // memory as the run goes on: what grows without end shows in the later ones
await Promise.all(
  Array.from({ length: 32 }, async () => {
    while (sent < total) {
      sent++;
      if (args.pid && sent === Math.ceil((total * (tenths.length + 1)) / 10)) {
        tenths.push(memory("VmRSS"));
      }
      const request = pick(bad)();
      await (typeof request === "string" ? sendRaw(request) : send(request));
      if (process.stderr.isTTY && sent % 1000 === 0) {
        process.stderr.write(`\r${sent} of ${total} `);
      }
    }
  }),
);
const fifth = Object.entries(counts.answers).reduce((n, [status, c]) => n + (status >= 500 ? c : 0), 0);
console.log(
  JSON.stringify({
    inputs: total,
    seed: Number(args.seed),
    answers: counts.answers,
    closed: counts.closed,
    "5xx": fifth,
    seconds: Math.round((Date.now() - started) / 100) / 10,
    rss_mb: { at_each_tenth: tenths, peak: memory("VmHWM") },
  }),
);
failures.slice(0, 10).forEach((failure) => console.error(failure));
process.exit(failures.length === 0 ? 0 : 1);
