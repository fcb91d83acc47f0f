import { expect, test } from 'vitest';
import type { PortalRound } from '../../../schemas/portal-round.ts';
import { PORTAL_ADDRESS, scene } from './harness.ts';

const NEW_ADDRESS = '198.51.100.20';
const OLD = { domain: 'clientes.example.net', cnameTargets: [] };
const NEW = { domain: 'pagos.example.net', cnameTargets: [] };

const roundOf = (lead: typeof OLD, isAwaiting: boolean): PortalRound => ({
  at: Date.now(),
  domain: NEW.domain,
  resolvers: [],
  lead,
  awaited: isAwaiting ? { ...NEW, positive: 1, countedAt: 0, since: 0 } : null,
  checks: 3,
  findings: [],
});

test.each(['web-proxy', 'notice-server'] as const)(
  'I4: a new domain whose addresses are known is led to only after the good checks, and cuts go on meanwhile (%s)',
  async (backend) => {
    const { put, settle, accept, settled, converged, router, store, notices } = await scene({ backend });
    await put('s1', { addresses: ['100.64.0.5'] });
    await put('s2', { addresses: ['100.64.0.6'] });
    await settle({ kind: 'cutoff', id: 's1', cutoff: { reason: 'no payment' } });
    const pageOf = (address: string): string =>
      backend === 'web-proxy'
        ? (router.table('/ip/proxy/access').find({ 'src-address': address })?.['action-data'] ?? '')
        : JSON.stringify(notices.book.find(address));

    const changed = await accept({ kind: 'portal', portal: { ...NEW, addresses: [], walledGarden: [] } });
    const at = Date.now();
    const place = { use: 'portal', firstSeen: at, lastSeen: at } as const;
    const both = [
      { ...place, address: PORTAL_ADDRESS, host: OLD.domain },
      { ...place, address: NEW_ADDRESS, host: NEW.domain },
    ];
    await store.agent.recordPortalAddresses(at, both, roundOf(OLD, true));
    // Whoever is cut now is led to where notices lead, and can go there.
    expect((await settle({ kind: 'cutoff', id: 's2', cutoff: { reason: 'no payment' } })).state).toBe('verified');
    await converged();
    for (const address of ['100.64.0.5', '100.64.0.6']) expect(pageOf(address)).toContain(OLD.domain);
    for (const destination of [PORTAL_ADDRESS, NEW_ADDRESS]) {
      const packet = { protocol: 'tcp', source: '100.64.0.6', destination, destinationPort: 443 } as const;
      expect(router.probe(packet).verdict).toBe('accepted');
    }
    const operation = changed.outcome === 'accepted' ? (changed.operation?.id ?? '') : '';
    expect((await store.control.readOperation(operation))?.state).toBe('planned');

    await store.agent.recordPortalAddresses(at, both, roundOf(NEW, false));
    expect((await settled(operation)).state).toBe('verified');
    for (const address of ['100.64.0.5', '100.64.0.6']) expect(pageOf(address)).toContain(NEW.domain);
  },
);
