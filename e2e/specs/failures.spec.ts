import { startFaultProxy } from '@waybill/world';
import { expect, test, visit } from '../world.js';

test.describe('what goes wrong', () => {
  test('a wrong login says so, and tells nobody whether the name exists', async ({ browser, demo }) => {
    const { page } = await visit(browser, demo, null);
    await page.goto('/record');
    await expect(page).toHaveURL(/\/login/);
    for (const name of ['ada', 'nobody-of-that-name']) {
      await page.getByLabel('User name').fill(name);
      await page.getByLabel('Password').fill('not the password');
      await page.getByRole('button', { name: 'Log in' }).click();
      await expect(page.getByText('User name or password is wrong.', { exact: false })).toBeVisible();
      await expect(page.getByLabel('Password')).toHaveValue('');
    }
    await page.getByLabel('User name').fill('noor');
    await page.getByLabel('Password').fill(demo.password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await expect(page).toHaveURL(/\/record/);
    await page.context().close();
  });

  test('a tag that the registry has not ends in failed, with a sentence and its code', async ({ browser, demo }) => {
    const { page } = await visit(browser, demo, 'wei');
    await page.goto(`/images?dialog=pull&reference=${encodeURIComponent(`${demo.addresses.none}/tools/base:none`)}`);
    await page.getByRole('dialog').getByRole('button', { name: 'Pull', exact: true }).click();
    await expect(page.getByRole('main').getByText('Failed', { exact: true }).first()).toBeVisible();
    await expect(page.getByText('registry.tag_not_found')).toBeVisible();
    await page.context().close();
  });

  test('a wrong registry password is told by Waybill and by the engine', async ({ browser, demo }) => {
    const { page } = await visit(browser, demo, 'lin');
    await page.goto('/registries?dialog=add&kind=registry');
    const proxy = await startFaultProxy({ target: demo.addresses.htpasswd });
    await page.getByLabel('Name', { exact: true }).fill('Wrong');
    await page.getByLabel('Address').fill(proxy.address);
    await page.getByLabel('User name').fill('somebody');
    await page.getByLabel('Password or access token').fill('wrong');
    await page.getByLabel('Plain http, without TLS').check();
    await page.getByRole('button', { name: /Save and check/ }).click();
    await expect(page.getByText('The registry refused user name or password').first()).toBeVisible();
    await page.context().close();
    await proxy.stop();
  });

  test('a registry that is down is told on its line and at the end of a push', async ({ browser, demo }) => {
    const { page } = await visit(browser, demo, 'lin');
    const proxy = await startFaultProxy({ target: demo.addresses.none });
    const admin = await demo.as('lin');
    await admin.must('POST', '/api/v1/registries', { name: 'Gone', address: proxy.address, insecure: true });
    await admin.must('POST', '/api/v1/engines/local/images/tag', {
      source: `${demo.addresses.none}/tools/base:12`,
      target: `${proxy.address}/x:1`,
    });
    await proxy.stop();
    await page.goto(`/images?dialog=push&reference=${encodeURIComponent(`${proxy.address}/x:1`)}`);
    await page.getByRole('dialog').getByRole('button', { name: 'Push', exact: true }).click();
    await expect(page.getByRole('main').getByText('Failed', { exact: true }).first()).toBeVisible({ timeout: 60_000 });
    await expect(page.getByText('registry.unreachable').first()).toBeVisible();
    await page.context().close();
  });

  test('an engine that is away is shown at once, and heals by itself', async ({ browser, demo }) => {
    const { page } = await visit(browser, demo, 'ada');
    await page.goto('/');
    await expect(page.getByText('Engine local', { exact: true })).toBeVisible();
    await demo.world.engines.old.kill();
    await expect(page.getByRole('alert').getByText('Engine local cannot be reached')).toBeVisible();
    await demo.world.engines.old.restart();
    await expect(page.getByRole('alert')).toHaveCount(0, { timeout: 45_000 });
    await page.context().close();
  });

  test('a server that is killed is a thin bar and a pale page; it heals, and nothing is missed', async ({
    browser,
    demo,
  }) => {
    const slow = await startFaultProxy({ target: demo.addresses.none, rate: 1_000_000 });
    const admin = await demo.as('lin');
    await admin.must('POST', '/api/v1/registries', { name: 'Slow', address: slow.address, insecure: true });
    const reference = `${slow.address}/cut/app:1`;
    await admin.must('POST', '/api/v1/engines/local/images/tag', {
      source: `${demo.addresses.token}/shop/checkout:2.4.0`,
      target: reference,
    });
    const { operation } = await admin.must<{ operation: { id: string } }>('POST', '/api/v1/engines/local/images/push', {
      reference,
    });
    const { page } = await visit(browser, demo, 'ada');
    await page.goto(`/operations/${operation.id}`);
    await expect(page.getByRole('main').getByText('Running', { exact: true })).toBeVisible();
    await demo.server.kill();
    await expect(page.getByText(/No connection to Waybill since/)).toBeVisible();
    slow.setRate(null);
    await demo.server.restart();
    await expect(page.getByRole('main').getByText('Interrupted', { exact: true }).first()).toBeVisible({
      timeout: 40_000,
    });
    await expect(page.getByText(/No connection to Waybill since/)).toHaveCount(0);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('main').getByText('Succeeded', { exact: true }).first()).toBeVisible({
      timeout: 60_000,
    });
    await page.context().close();
    await slow.stop();
  });
});
