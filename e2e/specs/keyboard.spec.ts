import { expect, test, visit } from '../world.js';

test.describe('by keyboard alone', () => {
  test('the skip link, the palette and a dialog can be reached, used and left', async ({ browser, demo }) => {
    const { page, faults } = await visit(browser, demo, 'ada');
    const choose = async (what: string) => {
      await page.keyboard.press('Control+k');
      await expect(page.getByRole('dialog').getByPlaceholder('Search or run a command')).toBeFocused();
      await page.keyboard.type(what);
      await expect(page.getByRole('option', { name: what }).first()).toHaveAttribute('data-highlighted', '');
      await page.keyboard.press('Enter');
    };
    await page.goto('/');
    await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.locator('#main')).toBeFocused();

    await choose('Registries');
    await expect(page).toHaveURL(/\/registries/);

    await choose('Pull an image');
    await expect(page.getByRole('dialog', { name: 'Pull an image' })).toBeVisible();
    await expect(page.getByLabel('Image', { exact: true })).toBeFocused();
    await page.keyboard.type(`${demo.addresses.none}/tools/base:12`);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/operations\//);
    await expect(page.getByRole('main').getByText('Succeeded', { exact: true }).first()).toBeVisible();

    await page.goto('/images?dialog=pull');
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
