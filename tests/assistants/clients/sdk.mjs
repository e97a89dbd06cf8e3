// A program on one of the protocol's TypeScript SDKs: KIT says which. It keeps what it was given in a file.
// DOCUMENT is its own address, where it has one.
import { spawn } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [url, file] = process.argv.slice(2);
const kit = process.env.KIT === '1'
  ? { ...await import('@modelcontextprotocol/sdk/client/index.js'), ...await import('@modelcontextprotocol/sdk/client/streamableHttp.js'), ...await import('@modelcontextprotocol/sdk/client/auth.js') }
  : await import('@modelcontextprotocol/client');

const read = () => { try { return JSON.parse(readFileSync(file, 'utf8')); } catch { return {}; } };
const keep = (more) => {
  const whole = `${file}.${process.pid}`;
  writeFileSync(whole, JSON.stringify({ ...read(), ...more }));
  renameSync(whole, file);
};

let arrived;
const came = new Promise((resolve) => { arrived = resolve; });
const waiting = createServer((request, answer) => {
  answer.end('Go back.');
  const query = new URL(request.url, 'http://localhost').searchParams;
  if (query.has('code')) arrived(query);
});
const listening = (port) => new Promise((resolve, reject) => {
  waiting.once('error', reject).listen(port, '127.0.0.1', () => resolve(waiting.address().port));
});
// The port of the registration, or whichever is free where somebody else has that one.
const port = await listening(read().port ?? 0).catch(() => listening(0));
if (!read().port) keep({ port });
const redirect = `http://127.0.0.1:${port}/callback`;

const provider = {
  redirectUrl: redirect,
  clientMetadataUrl: process.env.DOCUMENT,
  clientMetadata: { client_name: 'SDK', redirect_uris: [redirect], token_endpoint_auth_method: 'none' },
  state: () => 'state',
  clientInformation: () => read().client,
  saveClientInformation: (client) => keep({ client }),
  tokens: () => read().tokens,
  saveTokens: (tokens) => keep({ tokens }),
  invalidateCredentials: (what) => { if (what !== 'verifier') keep({ tokens: undefined, ...(what === 'all' ? { client: undefined } : {}) }); },
  saveCodeVerifier: (verifier) => keep({ verifier }),
  codeVerifier: () => read().verifier,
  redirectToAuthorization: (address) => { spawn('xdg-open', [String(address)]); },
};

async function listed(transport) {
  const client = new kit.Client({ name: 'sdk', version: '1' });
  await client.connect(transport);
  const { tools } = await client.listTools();
  console.log(`tools: ${tools.map((tool) => tool.name).join(' ')}`);
  await client.close();
}

const transport = () => new kit.StreamableHTTPClientTransport(new URL(url), { authProvider: provider });
let first = transport();
try {
  await listed(first);
} catch (error) {
  if (!(error instanceof kit.UnauthorizedError) && error.name !== 'UnauthorizedError') throw error;
  const query = await came;
  await first.finishAuth(process.env.KIT === '1' ? query.get('code') : query);
  await listed(transport());
}
process.exit(0);
