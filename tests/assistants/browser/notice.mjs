// A person in Chromium begins to type, the console approves meanwhile, and the page's frame leads on.
import { chromium } from 'playwright-core';

const { url, width, javaScriptEnabled, keyboard, program } = JSON.parse(process.argv[2]);
const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
const page = await (await browser.newContext({ viewport: { width, height: 800 }, javaScriptEnabled })).newPage();
const refused = [];
page.on('console', (message) => { if (message.type() === 'error') refused.push(message.text()); });

await page.goto(url);
const typed = page.getByLabel('E-mail');
await typed.fill('alice@acme.ex');
const frame = page.frameLocator('iframe');
await frame.getByText('this page keeps looking').waitFor();
// It looks again by itself.
await page.waitForResponse((answer) => answer.url().includes('look='));
console.log(page.url());
const onward = frame.getByRole('link', { name: 'Go on' });
await onward.waitFor();
const kept = await typed.inputValue();
const wide = javaScriptEnabled ? await page.evaluate(() => document.documentElement.scrollWidth) : 0;
if (keyboard) {
  for (let step = 0; step < 60 && !(await onward.evaluate((one) => one === document.activeElement)); step += 1) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
} else await onward.click();
await page.waitForURL((now) => now.pathname.startsWith('/stay'));
console.log(JSON.stringify({ kept, wide, refused, went: [], link: null, at: page.url() }));
await browser.close();
