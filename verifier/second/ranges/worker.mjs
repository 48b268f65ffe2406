// One worker on range proofs: a part comes in, what it demands goes out.
import { parentPort } from "node:worker_threads";
import { demandOf } from "./part.mjs";

parentPort.on("message", (part) => parentPort.postMessage(demandOf(part)));
