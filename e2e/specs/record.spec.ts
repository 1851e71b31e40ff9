import { readFile } from 'node:fs/promises';
import { expect, test, visit } from '../world.js';

test.describe('the record', () => {
  test('is narrowed by the address, opens an event, verifies, and is exported as it is filtered', async ({
    browser,
    demo,
  }) => {
    const { page, faults } = await visit(browser, demo, 'noor');
    await page.goto('/record?action=image.push');
    const main = page.getByRole('main');
    await expect(main.getByText('Ada Moreau').first()).toBeVisible();
    await expect(main.getByText('Denied').first()).toBeVisible();
    await expect(main.getByText('logged in')).toHaveCount(0);

    await page.getByRole('button', { name: /^Export \d+ rows?/ }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: /CSV/ }).click(),
    ]);
    const csv = await readFile(await download.path(), 'utf8');
    const rows = csv.trim().split('\n').slice(1);
    expect(rows.length).toBeGreaterThan(3);
    expect(rows.every((row) => row.includes('image.push'))).toBe(true);

    await page.getByRole('button', { name: 'Verify', exact: true }).click();
    await expect(page.getByText(/^Verified to #/)).toBeVisible();

    await main.getByText('shop/').or(main.getByText('checkout')).first().click();
    await expect(page).toHaveURL(/\/record\/\d+/);
    await expect(page.getByRole('heading', { name: 'Place in the chain' })).toBeVisible();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('is not for those who may not read it', async ({ browser, demo }) => {
    const { page } = await visit(browser, demo, 'wei');
    await page.goto('/record');
    await expect(page.getByRole('heading', { name: 'Not for your role' }).first()).toBeVisible();
    await page.context().close();
  });
});
