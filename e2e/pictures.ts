// The pictures of README.md and README.zh-CN.md, taken from the demo: `npm run pictures`.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from '@playwright/test';
import { startDemo, startFaultProxy, stopAll, type Demo } from '@waybill/world';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'docs', 'images');
const size = { width: 1280, height: 800 };
const IMAGE = 'shop/checkout:2.4.0';

async function open(browser: Browser, demo: Demo, username: string, locale: string): Promise<Page> {
  const context = await browser.newContext({ locale, viewport: size, deviceScaleFactor: 2, colorScheme: 'light' });
  const client = await demo.as(username);
  const [name = '', value = ''] = (client.cookie ?? '').split('=');
  await context.addCookies([{ name, value, url: demo.url }]);
  return context.newPage();
}

const demo = await startDemo({
  main: join(root, 'apps/api/dist/main.js'),
  install: true,
  say: (line) => console.log(line),
});
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-quic'],
});
try {
  await mkdir(folder, { recursive: true });
  const slow = await startFaultProxy({ target: demo.addresses.none, rate: 9_000_000 });
  const admin = await demo.as('lin');
  await admin.must('POST', '/api/v1/registries', { name: 'Depot', address: slow.address, insecure: true });
  const reference = `${slow.address}/${IMAGE}`;
  await admin.must('POST', '/api/v1/engines/local/images/tag', {
    source: `${demo.addresses.token}/${IMAGE}`,
    target: reference,
  });
  const ada = await demo.as('ada');
  const { operation } = await ada.must<{ operation: { id: string } }>('POST', '/api/v1/engines/local/images/push', {
    reference,
  });
  const pages = await Promise.all([
    open(browser, demo, 'lin', 'en'),
    open(browser, demo, 'lin', 'zh-CN'),
    open(browser, demo, 'ada', 'en'),
  ]);
  await Promise.all(pages.map((page) => page.goto(`${demo.url}/operations/${operation.id}`)));
  await pages[0].waitForTimeout(6_000);
  await pages[0].screenshot({ path: join(folder, 'push.png') });
  await pages[1].screenshot({ path: join(folder, 'push.zh-CN.png') });
} finally {
  await browser.close();
  await demo.stop();
  await stopAll();
}
