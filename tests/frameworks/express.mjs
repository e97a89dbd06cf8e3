// The routes on standard input's first line in an application of Express; answers with which it was.
// node express.mjs PACKAGE
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(`${process.cwd()}/`);
const express = require(process.argv[2]);
const five = require(`${process.argv[2]}/package.json`).version.startsWith("5.");

createInterface({ input: process.stdin }).on("close", () => process.exit()).once("line", (line) => {
  const app = express();
  for (const route of JSON.parse(line)) {
    const written = route
      .replace("/{rest...}", five ? "{/*rest}" : "/*")
      .replace(/:/g, "\\:")
      .replace(/\{(\w+)\}/g, ":$1");
    app.get(written, (_, response) => response.type("text/plain").send(route));
  }
  // Its own answer would log where it stands.
  app.use((_error, _request, response, _next) => response.status(400).end());
  const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
});
