// Comunica's HTTP endpoint over the quads of a file, which it has in memory:
//     node comunica.mjs FILE HOST PORT
// Its own command for files reads them as a document of the Web, whose every query looks for hints
// in the data (VoID, hypermedia), and its server listens on all addresses of the machine.

import cluster from "node:cluster";
import { createReadStream } from "node:fs";
import { Server } from "node:net";

import { HttpServiceSparqlEndpoint } from "@comunica/actor-init-query";
import { QueryEngine } from "@comunica/query-sparql-rdfjs";
import { Store, StreamParser } from "n3";

const MILLISECONDS = 60_000;
const [file, host, port] = process.argv.slice(2);

function loaded() {
  return new Promise((resolve, reject) => {
    const store = new Store();
    const quads = createReadStream(file).pipe(new StreamParser({ format: "N-Quads" }));
    store.import(quads).on("end", () => resolve(store)).on("error", reject);
  });
}

// Only the process that answers needs the data; the first one starts it, and again if it ends.
const sources = [];
if (cluster.isWorker) {
  sources.push(await loaded());
  const { listen } = Server.prototype;
  Server.prototype.listen = function (at) {
    return listen.call(this, at, host);
  };
}
const endpoint = new HttpServiceSparqlEndpoint({
  context: { sources, unionDefaultGraph: true },
  engine: new QueryEngine(),
  port: Number(port),
  timeout: MILLISECONDS,
  workers: 1,
});
await endpoint.run(process.stdout, process.stderr);
