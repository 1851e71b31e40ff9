import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from '@playwright/test';
import {
  createBaseImage,
  createWorld,
  pushImage,
  startServer,
  stopAll,
  type ServerProcess,
  type RegistryUser,
  type World,
} from '@waybill/world';
import { expect, main, visit } from '../world.js';

/** A fresh instance on its own engine and registry: from the setup code to the first pull. */
test.describe('the first run', () => {
  let world: World<'old', 'htpasswd'>;
  let login: RegistryUser;
  let server: ServerProcess;

  test.beforeAll(async () => {
    world = await createWorld({ engines: ['old'], registries: ['htpasswd'], install: true });
    const [user] = world.users;
    if (!user) throw new Error('The world has no user.');
    login = user;
    await createBaseImage(world.engines.old, 'first/app:1');
    await pushImage(world.engines.old, 'first/app:1', `${world.registries.htpasswd.address}/first/app:1`, login);
    server = await startServer({
      main,
      dataFolder: join(world.dir, 'data'),
      environment: { WAYBILL_ENGINE_HOST: world.engines.old.host },
    });
  });
  test.afterAll(async () => {
    await server?.stop();
    await world?.stop();
    if (world) await rm(world.dir, { recursive: true, force: true });
    await stopAll();
  });

  test('leads from the setup code over engine and registry to a first pull, and is closed afterwards', async ({
    browser,
  }) => {
    const code = /Setup code: (\S+)/.exec(server.output)?.[1] ?? '';
    const nobody = { url: server.url, as: () => Promise.reject(new Error('Nobody can log in yet.')) };
    const { page, faults } = await visit(browser, nobody, null);
    await page.goto('/');
    await expect(page).toHaveURL(/\/welcome/);

    const account = async (setupCode: string) => {
      await page.getByLabel('Setup code').fill(setupCode);
      await page.getByLabel('User name').fill('chen');
      await page.getByLabel(/^Name to show/).fill('陈静');
      await page.getByLabel('Password', { exact: true }).fill('freight paper 7');
      await page.getByRole('button', { name: 'Make my account' }).click();
    };
    await account('WRONG-CODE-0000');
    await expect(page.getByText('The setup code is wrong').first()).toBeVisible();
    await account(code);
    await expect(page.getByText(/Docker .+ answers, API/)).toBeVisible();
    await page.getByRole('button', { name: 'Go on', exact: true }).click();
    await page.getByRole('button', { name: 'Finish without a registry' }).click();
    await expect(page).toHaveURL(/\/images\?.*dialog=pull/);

    const { address } = world.registries.htpasswd;
    await page.getByLabel('Image', { exact: true }).fill(`${address}/first/app:1`);
    await page
      .getByRole('link', { name: 'Add this registry' })
      .or(page.getByRole('button', { name: 'Add this registry' }))
      .click();
    await page.getByLabel('Name', { exact: true }).fill('Ours');
    await page.getByLabel('Plain http, without TLS').check();
    await page.getByLabel('User name').fill(login.name);
    await page.getByLabel('Password or access token').fill(login.password);
    await page.getByRole('button', { name: /Save and check/ }).click();
    await expect(page.getByText('Ours is ready')).toBeVisible();

    await page.goto(`/images?dialog=pull&reference=${encodeURIComponent(`${address}/first/app:1`)}`);
    await page.getByRole('dialog').getByRole('button', { name: 'Pull', exact: true }).click();
    await expect(page.getByRole('main').getByText('Succeeded', { exact: true }).first()).toBeVisible({
      timeout: 60_000,
    });

    const late = await visit(browser, nobody, null);
    await late.page.goto('/welcome');
    await expect(late.page).toHaveURL(/\/login/);
    expect([...faults, ...late.faults]).toEqual([]);
    await late.page.context().close();
    await page.context().close();
  });
});
