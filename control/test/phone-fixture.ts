import type { Reply, TestSite } from './test-site.ts';

/** A key that must never be seen again after it was sent. */
export const KEY = 'geheim-Zk3vQ9mT7x';
export const NEW_KEY = 'geheim-pT4wX8sK2m';
export const MAC = 'aabbcc001122';

export const RECEPTION = { registrar: 'iplan', displayName: 'Recepción', owner: 'comodato' };
export const YEALINK = { vendor: 'yealink', lines: [{ extension: '1001' }] };

/** Extension 1001 with its key, on an enrolled Yealink. */
export async function withPhone(site: TestSite): Promise<void> {
  await site.put('/v1/extensions/1001', { ...RECEPTION, sipKey: KEY });
  await site.put(`/v1/phones/${MAC}`, YEALINK);
  await site.call('POST', `/v1/phones/${MAC}/enrol`);
}

/** The phone fetches its lines whole, with its newest token. */
export async function fetchWhole(site: TestSite, mac = MAC): Promise<void> {
  const [served] = await site.other.provisioner.servedPhones({ macs: [mac], extensions: [] });
  const token = served?.tokens.find(({ kind }) => kind === 'provisioning');
  if (token === undefined) throw new Error('the phone is not enrolled');
  await site.other.provisioner.recordFetches([
    {
      mac,
      at: site.now,
      file: `${mac}.cfg`,
      sha256: '0'.repeat(64),
      tokenHash: token.hash,
      address: '192.0.2.20',
      userAgent: 'Yealink SIP-T31P 124.86.0.75',
      isWhole: true,
      revision: null,
    },
  ]);
}

/** Status and problem code of a refusal. */
export function refusalOf({ status, body }: Reply): readonly [number, string] {
  return [status, String(body['type']).replace('urn:wisp-edge:problem:', '')];
}

/** Everything that control ever said or kept in the open: the journal and the log. */
export async function everythingSaid(site: TestSite): Promise<string> {
  const pages = await Promise.all(
    [
      '/v1/events?limit=1000',
      '/v1/audit?limit=1000',
      '/v1/site',
      '/metrics',
      '/v1/phones',
      '/v1/extensions',
      '/v1/rotations',
    ].map((path) => site.call('GET', path)),
  );
  return `${pages.map(({ text }) => text).join('\n')}${site.log.join('')}`;
}
