import { expect, test, visit } from '../world.js';

test.describe('people', () => {
  test('are invited by a link that works once, gain and lose rights at once, and are cut off when disabled', async ({
    browser,
    demo,
  }) => {
    const admin = await visit(browser, demo, 'lin');
    await admin.page.goto('/settings/people');
    await admin.page.getByRole('button', { name: 'Invite' }).click();
    const dialog = admin.page.getByRole('dialog');
    await dialog.getByLabel('User name').fill('mei');
    await dialog.getByRole('button', { name: /Invite|Make/ }).click();
    const link = (await dialog.getByText(/\/link#/).innerText()).trim();
    await dialog
      .getByRole('button', { name: /Done|Close/ })
      .first()
      .click();

    const mei = await visit(browser, demo, null);
    await mei.page.goto(link);
    await expect(mei.page).not.toHaveURL(/#/);
    await mei.page.getByLabel('New password').fill('a long enough password');
    await mei.page.getByLabel('The same once more').fill('a long enough password');
    await mei.page.getByRole('button', { name: 'Accept and log in' }).click();
    await expect(mei.page).toHaveURL(/\/$/);

    const again = await visit(browser, demo, null);
    await again.page.goto(link);
    await expect(again.page.getByText('This link does not work')).toBeVisible();

    const pull = mei.page.getByRole('button', { name: 'Pull', exact: true }).first();
    const client = await demo.as('lin');
    const { items } = await client.must<{ items: { id: string; username: string }[] }>(
      'GET',
      '/api/v1/users?limit=200',
    );
    const user = items.find(({ username }) => username === 'mei');
    await client.must('PATCH', `/api/v1/users/${user?.id}`, { role: 'viewer' });
    await mei.page.goto('/images');
    await expect(pull).toBeDisabled();
    await client.must('PATCH', `/api/v1/users/${user?.id}`, { role: 'developer' });
    await expect(pull).toBeEnabled();

    await client.must('PATCH', `/api/v1/users/${user?.id}`, { disabled: true });
    await expect(mei.page).toHaveURL(/\/login/);
    for (const { page } of [admin, mei, again]) await page.context().close();
  });

  test('make tokens that are shown once and work for scripts', async ({ browser, demo }) => {
    const { page } = await visit(browser, demo, 'ada');
    await page.goto('/settings/tokens');
    await page.getByRole('button', { name: 'New token' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('pipeline');
    await dialog.getByRole('button', { name: 'Make the token' }).click();
    const told = dialog.getByText(/^wbt_\w{20,}$/);
    await expect(told).toBeVisible();
    const secret = (await told.innerText()).trim();
    const answer = await fetch(`${demo.url}/api/v1/session`, { headers: { authorization: `Bearer ${secret}` } });
    expect(answer.status).toBe(200);
    await page.reload();
    await expect(page.getByText('pipeline', { exact: true })).toBeVisible();
    expect(await page.content()).not.toContain(secret);
    await page.context().close();
  });
});
