// Keys of better-auth's plugin, as it makes them; the table goes to apikey.json.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const installed = createRequire(`${process.cwd()}/`);
const load = (name) => import(pathToFileURL(installed.resolve(name)));
const { betterAuth } = await load("better-auth");
const { memoryAdapter } = await load("better-auth/adapters/memory");
const { apiKey } = await load("@better-auth/api-key");

const tables = { user: [], session: [], account: [], verification: [], apikey: [] };
const auth = betterAuth({
  secret: "Qh3tVbN8wXz5LrYc2KfPmJ7sDgA9uE4T",
  baseURL: "http://127.0.0.1",
  database: memoryAdapter(tables),
  emailAndPassword: { enabled: true },
  plugins: [apiKey({ defaultPrefix: "acme_" })],
});
const { user } = await auth.api.signUpEmail({
  body: { name: "Tom", email: "tom@acme.example", password: "correct horse battery" },
});
const made = {};
for (const [name, more] of [
  ["Billing", {}],
  ["Shop", { expiresIn: 30 * 24 * 3600 }],
  ["gone: off", {}],
]) {
  const permissions = { events: ["read"] };
  const body = { name, userId: user.id, permissions, ...more };
  const { key, id } = await auth.api.createApiKey({ body });
  made[name] = key;
  if (name === "gone: off") {
    await auth.api.updateApiKey({ body: { keyId: id, userId: user.id, enabled: false } });
  }
}
writeFileSync(process.argv[2], JSON.stringify(tables.apikey));
console.log(JSON.stringify(made));
