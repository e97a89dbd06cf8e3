// A person at the page of the MCP Inspector: connects, approves, lists the tools, calls one.
import { chromium } from 'playwright-core';

const { url, email, password, program } = JSON.parse(process.argv[2]);
const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
page.setDefaultTimeout(60_000);

await page.goto(url);
// Its switch is an input that a drawing covers.
await page.getByRole('switch', { name: /Connect or disconnect/ }).first().click({ force: true });
await page.getByLabel('E-mail').fill(email);
await page.getByLabel('Password').fill(password);
await page.getByRole('button', { name: 'Sign in', exact: true }).click();
await page.getByText('What it may do').waitFor();
await page.getByRole('button', { name: 'Approve', exact: true }).click();
const tab = page.getByText('Tools', { exact: true }).first();
const tool = page.getByRole('button', { name: /list_events/ });
// The tab is there before it can be opened: while it connects.
for (let time = 0; time < 40 && !(await tool.isVisible()); time += 1) {
  await page.waitForTimeout(1000);
  if (await tab.isVisible()) await tab.click({ force: true });
}
await tool.click();
const listed = await page.getByRole('button', { name: /[a-z]+_[a-z_]+$/ }).allInnerTexts();
await page.getByRole('button', { name: 'Execute Tool' }).click();
await page.getByText('"data"').first().waitFor();
console.log(JSON.stringify({ tools: listed.map((text) => text.split('\n').at(-1)) }));
await browser.close();
