import { describe, expect, it } from 'vitest';
import { at, BRIEF, credential, phoneAt, SOON, type Harness } from './harness.ts';
import { digestOf, headerOf, scriptedUas, type ScriptedUas } from './scripted-uas.ts';
import { digestResponse } from '../../../lab/sip/digest.ts';

const EVENT = 'check-sync;reboot=false';

/** A phone that challenges NOTIFY and knows one key, as snom's challenge_checksync. */
async function challengingPhone(key: string): Promise<ScriptedUas> {
  return scriptedUas((request, nth) => {
    const given = digestOf(request);
    const field = (name: string): string => given.get(name) ?? '';
    const right = digestResponse({
      algorithm: 'MD5',
      username: '1001',
      realm: 'phone',
      key,
      method: 'NOTIFY',
      uri: request.uri,
      nonce: field('nonce'),
      qop: 'auth',
      nc: field('nc'),
      cnonce: field('cnonce'),
      body: '',
    });
    if (given.size > 0 && field('response') === right) return { status: 200 };
    const challenge = `Digest realm="phone", nonce="n${nth}", algorithm=MD5, qop="auth"`;
    return { status: 401, headers: [['WWW-Authenticate', challenge]] };
  });
}

/** The NOTIFY half of the contract. */
export function describeNotify(open: Harness['open']): void {
  describe('a NOTIFY', () => {
    it('goes to the exact Contact, with the whole Event and a Contact of ours', async () => {
      const client = await open();
      const uas = await scriptedUas(() => ({ status: 200 }));
      const target = phoneAt(uas.port);
      expect(await client.notify(target, EVENT, [], SOON)).toEqual({
        kind: 'received',
        status: 200,
        wasChallenged: false,
      });
      const [request] = uas.seen;
      expect(request?.method).toBe('NOTIFY');
      expect(request?.uri).toBe(target.contact);
      expect(headerOf(request, 'event')).toEqual([EVENT]);
      expect(headerOf(request, 'subscription-state')).toEqual(['terminated;reason=timeout']);
      expect(headerOf(request, 'contact')[0]).toMatch(/^<sip:wisp-edge@127\.0\.0\.1:\d+>$/);
      expect(headerOf(request, 'to')).toEqual(['<sip:1001@sip.lab.test>']);
      expect(headerOf(request, 'cseq')).toEqual(['1 NOTIFY']);
      expect(headerOf(request, 'content-length')).toEqual(['0']);
    });

    it('goes by way of the registrar, to the AOR or to the exact Contact', async () => {
      const client = await open();
      const uas = await scriptedUas(() => ({ status: 202 }));
      const contact = 'sip:1001-0x5638@192.0.2.7:5082;transport=UDP;ob;X-Case=KEPT';
      const target = { registrar: at(uas), number: '1001', route: 'registrar' } as const;
      expect(await client.notify({ ...target, contact: null }, 'resync', [], SOON)).toMatchObject({ kind: 'received' });
      expect(await client.notify({ ...target, contact }, 'resync', [], SOON)).toMatchObject({ kind: 'received' });
      expect(uas.seen.map(({ uri }) => uri)).toEqual(['sip:1001@sip.lab.test', contact]);
    });

    it('goes over TCP where the Contact says so', async () => {
      const client = await open();
      const uas = await scriptedUas(() => ({ status: 200 }));
      expect(await client.notify(phoneAt(uas.port, 'tcp'), EVENT, [], SOON)).toMatchObject({ kind: 'received' });
      expect(headerOf(uas.seen[0], 'via')[0]).toMatch(/^SIP\/2\.0\/TCP /);
    });

    it('answers a challenge with the old key first, then the new', async () => {
      const client = await open();
      const keys = [credential('old'), credential('new')];
      const before = await challengingPhone('old');
      expect(await client.notify(phoneAt(before.port), EVENT, keys, SOON)).toEqual({
        kind: 'received',
        status: 200,
        wasChallenged: true,
      });
      expect(before.seen).toHaveLength(2);
      const after = await challengingPhone('new');
      expect(await client.notify(phoneAt(after.port), EVENT, keys, SOON)).toMatchObject({ kind: 'received' });
      expect(after.seen).toHaveLength(3);
      expect(after.seen.map((request) => headerOf(request, 'event')[0])).toEqual([EVENT, EVENT, EVENT]);
    });

    it('is refused when no key is good, each tried once', async () => {
      const client = await open();
      const phone = await challengingPhone('another');
      const keys = [credential('old'), credential('new')];
      expect(await client.notify(phoneAt(phone.port), EVENT, keys, SOON)).toEqual({ kind: 'refused', status: 401 });
      expect(phone.seen).toHaveLength(3);
      expect(await client.notify(phoneAt(phone.port), EVENT, [], SOON)).toEqual({ kind: 'refused', status: 401 });
    });

    it('gives a proxy no digest: it is no phone, and none of our keys is for it', async () => {
      const client = await open();
      const uas = await scriptedUas(() => ({
        status: 407,
        headers: [['Proxy-Authenticate', 'Digest realm="proxy", nonce="p", qop="auth"']],
      }));
      const target = { registrar: at(uas), number: '1001', contact: null, route: 'registrar' } as const;
      const keys = [credential('old'), credential('new')];
      expect(await client.notify(target, EVENT, keys, SOON)).toEqual({ kind: 'not-told', status: 407 });
      expect(uas.seen).toHaveLength(1);
    });

    it.each([
      [403, 'registrar', { kind: 'locked', status: 403, retryAfterSeconds: 30 }],
      [429, 'registrar', { kind: 'locked', status: 429, retryAfterSeconds: 30 }],
      [503, 'registrar', { kind: 'locked', status: 503, retryAfterSeconds: 30 }],
      [403, 'direct', { kind: 'refused', status: 403 }],
      [503, 'direct', { kind: 'unreachable', detail: '503 Scripted' }],
    ] as const)('that is answered %i by way of: %s', async (status, route, answer) => {
      const client = await open();
      const uas = await scriptedUas(() => ({ status, headers: [['Retry-After', '30']] }));
      const target =
        route === 'direct'
          ? phoneAt(uas.port)
          : ({ registrar: at(uas), number: '1001', contact: null, route } as const);
      expect(await client.notify(target, EVENT, [], SOON)).toEqual(answer);
    });

    it.each([
      [481, 'not-taken'],
      [489, 'not-taken'],
      [405, 'not-taken'],
      [404, 'not-registered'],
      [480, 'not-registered'],
    ])('that is answered %i is %s', async (status, kind) => {
      const client = await open();
      const uas = await scriptedUas(() => ({ status }));
      expect(await client.notify(phoneAt(uas.port), EVENT, [], SOON)).toEqual({ kind, status });
    });

    it('to a phone that is gone ends at the deadline', async () => {
      const client = await open();
      const uas = await scriptedUas(() => null);
      expect(await client.notify(phoneAt(uas.port), EVENT, [], BRIEF)).toMatchObject({ kind: 'unreachable' });
    });

    it('is not sent to what is no SIP URI, nor over what we do not speak', async () => {
      const client = await open();
      for (const contact of ['tel:+59811', 'sip:x@h;transport=ws', 'sip:x@127.0.0.1?Route=evil', 'sip:x y@h']) {
        expect(await client.notify({ ...phoneAt(9), contact }, EVENT, [], SOON)).toMatchObject({
          kind: 'unsupported',
          status: null,
        });
      }
    });

    it.each(['\r\nX-Evil: 1', '\r'])('sends nothing when a field has %j in it', async (bad) => {
      const client = await open();
      const uas = await scriptedUas(() => ({ status: 200 }));
      const target = phoneAt(uas.port);
      const refused = { code: 'sip-protocol' };
      await expect(client.notify(target, `check-sync${bad}`, [], SOON)).rejects.toMatchObject(refused);
      await expect(client.notify({ ...target, number: `1${bad}` }, EVENT, [], SOON)).rejects.toMatchObject(refused);
      await expect(
        client.notify({ ...target, contact: `${target.contact ?? ''}${bad}` }, EVENT, [], SOON),
      ).rejects.toMatchObject(refused);
      await expect(client.notify(target, EVENT, [credential(`k${bad}`)], SOON)).rejects.toMatchObject(refused);
      expect(uas.seen).toEqual([]);
    });
  });
}
