import { join } from 'node:path';
import { test as base, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { startDemo, stopAll, type Demo, type DemoOptions } from '@waybill/world';

const root = join(import.meta.dirname, '..');
export const main = join(root, 'apps/api/dist/main.js');
export const screenshots = join(root, 'e2e/results/screenshots');

/** A page of somebody who is logged in, and what went wrong on it. */
export interface Visit {
  page: Page;
  /** Errors that the page threw or wrote to its console, and requests that left its own address. */
  faults: string[];
}

/** Opens a browser of its own for somebody; without a name nobody is logged in. */
export async function visit(
  browser: Browser,
  demo: Pick<Demo, 'url' | 'as'>,
  username: string | null,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ baseURL: demo.url, ...options });
  if (username) {
    const { cookie = '' } = await demo.as(username);
    const [name = '', value = ''] = cookie.split('=');
    await context.addCookies([{ name, value, url: demo.url }]);
  }
  const page = await context.newPage();
  const faults: string[] = [];
  const host = new URL(demo.url).host;
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // A refused login and an engine that is away are answers, which Chromium writes down as failed loads.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.protocol !== 'blob:' && url.host !== host)
      faults.push(`outside: ${request.url()}`);
  });
  return { page, faults };
}

export function demoOf(options: Partial<DemoOptions>) {
  return startDemo({ main, install: true, ...options });
}

/** Tests that share one world for their file's worker: the old engine, three registries, four people, some deeds. */
export const test = base.extend<object, { demo: Demo }>({
  demo: [
    async ({}, use) => {
      const demo = await demoOf({});
      await use(demo);
      await demo.stop();
      await stopAll();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
});
export { expect } from '@playwright/test';
