import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type Locator, type Page } from '@playwright/test';
import { createLayeredImage, startFaultProxy, stopAll, type Demo, type FaultProxy } from '@waybill/world';
import { demoOf, expect, screenshots, visit } from '../world.js';

const bar = (page: Page): Locator => page.getByRole('main').getByRole('progressbar').first();
const percentOf = async (page: Page): Promise<number> => Number((await bar(page).getAttribute('aria-valuenow')) ?? 0);
const state = (page: Page, word: string): Locator => page.getByRole('main').getByText(word, { exact: true }).first();

async function digestAt(address: string, repository: string, tag: string): Promise<string | null> {
  const accept = [
    'application/vnd.oci.image.index.v1+json',
    'application/vnd.oci.image.manifest.v1+json',
    'application/vnd.docker.distribution.manifest.v2+json',
  ];
  const answer = await fetch(`http://${address}/v2/${repository}/manifests/${tag}`, {
    method: 'HEAD',
    headers: { accept: accept.join(', ') },
  });
  return answer.headers.get('docker-content-digest');
}

for (const kind of ['old', 'modern'] as const) {
  test.describe(`with the ${kind} engine`, () => {
    test.describe.configure({ mode: 'serial', timeout: 240_000 });
    let demo: Demo;
    let slow: FaultProxy;
    let source: string;

    test.beforeAll(async () => {
      demo = await demoOf({ engine: kind, history: false });
      slow = await startFaultProxy({ target: demo.addresses.none });
      const admin = await demo.as('lin');
      await admin.must('POST', '/api/v1/registries', { name: 'Depot', address: slow.address, insecure: true });
      source = `${slow.address}/story/base:1`;
      const engine = demo.world.engines[kind];
      await createLayeredImage(engine, {
        reference: source,
        layers: 6,
        bytesPerLayer: 30_000_000,
        seed: `story-${kind}`,
      });
      await mkdir(screenshots, { recursive: true });
    });
    test.afterAll(async () => {
      await demo?.stop();
      await stopAll();
    });

    test('an image is pulled, tagged and pushed; a second person sees the same; it is cancelled, tried again, and on record', async ({
      browser,
    }) => {
      const { page, faults } = await visit(browser, demo, 'ada');
      const repository = `story/app-${kind}`;
      const target = `${slow.address}/${repository}:1.0`;

      await test.step('pull busybox', async () => {
        await page.goto('/images?dialog=pull');
        await page.getByLabel('Image', { exact: true }).fill('busybox');
        await expect(page.getByText('docker pull busybox')).toBeVisible();
        await page.getByRole('dialog').getByRole('button', { name: 'Pull', exact: true }).click();
        await expect(page).toHaveURL(/\/operations\//);
        await expect(state(page, 'Succeeded')).toBeVisible({ timeout: 60_000 });
      });

      await test.step('tag and push in one step', async () => {
        slow.setRate(2_500_000);
        await page.goto(`/images?dialog=push&reference=${encodeURIComponent(source)}`);
        const field = page.getByLabel('Push as');
        await field.fill(target);
        await expect(page.getByText(`docker push ${target}`)).toBeVisible();
        await page
          .getByRole('dialog')
          .getByRole('button', { name: /Tag and push/ })
          .click();
        await expect(page).toHaveURL(/\/operations\//);
      });

      const other = await visit(browser, demo, 'wei', { locale: 'zh-CN', colorScheme: 'dark' });
      await test.step('a second person, come in the middle, sees the same figures', async () => {
        await expect.poll(() => percentOf(page), { timeout: 60_000 }).toBeGreaterThan(4);
        await other.page.goto(page.url());
        await expect(state(other.page, '进行中')).toBeVisible();
        await expect
          .poll(async () => Math.abs((await percentOf(page)) - (await percentOf(other.page))))
          .toBeLessThanOrEqual(3);
        await expect(page.getByText('王伟')).toBeVisible();
        await page.screenshot({ path: join(screenshots, `push-running-${kind}-en-light.png`) });
        await other.page.screenshot({ path: join(screenshots, `push-running-${kind}-zh-dark.png`) });
      });

      await test.step('a reload in the middle loses nothing', async () => {
        const before = await percentOf(page);
        await page.reload();
        await expect.poll(() => percentOf(page)).toBeGreaterThanOrEqual(before);
        expect(await page.getByRole('main').getByRole('progressbar').count()).toBeGreaterThanOrEqual(6);
      });

      await test.step('cancelled in the middle, for both', async () => {
        await page.getByRole('button', { name: 'Cancel', exact: true }).click();
        await page.getByRole('button', { name: 'Cancel the push' }).click();
        await expect(state(page, 'Cancelled')).toBeVisible();
        await expect(state(other.page, '已取消')).toBeVisible();
        expect(await digestAt(demo.addresses.none, repository, '1.0')).toBeNull();
      });

      await test.step('tried again to success', async () => {
        slow.setRate(null);
        await page.getByRole('button', { name: 'Try again' }).click();
        await expect(page).toHaveURL(/\/operations\//);
        await expect(state(page, 'Succeeded')).toBeVisible({ timeout: 90_000 });
        const digest = await digestAt(demo.addresses.none, repository, '1.0');
        expect(digest).toMatch(/^sha256:/);
        await expect(page.getByText(digest?.slice(7, 19) ?? '').first()).toBeVisible();
        await page.screenshot({ path: join(screenshots, `push-done-${kind}-en-light.png`), fullPage: true });
      });

      await test.step('the record says who did it', async () => {
        const auditor = await visit(browser, demo, 'noor');
        await auditor.page.goto(`/record?repository=${encodeURIComponent(repository)}&action=image.push`);
        const lines = auditor.page.getByRole('main');
        await expect(lines.getByText('Ada Moreau').first()).toBeVisible();
        await expect(lines.getByText('app-' + kind + ':1.0').first()).toBeVisible();
        await expect(lines.getByText('Cancelled').first()).toBeVisible();
        expect(auditor.faults).toEqual([]);
        await auditor.page.context().close();
      });

      expect([...faults, ...other.faults]).toEqual([]);
      await other.page.context().close();
      await page.context().close();
    });

    for (const auth of ['htpasswd', 'token'] as const) {
      test(`the registry with ${auth} auth takes a push with the login from the vault`, async ({ browser }) => {
        const { page, faults } = await visit(browser, demo, 'ada');
        const target = `${demo.addresses[auth]}/story/vault-${kind}:1`;
        await page.goto(`/images?dialog=push&reference=${encodeURIComponent(source)}`);
        await page.getByLabel('Push as').fill(target);
        await expect(page.getByText('乐乐开心果123')).toBeVisible();
        await page
          .getByRole('dialog')
          .getByRole('button', { name: /Tag and push/ })
          .click();
        await expect(page).toHaveURL(/\/operations\//);
        await expect(state(page, 'Succeeded')).toBeVisible({ timeout: 90_000 });
        expect(faults).toEqual([]);
        await page.context().close();
      });
    }
  });
}
