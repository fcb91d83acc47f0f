import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findPeer } from '../lab/test/peers.ts';
import { recordBraked, recordBrakedOn, recordHeld, recordSingles } from './dashboard-seed.ts';
import { CHROMIUM, dashboardSite, launch, visitSignedIn } from './dashboard-site.ts';

const peer = findPeer('chromium', CHROMIUM, ['--version']);
const held: { browser: Browser | null } = { browser: null };

beforeAll(async () => {
  if (peer.isThere) held.browser = await launch();
});

afterAll(async () => {
  await held.browser?.close();
});

function browser(): Browser {
  if (held.browser === null) throw new Error('there is no browser');
  return held.browser;
}

/** A test in Chromium; named and skipped where there is none. */
function inBrowser(title: string, body: () => Promise<void>): void {
  test.skipIf(!peer.isThere)(`${title} ${peer.skipReason}`.trim(), body, 60_000);
}

function widthOverflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/** Where `SHOTS` names a folder the page is kept there, to be looked at. */
async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env['SHOTS'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: name.endsWith('page') });
}

inBrowser(
  'on a phone a held snapshot is opened, and released on one router after its numbers were repeated',
  async () => {
    const site = await dashboardSite();
    const operation = await recordBraked(site, ['r0', 'r1']);
    const { page, complaints } = await visitSignedIn(browser(), site.url, { width: 390, as: 'operator' });
    const card = page.getByRole('article', { name: 'r0' });
    await card.getByText('199 serían cortados').waitFor();
    await card
      .getByText('41 en 60 min en este router; pasaron 3 (cortes, y filas que quitó una adopción), se piden 199')
      .waitFor();
    const line = card.getByText('+ /ip firewall address-list add list=Moroso address=10.9.0.0 ');
    expect(await line.isVisible()).toBe(false);
    await card.getByText('A quién alcanza y qué se escribiría').click();
    await line.waitFor();
    await card.getByText('y 577 comandos más').waitFor();
    expect(await widthOverflow(page)).toBe(0);
    await shoot(page, 'held-390-page');
    await card.getByRole('button', { name: 'Liberar en r0' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('199 abonados serán cortados en r0').waitFor();
    expect(await dialog.getByText('en r1').count()).toBe(0);
    expect(await widthOverflow(page)).toBe(0);
    await shoot(page, 'confirm-390');
    // A hasty Enter changes nothing.
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    expect((await site.store.agent.openOperations('r0'))[0]?.released).toBe(false);
    await card.getByRole('button', { name: 'Liberar en r0' }).click();
    await dialog.getByRole('button', { name: 'Liberar' }).click();
    await dialog.waitFor({ state: 'detached' });
    const released = async (router: string): Promise<readonly (readonly [string, boolean])[]> =>
      (await site.store.agent.openOperations(router)).map((one) => [one.id, one.released] as const);
    expect(await released('r0')).toEqual([[operation, true]]);
    expect(await released('r1')).toEqual([[operation, false]]);
    expect(complaints).toEqual([]);
  },
);

inBrowser('on a wide screen it is released on every router that holds it, in English, and by keyboard', async () => {
  const site = await dashboardSite();
  const operation = await recordBraked(site, ['r0', 'r1']);
  const { page, complaints } = await visitSignedIn(browser(), site.url, { language: 'en-GB', as: 'operator' });
  const card = page.getByRole('article', { name: 'r0' });
  await card.getByText('Whom it concerns, and what would be written').click();
  await shoot(page, 'held-1280-page');
  await card.getByRole('button', { name: 'Release on all 2 routers' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Let this through?' });
  await dialog.getByText('199 subscribers will be cut on r0').waitFor();
  await dialog.getByText('199 subscribers will be cut on r1').waitFor();
  await shoot(page, 'confirm-1280');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  for (const router of ['r0', 'r1'])
    expect(await site.store.agent.openOperations(router)).toMatchObject([{ id: operation, released: true }]);
  expect(complaints).toEqual([]);
});

inBrowser(
  'who may only look has no button, and reads the command; who may take foreign rows over is asked',
  async () => {
    const site = await dashboardSite();
    const operation = await recordBraked(site, ['r0', 'r1']);
    const viewer = await visitSignedIn(browser(), site.url);
    const card = viewer.page.getByRole('article', { name: 'r0' });
    await card.getByText(`wisp-edge release ${operation}`).waitFor();
    expect(await card.getByRole('button').count()).toBe(0);
    await viewer.page.context().close();

    const other = await dashboardSite();
    await recordHeld(other);
    const { page } = await visitSignedIn(browser(), other.url, { as: 'operator', width: 390 });
    await page.getByRole('article', { name: 'r0' }).getByRole('button', { name: 'Hacerse cargo de las filas' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Row *1F in Moroso, 10.0.0.5.').waitFor();
    await dialog.getByText('Las filas ajenas de Ana (s5) en r0 se quitan, y el servicio vuelve.').waitFor();
    await shoot(page, 'claim-390');
    await dialog.getByRole('button', { name: 'Hacerse cargo de las filas' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect((await other.store.agent.desiredFor('r0')).claims).toEqual(['s5']);
  },
);

inBrowser(
  'many single cuts that the brake holds are one card with names, released together or one by one',
  async () => {
    const site = await dashboardSite();
    const operations = await recordSingles(site, 40);
    const { page, complaints } = await visitSignedIn(browser(), site.url, { width: 390, as: 'operator' });
    const card = page.getByRole('article', { name: 'r0' });
    await card.getByText('40 cortes sueltos').waitFor();
    expect(await card.locator('.held').count()).toBe(1);
    // The tile counts who is cut, not who should be.
    await page.locator('.tiles a', { hasText: 'Cortados' }).getByText('31', { exact: true }).waitFor();
    await card.getByText('A quiénes').click();
    await card.getByText('Ana 7 (s7)').waitFor();
    expect(await widthOverflow(page)).toBe(0);
    await shoot(page, 'held-group-390-page');
    const released = async (): Promise<number> =>
      (await site.store.agent.openOperations('r0')).filter((one) => one.released).length;
    const row = card.getByRole('listitem').filter({ hasText: 'Ana 7 (s7)' });
    await row.getByRole('button', { name: 'Liberar' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('1 abonado será cortado en r0').waitFor();
    await dialog.getByRole('button', { name: 'Liberar' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await released()).toBe(1);
    await card.getByRole('button', { name: 'Liberar los 40 en r0' }).click();
    await dialog.getByText('40 abonados serán cortados en r0').waitFor();
    await dialog.getByText(/Ana 9 \(s9\), y 30 más/).waitFor();
    await dialog.getByRole('button', { name: 'Liberar' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await released()).toBe(operations.length);
    expect(complaints).toEqual([]);
  },
);

inBrowser(
  'I8: who comes to be held after the question was put is not released by its answer, and the dialog says so',
  async () => {
    const site = await dashboardSite();
    const operation = await recordBraked(site, ['r0', 'r1']);
    const { page, complaints } = await visitSignedIn(browser(), site.url, { width: 390, as: 'operator' });
    const card = page.getByRole('article', { name: 'r0' });
    await card.getByRole('button', { name: 'Liberar en los 2 routers' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('199 abonados serán cortados en r1').waitFor();
    await recordBrakedOn(site, 'r1', operation, 202);
    // The page itself has read of them by now; what was asked about is what stands in the question.
    await page.getByRole('article', { name: 'r1' }).getByText('202 serían cortados').waitFor();
    await dialog.getByRole('button', { name: 'Liberar' }).click();
    const told = dialog.getByRole('alert').filter({ hasText: '3 abonados quedaron retenidos en r1' });
    await told.waitFor();
    expect(await dialog.getByRole('button').allTextContents()).toEqual(['Cerrar']);
    expect(await widthOverflow(page)).toBe(0);
    await shoot(page, 'later-390');
    const released = async (router: string): Promise<readonly (number | undefined)[]> =>
      (await site.store.agent.desiredFor(router)).releases.map((one) => one.subscribers?.length);
    expect([await released('r0'), await released('r1')]).toEqual([[199], [199]]);
    await dialog.getByRole('button', { name: 'Cerrar' }).click();
    await dialog.waitFor({ state: 'detached' });
    await card.getByRole('button', { name: 'Liberar en los 2 routers' }).click();
    await dialog.getByText('202 abonados serán cortados en r1').waitFor();
    await dialog.getByRole('button', { name: 'Liberar' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect((await released('r1')).at(-1)).toBe(202);
    expect(complaints).toEqual([]);
  },
);

inBrowser('what the API refuses is said in the dialog, which stays', async () => {
  const site = await dashboardSite();
  await recordBraked(site, ['r0']);
  const { page } = await visitSignedIn(browser(), site.url, { as: 'operator' });
  await page.getByRole('article', { name: 'r0' }).getByRole('button', { name: 'Liberar en r0' }).click();
  site.settings.current = {
    ...site.settings.current,
    tokens: site.settings.current.tokens.map((token) =>
      token.name === 'operator' ? { ...token, scopes: ['viewer'] } : token,
    ),
  };
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Liberar' }).click();
  await dialog.getByRole('alert').filter({ hasText: 'no puede' }).waitFor();
});
