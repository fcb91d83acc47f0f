import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { describeNotify } from './contract-notify.ts';
import { at, BRIEF, credential, KEY, labRegistrar, SOON, type Harness } from './harness.ts';
import { digestOf, headerOf, scriptedUas } from './scripted-uas.ts';

const CONTACT = '<sip:1001-0x5638@192.0.2.7:5082;transport=UDP;ob>;expires=3599';
const CHALLENGE = ['WWW-Authenticate', 'Digest realm="lab", nonce="n1", qop="auth"'] as const;

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** What every SIP stack must do. It talks to real sockets: the lab's registrar, or a server that follows a script. */
export function describeSipClient({ name, open }: Harness): void {
  describe(`the ${name} stack`, () => {
    describe('a probe', () => {
      it('proves a key, and tells the bindings, in one pass of digest', async () => {
        const [client, registrar] = [await open(), await labRegistrar()];
        expect(await client.probe(at(registrar), credential(), SOON)).toEqual({
          kind: 'valid',
          status: 200,
          bindings: [],
          algorithm: 'MD5',
        });
        expect(registrar.requests.map(({ method, status, hasContact }) => [method, status, hasContact])).toEqual([
          ['REGISTER', 401, false],
          ['REGISTER', 200, false],
        ]);
      });

      it('is a REGISTER of its own kind: no Contact, the AOR, one Call-ID and tag, CSeq 1 and 2, our User-Agent', async () => {
        const client = await open();
        const uas = await scriptedUas((_, nth) =>
          nth === 1 ? { status: 401, headers: [CHALLENGE] } : { status: 200 },
        );
        await client.probe({ ...at(uas), domainPort: 5065 }, credential(KEY, '1001', 'auth-1001'), SOON);
        const [first, second] = uas.seen;
        expect(uas.seen).toHaveLength(2);
        for (const request of [first, second]) {
          expect(request?.uri).toBe('sip:sip.lab.test:5065');
          expect(headerOf(request, 'contact')).toEqual([]);
          expect(headerOf(request, 'to')).toEqual(['<sip:1001@sip.lab.test>']);
          expect(headerOf(request, 'from')[0]).toMatch(/^<sip:1001@sip\.lab\.test>;tag=\w+$/);
          expect(headerOf(request, 'user-agent')).toEqual(['wisp-edge']);
          expect(headerOf(request, 'via')).toHaveLength(1);
          expect(headerOf(request, 'via')[0]).toContain('rport');
          expect(headerOf(request, 'max-forwards')).toEqual(['70']);
        }
        expect(headerOf(first, 'cseq')).toEqual(['1 REGISTER']);
        expect(headerOf(second, 'cseq')).toEqual(['2 REGISTER']);
        expect(headerOf(second, 'call-id')).toEqual(headerOf(first, 'call-id'));
        expect(headerOf(second, 'from')).toEqual(headerOf(first, 'from'));
        expect(headerOf(second, 'via')).not.toEqual(headerOf(first, 'via'));
        const digest = digestOf(second);
        const a1 = md5(`auth-1001:lab:${KEY}`);
        const a2 = md5('REGISTER:sip:sip.lab.test:5065');
        expect(digest.get('response')).toBe(md5(`${a1}:n1:00000001:${digest.get('cnonce') ?? ''}:auth:${a2}`));
      });

      it('uses another Call-ID and tag each time', async () => {
        const client = await open();
        const uas = await scriptedUas(() => ({ status: 200 }));
        await client.probe(at(uas), credential(), SOON);
        await client.probe(at(uas), credential(), SOON);
        expect(new Set(uas.seen.map((request) => headerOf(request, 'call-id')[0])).size).toBe(2);
      });

      it('reads several Contacts, in one header and in two, with their instance and expiry', async () => {
        const client = await open();
        const uas = await scriptedUas(() => ({
          status: 200,
          headers: [
            ['Contact', `"Doe, J <x>" ${CONTACT};+sip.instance="<urn:uuid:5>";q=0.3, <sip:b@192.0.2.8>;expires=60`],
            ['Contact', 'sip:c@192.0.2.9;expires=7'],
          ],
        }));
        expect(await client.probe(at(uas), credential(), SOON)).toEqual({
          kind: 'valid',
          status: 200,
          bindings: [
            { contact: 'sip:1001-0x5638@192.0.2.7:5082;transport=UDP;ob', expires: 3599, instance: '<urn:uuid:5>' },
            { contact: 'sip:b@192.0.2.8', expires: 60, instance: null },
            { contact: 'sip:c@192.0.2.9', expires: 7, instance: null },
          ],
          algorithm: null,
        });
      });

      it('finds a wrong key and an unknown user refused, by one digest each', async () => {
        const [client, registrar] = [await open(), await labRegistrar()];
        const wrong = await client.probe(at(registrar), credential('wrong'), SOON);
        expect(wrong).toEqual({ kind: 'refused', status: 401, algorithm: 'MD5' });
        expect(registrar.requests).toHaveLength(2);
        const unknown = await client.probe(at(registrar), credential(KEY, '1999'), SOON);
        expect(unknown).toEqual({ kind: 'refused', status: 401, algorithm: 'MD5' });
      });

      it('asks no second time when a refusal brings the nonce it knew', async () => {
        const client = await open();
        const uas = await scriptedUas(() => ({ status: 401, headers: [CHALLENGE] }));
        expect((await client.probe(at(uas), credential(), SOON)).kind).toBe('refused');
        expect(uas.seen).toHaveLength(2);
      });

      it.each([
        ['SHA-256', [{ algorithm: 'SHA-256', qop: 'auth' }]],
        ['SHA-512-256', [{ algorithm: 'SHA-512-256', qop: 'auth' }]],
        ['MD5-sess', [{ algorithm: 'MD5-sess', qop: 'auth' }]],
        ['MD5', [{ algorithm: 'MD5', qop: 'auth-int,auth' }]],
        ['MD5', [{ algorithm: null, qop: 'auth-int' }]],
        ['MD5', [{ algorithm: null, qop: null }]],
      ])('proves a key by %s as %j', async (algorithm, challenges) => {
        const [client, registrar] = [await open(), await labRegistrar({ challenges })];
        expect(await client.probe(at(registrar), credential(), SOON)).toMatchObject({ kind: 'valid', algorithm });
        expect(await client.probe(at(registrar), credential('wrong'), SOON)).toMatchObject({
          kind: 'refused',
          algorithm,
        });
      });

      it('answers the topmost of two challenges that it knows', async () => {
        const forms = [
          { algorithm: 'SHA3-512', qop: 'auth' },
          { algorithm: 'SHA-256', qop: 'auth' },
          { algorithm: 'MD5', qop: 'auth' },
        ];
        const [client, registrar] = [await open(), await labRegistrar({ challenges: forms })];
        expect(await client.probe(at(registrar), credential(), SOON)).toMatchObject({
          kind: 'valid',
          algorithm: 'SHA-256',
        });
        registrar.setChallenges(...forms.toReversed());
        expect(await client.probe(at(registrar), credential(), SOON)).toMatchObject({
          kind: 'valid',
          algorithm: 'MD5',
        });
      });

      it('calls an algorithm it does not know unsupported, never a wrong key', async () => {
        const [client, registrar] = [await open(), await labRegistrar()];
        registrar.setChallenges({ algorithm: 'AKAv1-MD5', qop: 'auth' });
        expect(await client.probe(at(registrar), credential('wrong'), SOON)).toEqual({
          kind: 'unsupported',
          status: null,
          detail: 'digest AKAv1-MD5 auth',
        });
        const uas = await scriptedUas(() => ({ status: 401 }));
        expect(await client.probe(at(uas), credential(), SOON)).toMatchObject({ kind: 'unsupported', status: 401 });
      });

      it.each(['a,b', 'say "hi"', 'back\\slash', 'ñandú', ''])('takes the realm %j', async (realm) => {
        const [client, registrar] = [await open(), await labRegistrar({ realm })];
        expect(await client.probe(at(registrar), credential(), SOON)).toMatchObject({ kind: 'valid' });
      });

      it('answers a stale nonce once more', async () => {
        const [client, registrar] = [await open(), await labRegistrar()];
        registrar.faults.arm({ hasAuthorization: true }, { kind: 'stale' });
        expect(await client.probe(at(registrar), credential(), SOON)).toMatchObject({ kind: 'valid' });
      });

      it('sends no second digest of a refused key, whatever nonce comes with the refusal', async () => {
        const client = await open();
        const uas = await scriptedUas((_, nth) => ({
          status: 401,
          headers: [['WWW-Authenticate', `Digest realm="lab", nonce="n${nth}"`]],
        }));
        expect((await client.probe(at(uas), credential(), SOON)).kind).toBe('refused');
        expect(uas.seen).toHaveLength(2);
      });

      it('answers a proxy’s challenge and the registrar’s', async () => {
        const client = await open();
        const uas = await scriptedUas((request) => {
          if (headerOf(request, 'proxy-authorization').length === 0) {
            return { status: 407, headers: [['Proxy-Authenticate', 'Digest realm="proxy", nonce="p", qop="auth"']] };
          }
          return headerOf(request, 'authorization').length === 0
            ? { status: 401, headers: [CHALLENGE] }
            : { status: 200 };
        });
        expect(await client.probe(at(uas), credential(), SOON)).toMatchObject({ kind: 'valid', algorithm: 'MD5' });
        const last = uas.seen[2];
        // The proxy's nonce is used a second time, and counted.
        expect(digestOf(last, 'proxy-authorization').get('nc')).toBe('00000002');
        expect(digestOf(last).get('nc')).toBe('00000001');
      });

      it.each([
        [403, [], { kind: 'locked', status: 403, retryAfterSeconds: null, algorithm: null }],
        [429, [], { kind: 'locked', status: 429, retryAfterSeconds: null, algorithm: null }],
        [
          503,
          [['Retry-After', '120 (overload)']],
          { kind: 'locked', status: 503, retryAfterSeconds: 120, algorithm: null },
        ],
        [423, [['Min-Expires', '60']], { kind: 'unsupported', status: 423, detail: '423 Scripted' }],
        [400, [], { kind: 'unsupported', status: 400, detail: '400 Scripted' }],
        [302, [], { kind: 'unsupported', status: 302, detail: '302 Scripted' }],
        [500, [], { kind: 'unreachable', detail: '500 Scripted' }],
      ] as const)('reads %i', async (status, headers, answer) => {
        const client = await open();
        const uas = await scriptedUas(() => ({ status, headers }));
        expect(await client.probe(at(uas), credential(), SOON)).toEqual(answer);
      });

      it('tells a 403 that followed our digest from one before it', async () => {
        const [client, registrar] = [await open(), await labRegistrar()];
        registrar.setTrait('forbids');
        expect(await client.probe(at(registrar), credential('wrong'), SOON)).toEqual({
          kind: 'locked',
          status: 403,
          retryAfterSeconds: null,
          algorithm: 'MD5',
        });
        expect(await client.probe(at(registrar), credential(), SOON)).toMatchObject({ kind: 'valid' });
      });

      it('judges no key by a nonce that is called stale again and again', async () => {
        const [client, registrar] = [await open(), await labRegistrar()];
        registrar.faults.arm({ hasAuthorization: true, times: Infinity }, { kind: 'stale' });
        expect(await client.probe(at(registrar), credential(), SOON)).toMatchObject({ kind: 'indeterminate' });
        expect(registrar.requests).toHaveLength(3);
      });

      it('passes over a provisional answer', async () => {
        const client = await open();
        const uas = await scriptedUas((request, nth) => {
          const via = headerOf(request, 'via')[0] ?? '';
          const lines = ['From', 'To', 'Call-ID', 'CSeq'].map(
            (each) => `${each}: ${headerOf(request, each.toLowerCase())[0] ?? ''}`,
          );
          const of = (line: string): string =>
            [line, `Via: ${via}`, ...lines, 'Content-Length: 0', '', ''].join('\r\n');
          return nth === 1 ? { raw: of('SIP/2.0 100 Trying') } : { status: 200 };
        });
        const answer = client.probe(at(uas), credential(), BRIEF);
        expect(await answer).toMatchObject({ kind: 'unreachable' });
      });

      it('goes over TCP', async () => {
        const [client, registrar] = [await open(), await labRegistrar()];
        expect(await client.probe(at(registrar, 'tcp'), credential(), SOON)).toMatchObject({ kind: 'valid' });
        expect(new Set(registrar.requests.map(({ transport }) => transport))).toEqual(new Set(['tcp']));
      });

      it('is sent again when datagrams are lost', async () => {
        const [client, registrar] = [await open(), await labRegistrar()];
        registrar.faults.arm({ times: 2 }, { kind: 'drop' });
        registrar.faults.arm({ hasAuthorization: true }, { kind: 'no-answer' });
        expect(await client.probe(at(registrar), credential(), SOON)).toMatchObject({ kind: 'valid' });
        // Retransmissions are not requests of their own.
        expect(registrar.requests).toHaveLength(2);
      });

      it('ends at its own deadline in a black hole', async () => {
        const [client, registrar] = [await open(), await labRegistrar()];
        registrar.faults.blackHole();
        const from = performance.now();
        expect(await client.probe(at(registrar), credential(), BRIEF)).toEqual({
          kind: 'unreachable',
          detail: 'no answer within 400 ms',
        });
        expect(performance.now() - from).toBeLessThan(2000);
      });

      it('calls a port where nobody listens unreachable, long before the deadline over TCP', async () => {
        const [client, registrar] = [await open(), await labRegistrar()];
        const place = at(registrar, 'tcp');
        await registrar.down();
        expect(await client.probe(place, credential(), SOON)).toMatchObject({ kind: 'unreachable' });
      });

      it('is deaf to garbage and to answers that are not its own', async () => {
        const [client, registrar] = [await open(), await labRegistrar()];
        registrar.faults.arm({}, { kind: 'garbage' });
        registrar.faults.arm({ nth: 2 }, { kind: 'wrong-branch' });
        expect(await client.probe(at(registrar), credential(), BRIEF)).toMatchObject({ kind: 'unreachable' });
        registrar.faults.clear();
        expect(await client.probe(at(registrar), credential(), SOON)).toMatchObject({ kind: 'valid' });
      });

      it('stops when it is told to', async () => {
        const [client, registrar] = [await open(), await labRegistrar()];
        registrar.faults.blackHole();
        const stop = new AbortController();
        const probing = client.probe(at(registrar), credential(), { ...SOON, signal: stop.signal });
        stop.abort();
        await expect(probing).rejects.toMatchObject({ code: 'aborted' });
        await expect(client.probe(at(registrar), credential(), { ...SOON, signal: stop.signal })).rejects.toMatchObject(
          {
            code: 'aborted',
          },
        );
      });

      it('keeps many apart at once', async () => {
        const users = new Map(Array.from({ length: 16 }, (_, i) => [`2${i}`, { keys: [`key-${i}`] }]));
        const [client, registrar] = [await open(), await labRegistrar({ users })];
        const answers = await Promise.all(
          [...users].map(([number], i) =>
            client.probe(at(registrar), credential(i % 2 === 0 ? `key-${i}` : 'wrong', number), SOON),
          ),
        );
        expect(answers.map(({ kind }) => kind)).toEqual(answers.map((_, i) => (i % 2 === 0 ? 'valid' : 'refused')));
      });

      it.each(['\r\nX-Evil: 1', '\n', '\0'])('sends nothing when a field has %j in it', async (bad) => {
        const client = await open();
        const uas = await scriptedUas(() => ({ status: 200 }));
        const place = at(uas);
        const refused = { code: 'sip-protocol' };
        for (const given of [credential(`k${bad}`), credential(KEY, `1${bad}`), credential(KEY, '1', `u${bad}`)]) {
          await expect(client.probe(place, given, SOON)).rejects.toMatchObject(refused);
        }
        await expect(client.probe({ ...place, domain: `d${bad}` }, credential(), SOON)).rejects.toMatchObject(refused);
        await expect(client.probe({ ...place, host: `h${bad}` }, credential(), SOON)).rejects.toMatchObject(refused);
        expect(uas.seen).toEqual([]);
      });
    });

    describeNotify(open);
  });
}
