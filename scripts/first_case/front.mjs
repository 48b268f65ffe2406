// The outer proxies of all machines of a first case, as deploy/nginx/lendervote.conf has them: TLS outside, plain HTTP within.
// node front.mjs PORT CERTIFICATE KEY '{"name": port, ...}'; prints one line when it listens.

import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { Agent, request } from "node:http";

const [port, certificate, key, table] = process.argv.slice(2);
const ports = JSON.parse(table);
/** A connection for each request, as nginx does it: a service may close one that waits at the very moment when it is used again. */
const agent = new Agent({ keepAlive: false });
/** What the guide's proxy does not pass on: figures are for the machine itself. */
const PRIVATE = /^\/metrics(?:[?]|$)/;

function pass(asked, answer) {
  const name = (asked.headers.host || "").split(":")[0];
  if (!ports[name] || PRIVATE.test(asked.url)) {
    answer.writeHead(404).end();
    return;
  }
  const headers = { ...asked.headers, host: name, "x-forwarded-for": asked.socket.remoteAddress, "x-forwarded-proto": "https" };
  const within = request({ agent, host: "127.0.0.1", port: ports[name], method: asked.method, path: asked.url, headers }, (found) => {
    answer.writeHead(found.statusCode, found.headers);
    found.pipe(answer);
  });
  within.on("error", () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
  answer.on("close", () => within.destroy());
  asked.pipe(within);
}

createServer({ cert: readFileSync(certificate), key: readFileSync(key), minVersion: "TLSv1.2" }, pass).listen(
  Number(port),
  "127.0.0.1",
  () => console.log("listening"),
);
