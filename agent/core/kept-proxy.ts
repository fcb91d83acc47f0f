import type { Finding } from '../../schemas/router.ts';
import type { DecisionInput } from './decision.ts';
import { finding } from './findings/table.ts';
import { isStillOnProxy } from './plan/back-end.ts';
import type { ListenerState, RouterSettings } from './settings.ts';

/** A router whose pages the proxy gives keeps it until our own page server takes connections: nobody loses his notice. */
export function settingsNow({ settings, observed }: DecisionInput, listener: ListenerState): RouterSettings {
  const isWaiting =
    settings.backend.kind === 'notice-server' &&
    listener.kind !== 'listening' &&
    isStillOnProxy(observed, settings.port);
  return isWaiting ? { ...settings, backend: { kind: 'web-proxy' } } : settings;
}

/** Said while a router keeps its proxy because our own page server takes no connections. */
export function waitingForListener(
  { backend }: RouterSettings,
  now: RouterSettings,
  listener: ListenerState,
): readonly Finding[] {
  if (backend.kind === now.backend.kind || backend.kind === 'web-proxy' || listener.kind !== 'down') return [];
  const place = `${backend.address}:${backend.port}`;
  return [finding('notice-server-down', { place, detail: listener.detail })];
}
