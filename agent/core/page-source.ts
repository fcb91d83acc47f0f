import type { Finding } from '../../schemas/router.ts';
import type { DecisionInput } from './decision.ts';
import { finding } from './findings/table.ts';
import type { SettingsInForce } from './in-force.ts';
import { isStillOnProxy, placesLedTo } from './plan/back-end.ts';
import { placeOf, type Backend, type ListenerState } from './settings.ts';

/** Where a router's notice page is to come from now, which is not always where the configuration says. */
export interface PageSource {
  readonly settings: SettingsInForce;
  /** How our page server is at the place of these settings. */
  readonly listener: ListenerState;
  readonly findings: readonly Finding[];
}

/**
 * Nobody is led to a place that takes no connections while another one does. Until our page server listens where it is
 * wanted, a router keeps its proxy, or the place where the page server still listens; and where neither is known, the
 * place it leads to already, which is no worse.
 */
export function pageSource({ settings, observed }: DecisionInput, listener: ListenerState): PageSource {
  const { backend } = settings;
  if (backend.kind === 'web-proxy' || listener.kind === 'listening') return { settings, listener, findings: [] };
  if (isStillOnProxy(observed, settings.port)) {
    const findings = listener.kind === 'down' ? [waiting(backend, listener.detail, 'web-proxy')] : [];
    return { settings: { ...settings, backend: { kind: 'web-proxy' } }, listener, findings };
  }
  if (listener.kind === 'unknown') return { settings, listener, findings: [] };
  const { standing, detail } = listener;
  if (standing !== undefined) {
    const findings = [waiting(backend, detail, placeOf(standing))];
    return { settings: at(settings, standing), listener: { kind: 'listening' }, findings };
  }
  const [place] = placesLedTo(observed);
  return { settings: place === undefined ? settings : at(settings, place), listener, findings: [] };
}

function at(settings: SettingsInForce, { address, port }: { address: string; port: number }): SettingsInForce {
  return { ...settings, backend: { kind: 'notice-server', address, port } };
}

function waiting(wanted: Extract<Backend, { kind: 'notice-server' }>, detail: string, kept: string): Finding {
  return finding('notice-server-down', { place: placeOf(wanted), detail, kept });
}
