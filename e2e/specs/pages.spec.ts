import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { paleTexts } from '../contrast.js';
import { expect, screenshots, test, visit } from '../world.js';

/** Paired so that each page is seen in both languages, both themes and both widths. */
const looks = [
  { locale: 'en-US', colorScheme: 'light', width: 1440 },
  { locale: 'zh-CN', colorScheme: 'dark', width: 1440 },
  { locale: 'en-US', colorScheme: 'dark', width: 390 },
  { locale: 'zh-CN', colorScheme: 'light', width: 390 },
] as const;

const pages: { name: string; path: string; who?: string | null }[] = [
  { name: 'login', path: '/login', who: null },
  { name: 'overview', path: '/' },
  { name: 'images', path: '/images' },
  { name: 'images-pull', path: '/images?dialog=pull&reference=nginx:1.29' },
  { name: 'images-none', path: '/images?q=nothing-is-called-this' },
  { name: 'registries', path: '/registries' },
  { name: 'registries-add', path: '/registries?dialog=add&kind=acr' },
  { name: 'operations', path: '/operations' },
  { name: 'record', path: '/record' },
  { name: 'settings', path: '/settings' },
  { name: 'settings-sessions', path: '/settings/sessions' },
  { name: 'settings-tokens', path: '/settings/tokens' },
  { name: 'settings-people', path: '/settings/people' },
  { name: 'not-found', path: '/nothing/here' },
];

for (const { locale, colorScheme, width } of looks) {
  test(`every page in ${locale}, ${colorScheme}, ${width} wide: whole, readable, nothing from outside, nothing sideways`, async ({
    browser,
    demo,
  }) => {
    await mkdir(screenshots, { recursive: true });
    const options = { locale, colorScheme, viewport: { width, height: width > 400 ? 900 : 844 } };
    const admin = await visit(browser, demo, 'lin', options);
    const nobody = await visit(browser, demo, null, options);
    const client = await demo.as('lin');
    const { items } = await client.must<{ items: { id: string; state: string }[] }>(
      'GET',
      '/api/v1/operations?limit=50',
    );
    const failed = items.find(({ state }) => state === 'failed');
    const done = items.find(({ state }) => state === 'succeeded');
    const image = encodeURIComponent(`${demo.addresses.token}/shop/checkout:2.3.0`);
    const all = [
      ...pages,
      { name: 'operation-failed', path: `/operations/${failed?.id}` },
      { name: 'operation-done', path: `/operations/${done?.id}` },
      { name: 'image', path: `/images/${image}` },
      { name: 'record-event', path: '/record/3' },
    ];
    const troubles: string[] = [];
    for (const { name, path, who } of all) {
      const { page } = who === null ? nobody : admin;
      await page.goto(path);
      await page.waitForLoadState('networkidle').catch(() => undefined);
      await page.waitForTimeout(300);
      await page.screenshot({ path: join(screenshots, `${name}-${locale.slice(0, 2)}-${colorScheme}-${width}.png`) });
      const sideways = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      if (sideways > 0) troubles.push(`${name}: ${sideways} px sideways`);
      for (const pale of await page.evaluate(paleTexts, 4.5)) troubles.push(`${name}: ${pale}`);
      expect(await page.locator('h1, h2').count(), `${name} has a title`).toBeGreaterThan(0);
    }
    expect(troubles).toEqual([]);
    expect([...admin.faults, ...nobody.faults]).toEqual([]);
    await admin.page.context().close();
    await nobody.page.context().close();
  });
}
