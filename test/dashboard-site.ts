import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import type { Scope } from '../schemas/config/control.ts';
import { testSite, tokenOf, type TestSite } from '../control/test/test-site.ts';

export const CHROMIUM = '/usr/bin/chromium';

/** Debian's own Chromium with a new, empty profile; nothing of it calls out. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A page, and everything that the browser complained of while it was open. */
export interface Visit {
  readonly page: Page;
  readonly complaints: string[];
}

export interface VisitOptions {
  readonly language?: string;
  readonly width?: number;
  readonly colors?: 'light' | 'dark';
  /** Whose token signs in; default the viewer's. */
  readonly as?: Scope;
}

export interface DashboardSite extends TestSite {
  readonly url: string;
}

/** A control server that listens, over a database of its own. */
export async function dashboardSite(): Promise<DashboardSite> {
  const site = await testSite();
  const url = await site.app.listen({ host: '127.0.0.1', port: 0 });
  return Object.assign(site, { url });
}

/** Opens the dashboard signed out. */
export async function visit(browser: Browser, url: string, options: VisitOptions = {}): Promise<Visit> {
  const context = await browser.newContext({
    locale: options.language ?? 'es-AR',
    timezoneId: 'America/Argentina/Buenos_Aires',
    viewport: { width: options.width ?? 1280, height: 900 },
    colorScheme: options.colors ?? 'light',
    reducedMotion: 'reduce',
  });
  onTestFinished(() => context.close());
  const complaints = listenTo(context);
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(url);
  return { page, complaints };
}

/** Opens the dashboard signed in. */
export async function visitSignedIn(browser: Browser, url: string, options: VisitOptions = {}): Promise<Visit> {
  const opened = await visit(browser, url, options);
  await signIn(opened.page, tokenOf(options.as ?? 'viewer'));
  await opened.page
    .getByRole('status')
    .filter({ hasText: /En vivo|Live/ })
    .waitFor();
  return opened;
}

/** Types a token and sends the form. */
export async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel(/Token de la API|API token/).fill(token);
  await page.getByRole('button', { name: /Entrar|Sign in/ }).click();
}

/** Chromium reports a violation of the policy, a failed load and a thrown error on the console. */
function listenTo(context: BrowserContext): string[] {
  const complaints: string[] = [];
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  context.on('weberror', (error) => complaints.push(error.error().message));
  context.on('requestfailed', (request) => {
    const fault = request.failure()?.errorText ?? '';
    // A stream that is left by its reader.
    if (fault !== 'net::ERR_ABORTED') complaints.push(`${request.method()} ${request.url()} failed: ${fault}`);
  });
  return complaints;
}
