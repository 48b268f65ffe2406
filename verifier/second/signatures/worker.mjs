// One worker of the pool: a part of signatures comes in, the signers' addresses go out.
import { parentPort } from "node:worker_threads";
import { recoverPacked } from "./packed.mjs";

parentPort.on("message", ({ part, likely }) => parentPort.postMessage(recoverPacked(Buffer.from(part), Buffer.from(likely))));
