import { type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tokenOf } from '../control/test/test-site.ts';
import { findPeer } from '../lab/test/peers.ts';
import { advance, putPhone, recordHeld, routerStatus, startRotation } from './dashboard-seed.ts';
import { CHROMIUM, dashboardSite, launch, signIn, visit, visitSignedIn } from './dashboard-site.ts';

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
  test.skipIf(!peer.isThere)(`${title} ${peer.skipReason}`.trim(), body, 30_000);
}

function open(page: Page, view: string): Promise<void> {
  return page.locator(`nav a[href="#${view}"]`).click();
}

function widthOverflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

inBrowser(
  'a wrong token is refused in words, a right one stays in this tab alone, and signing out forgets it',
  async () => {
    const site = await dashboardSite();
    const { page, complaints } = await visit(browser(), site.url);
    for (const wrong of ['none-of-ours', 'señal ✗']) {
      await signIn(page, wrong);
      await page.getByRole('alert').filter({ hasText: 'Este token no se conoce aquí' }).waitFor();
    }
    await signIn(page, tokenOf('viewer'));
    await page.getByRole('heading', { name: 'norte-1' }).waitFor();
    expect(await page.evaluate<unknown>('[Object.keys(localStorage), document.cookie]')).toEqual([[], '']);
    expect(page.url()).not.toContain('token');
    await page.reload();
    await page.getByRole('heading', { name: 'norte-1' }).waitFor();
    await page.getByRole('button', { name: 'Salir' }).click();
    await page.getByLabel('Token de la API').waitFor();
    expect(await page.evaluate<number>('sessionStorage.length')).toBe(0);
    // The refused sign-in is what the browser complains of, and nothing else.
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
  },
);

inBrowser('too many wrong tokens are told with the time to wait', async () => {
  const site = await dashboardSite();
  for (let tries = 0; tries < 60; tries += 1) {
    await fetch(`${site.url}/v1/site`, { headers: { authorization: 'Bearer wrong' } });
  }
  const { page } = await visit(browser(), site.url, { language: 'en-GB' });
  await signIn(page, 'wrong');
  await page
    .getByRole('alert')
    .filter({ hasText: /Too many wrong tokens.*in \d+ s/ })
    .waitFor();
});

inBrowser('a token that was taken away ends the session and says so', async () => {
  const site = await dashboardSite();
  const { page } = await visitSignedIn(browser(), site.url);
  site.settings.current = { ...site.settings.current, tokens: [] };
  await site.other.agent.recordRouter(routerStatus(site), null);
  await page.getByRole('alert').filter({ hasText: 'El token ya no es válido' }).waitFor();
  expect(await page.evaluate<number>('sessionStorage.length')).toBe(0);
});

inBrowser('a router shows what it holds and why, in plain words, and what mends a finding', async () => {
  const site = await dashboardSite();
  await recordHeld(site);
  const { page, complaints } = await visitSignedIn(browser(), site.url);
  const card = page.getByRole('article', { name: 'r0' });
  for (const text of [
    'Aún no como se desea',
    'Pendientes: 3',
    'Cambios retenidos: 1',
    'Una fila que no es nuestra lo impide',
  ]) {
    await card.getByText(text).waitFor();
  }
  await card.getByText('row *1F in Moroso, 10.0.0.5').waitFor();
  await card.getByText('La lista de corte tiene filas que no son nuestras').waitFor();
  await card.getByText('/ip firewall address-list print where list=Moroso').waitFor();
  const advice = card.getByText('Elimine esa fila en el router');
  expect(await advice.isVisible()).toBe(false);
  await card.getByText('Qué hacer').focus();
  await page.keyboard.press('Enter');
  await advice.waitFor();
  expect(complaints).toEqual([]);
});

inBrowser('a router that was handed back says how much of what is wanted is not written there', async () => {
  const site = await dashboardSite();
  await site.other.agent.recordRouter(routerStatus(site, { mode: 'observe', converged: false, notSent: 3 }), null);
  await site.other.agent.recordRouter(routerStatus(site, { id: 'r1' }), null);
  const { page, complaints } = await visitSignedIn(browser(), site.url);
  const card = page.getByRole('article', { name: 'r0' });
  await card.getByText('Deseado, y sin escribir en este modo: 3. Todo: wisp-edge plan r0').waitFor();
  expect(await page.getByText('sin escribir en este modo').count()).toBe(1);
  expect(complaints).toEqual([]);
});

inBrowser(
  'what is found of the portal stands there once, in the reader’s language, and goes without a reload',
  async () => {
    const site = await dashboardSite();
    for (const id of ['r0', 'r1']) await site.other.agent.recordRouter(routerStatus(site, { id }), null);
    const told = (es: string) => ({ detail: 'in English', es: { detail: es, remedy: 'dig clientes.example.net' } });
    const round = {
      at: site.now,
      domain: 'c.example.net',
      resolvers: [],
      lead: { domain: 'c.example.net', cnameTargets: [] },
      awaited: null,
      checks: 3,
      findings: [{ code: 'portal-chain-outside', severity: 'error' as const, ...told('lleva a parking.example') }],
    };
    await site.other.agent.recordPortalAddresses(site.now, [], round);
    await site.other.agent.recordSiteDoctor({
      checkedAt: new Date(site.now).toISOString(),
      findings: [{ code: 'garden-unreachable', severity: 'warning', ...told('no se llega a js.pay.example') }],
    });
    const { page, complaints } = await visitSignedIn(browser(), site.url);
    const notes = page.getByRole('region', { name: 'El portal en el DNS y su jardín amurallado' });
    for (const text of [
      'El dominio del portal lleva a otra parte',
      'lleva a parking.example',
      'No se llega a un host del portal o del jardín amurallado',
      'no se llega a js.pay.example',
    ])
      await notes.getByText(text, { exact: true }).waitFor();
    expect(await page.getByText('lleva a parking.example').count()).toBe(1);
    await site.other.agent.recordSiteDoctor({ checkedAt: new Date(site.now).toISOString(), findings: [] });
    await notes.getByText('no se llega a js.pay.example').waitFor({ state: 'detached' });
    expect(await notes.getByText('lleva a parking.example').count()).toBe(1);
    expect(complaints).toEqual([]);
  },
);

inBrowser('what somebody else changed on a router is counted on its card, live', async () => {
  const site = await dashboardSite();
  await site.other.agent.recordRouter(routerStatus(site), null);
  const { page } = await visitSignedIn(browser(), site.url);
  const card = page.getByRole('article', { name: 'r0' });
  await card.getByText('Filas nuestras que cambió otro: 0; corregidas: 0').waitFor();
  const subject = 'router/r0';
  await site.other.agent.recordDrift('r0', {
    counts: [{ kind: 'cutoff', found: 4, repaired: 3 }],
    events: [{ at: site.now, type: 'drift.found', subject, router: 'r0', data: { count: 4 } }],
  });
  await card.getByText('Filas nuestras que cambió otro: 4; corregidas: 3').waitFor();
  await page.getByRole('button', { name: 'English' }).click();
  await card.getByText('Rows of ours that somebody else changed: 4; put right: 3').waitFor();
});

inBrowser('why a router or the site is not as it should be is said in the reader’s language', async () => {
  const site = await dashboardSite();
  const es = { message: 'router r0: sin respuesta', remedy: 'Mire su CPU' };
  const lastError = { code: 'router-timeout', message: 'router r0: no answer', remedy: 'Look at its CPU', es };
  await site.other.agent.recordRouter(routerStatus(site, { connection: 'down', converged: false, lastError }), null);
  const refused = { at: site.now, code: 'config-unreadable', detail: 'cannot read /etc/x' };
  await site.store.control.recordReload('agent', refused);
  const { page } = await visitSignedIn(browser(), site.url);
  const spanish = ['router r0: sin respuesta', 'Mire su CPU', /no se puede leer \/etc\/x; sigue vigente/];
  const english = ['router r0: no answer', 'Look at its CPU', /cannot read \/etc\/x; the earlier/];
  for (const text of spanish) await page.getByText(text).waitFor();
  for (const text of english) expect(await page.getByText(text).count()).toBe(0);
  await page.getByRole('button', { name: 'English' }).click();
  for (const text of english) await page.getByText(text).waitFor();
  for (const text of spanish) expect(await page.getByText(text).count()).toBe(0);
});

inBrowser('what changes shows without a reload, and what the reader opened stays open', async () => {
  const site = await dashboardSite();
  await recordHeld(site);
  const { page, complaints } = await visitSignedIn(browser(), site.url);
  const card = page.getByRole('article', { name: 'r0' });
  await card.getByText('Qué hacer').click();
  await recordHeld(site, 'row *2A in Moroso, 10.0.0.5');
  await site.other.agent.recordRouter(routerStatus(site, { id: 'r1', connection: 'down', converged: false }), null);
  await page.getByRole('article', { name: 'r1' }).getByText('No responde').waitFor();
  await card.getByText('Elimine esa fila en el router').waitFor();
  await site.other.agent.recordRouter(routerStatus(site), null);
  await card.getByText('Como se desea', { exact: true }).waitFor();
  await open(page, 'operations');
  const newest = page.locator('.operations > li').first();
  await newest.getByText('Reposición').waitFor();
  await site.put('/v1/subscribers/s5/cutoff', { reason: 'mora' });
  await newest.getByText('Corte', { exact: true }).waitFor();
  await newest.getByText('Historia').click();
  await newest.getByText('pedida por admin').waitFor();
  await newest.locator('.steps-taken').getByText('Recibida').waitFor();
  expect(complaints).toEqual([]);
});

inBrowser('a phone, its extension and the steps of a rotation show live', async () => {
  const site = await dashboardSite();
  const { page, complaints } = await visitSignedIn(browser(), site.url);
  await open(page, 'phones');
  await page.getByText('Todavía no hay teléfonos').waitFor();
  await putPhone(site);
  const row = page.getByRole('row', { name: /aa:bb:cc:00:11:22.*yealink SIP-T31P.*Recepción, planta baja.*1001/ });
  await row.waitFor();
  await page.getByRole('row', { name: /1001.*Recepción.*comodato/ }).waitFor();
  await page.getByLabel('Buscar').fill('zz');
  await page.getByText('Nada coincide con «zz»').first().waitFor();
  await page.getByLabel('Buscar').fill('planta');
  await row.waitFor();

  await open(page, 'rotations');
  await page.getByText('Todavía no hay cambios de clave').waitFor();
  const rotation = await startRotation(site, 'La clave se vio en un correo');
  const card = page.getByRole('article', { name: 'La clave se vio en un correo' });
  const now = card.locator('[aria-current="step"]');
  await now.filter({ hasText: 'Punto de partida' }).waitFor();
  await advance(site, rotation, { step: 'proven', what: 'new-key-valid' });
  await now.filter({ hasText: 'Comprobada' }).waitFor();
  await card.getByText('Evidencia (1)').click();
  await card.getByText('La clave nueva es válida', { exact: true }).waitFor();
  await advance(site, rotation, { step: 'staged', what: 'served-new-key' });
  await now.filter({ hasText: 'Preparada' }).waitFor();
  await advance(site, rotation, { step: 'committed', end: 'committed', what: 'committed' });
  await card.locator('.chips').getByText('Completado').waitFor();
  // Opened before, and still open although the card was drawn anew.
  await card.getByText('Evidencia (3)').waitFor();
  expect(await card.getByText('La clave nueva es válida', { exact: true }).isVisible()).toBe(true);
  expect(await card.locator('.progress .done').count()).toBe(8);
  expect(complaints).toEqual([]);
});

inBrowser('the stream comes back by itself and brings what happened meanwhile', async () => {
  const site = await dashboardSite();
  const { page } = await visitSignedIn(browser(), site.url);
  await page.context().setOffline(true);
  // An established connection outlives Chromium's offline mode: the server ends it, as a restart would.
  site.app.server.closeAllConnections();
  await page.getByRole('status').filter({ hasText: 'Reconectando' }).waitFor();
  await site.other.agent.recordRouter(routerStatus(site, { version: '7.99' }), null);
  await page.context().setOffline(false);
  await page.getByRole('status').filter({ hasText: 'En vivo' }).waitFor();
  await page.getByRole('article', { name: 'r0' }).getByText('7.99').waitFor();
});

inBrowser('the language follows the browser, and the reader’s choice is remembered', async () => {
  const site = await dashboardSite();
  await site.other.agent.recordRouter(routerStatus(site), null);
  const { page } = await visit(browser(), site.url, { language: 'en-US' });
  const language = (): Promise<string> => page.evaluate<string>('document.documentElement.lang');
  expect(await language()).toBe('en');
  await signIn(page, tokenOf('viewer'));
  await page.getByText('As desired', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Español' }).click();
  await page.getByText('Como se desea', { exact: true }).waitFor();
  expect(await language()).toBe('es');
  expect(await page.evaluate<string>('document.activeElement.textContent')).toContain('Español');
  await page.reload();
  await page.getByText('Como se desea', { exact: true }).waitFor();
  await page.getByRole('article', { name: 'r0' }).getByText('hace').first().hover();
  expect(await page.locator('time').first().getAttribute('title')).toMatch(/2026/);
});

inBrowser('nothing scrolls sideways at 360 px, in either language', async () => {
  const site = await dashboardSite();
  await recordHeld(site, `row *1F in ${'Moroso'.repeat(12)}`);
  await putPhone(site, 'W'.repeat(64), 'M'.repeat(64));
  const rotation = await startRotation(site, 'x'.repeat(120));
  await advance(site, rotation, { step: 'pushed', what: 'phones-awaited' });
  const { page } = await visitSignedIn(browser(), site.url, { width: 360 });
  for (const language of ['Español', 'English']) {
    await page.getByRole('button', { name: language }).click();
    for (const view of ['routers', 'operations', 'phones', 'rotations']) {
      await open(page, view);
      await page.locator('.view > *').first().waitFor();
      expect([language, view, await widthOverflow(page)]).toEqual([language, view, 0]);
    }
  }
});

inBrowser('markup in names, labels, findings and reasons stays text, and the policy is never broken', async () => {
  const site = await dashboardSite();
  const hostile = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>';
  await recordHeld(site, hostile);
  const findings = [{ code: 'x<b>', severity: 'error', detail: hostile, remedy: hostile }] as const;
  const lastError = { code: 'x', message: hostile, remedy: hostile };
  await site.other.agent.recordRouter(routerStatus(site, { id: 'r1', findings: [...findings], lastError }), null);
  await putPhone(site, hostile.slice(0, 64), hostile.slice(0, 64));
  const rotation = await startRotation(site, hostile);
  await advance(site, rotation, { step: 'proven', what: hostile });
  const { page, complaints } = await visitSignedIn(browser(), site.url);
  for (const view of ['routers', 'operations', 'phones', 'rotations']) {
    await open(page, view);
    if (view !== 'operations') await page.locator('.view').getByText('<img src=x onerror=').first().waitFor();
    expect(await page.locator('.view img, .view script').count()).toBe(0);
  }
  expect(await page.evaluate<unknown>('window.hit')).toBeUndefined();
  // And if some code did make markup of a string: the browser refuses.
  const refused = page.evaluate<unknown>('document.body.innerHTML = "<b>x</b>"');
  await expect(refused).rejects.toThrow(/TrustedHTML/);
  expect(complaints.filter((text) => !text.includes('TrustedHTML'))).toEqual([]);
});
