import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ANA, testSite } from './test-site.ts';

const RUNS = { numRuns: 150 };

/** A value of a document, or anything else in its place. */
function mostly<Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 4, arbitrary }, { weight: 1, arbitrary: fc.jsonValue() });
}

// Whole code points: encodeURIComponent refuses half a surrogate pair.
const text = fc.string({ unit: 'binary', maxLength: 40 });
const address = fc.oneof(
  fc.ipV4(),
  fc.ipV4Extended(),
  fc.ipV6(),
  fc.tuple(fc.ipV4(), fc.nat(40)).map(([ip, length]) => `${ip}/${String(length)}`),
);
const instant = fc.oneof(
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom('2026-02-30T00:00:00Z', '2026-03-01T08:00:00', '9999-12-31T23:59:59+23:59'),
);
const url = fc.oneof(fc.webUrl({ withQueryParameters: true }), text);
const subscriber = fc.record(
  {
    name: mostly(text),
    router: mostly(fc.constantFrom('r0', 'r1', 'r9')),
    addresses: mostly(fc.array(address, { maxLength: 4 })),
    ppp: mostly(text),
    mac: mostly(fc.constantFrom('AA:BB:CC:00:11:22', 'aabb.cc00.1122', 'x')),
    autoCut: mostly(fc.boolean()),
    ['__proto__']: fc.jsonValue(),
  },
  { requiredKeys: ['name', 'router', 'addresses'] },
);
const cutoff = fc.record(
  { reason: mostly(text), url: mostly(url), notBefore: mostly(instant), notAfter: mostly(instant) },
  { requiredKeys: [] },
);
const notice = fc.record(
  { text: mostly(text), url: mostly(url), start: mostly(instant), end: mostly(instant), once: mostly(fc.boolean()) },
  { requiredKeys: [] },
);
const portal = fc.record(
  {
    domain: mostly(fc.domain()),
    cnameTargets: mostly(fc.array(fc.domain())),
    addresses: mostly(fc.array(address)),
    walledGarden: mostly(fc.array(fc.oneof(fc.domain(), text))),
  },
  { requiredKeys: ['domain'] },
);
const row = fc
  .tuple(subscriber, mostly(fc.stringMatching(/^[A-Za-z0-9._~-]{1,8}$/)), mostly(cutoff), mostly(notice))
  .map(([fields, id, cut, custom]) => ({ ...fields, id, cutoff: cut, notices: { custom } }));
const snapshot = fc.record({
  generation: mostly(fc.nat()),
  takenAt: mostly(instant),
  subscribers: mostly(fc.array(row, { maxLength: 5 })),
});

test.each([
  ['/v1/subscribers/s6', subscriber],
  ['/v1/subscribers/s5/cutoff', cutoff],
  ['/v1/subscribers/s5/notices/custom', notice],
  ['/v1/portal', portal],
  ['/v1/desired-state', snapshot],
] as const)(
  'no body makes PUT %s a 500',
  async (path, body) => {
    const site = await testSite();
    await site.put('/v1/subscribers/s5', ANA);
    await fc.assert(
      fc.asyncProperty(mostly<unknown>(body), async (document) => {
        const answer = await site.put(path, document);
        expect(answer.status).toBeLessThan(500);
      }),
      RUNS,
    );
  },
  60_000,
);

test('no path, query or header makes a 500', async () => {
  const site = await testSite();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'PUT', 'DELETE', 'POST', 'PATCH'),
      fc.constantFrom('subscribers', 'routers', 'operations', 'events', 'audit', 'notices'),
      text,
      text,
      text,
      async (method, noun, id, query, header) => {
        const path = `/v1/${noun}/${encodeURIComponent(id)}?after=${encodeURIComponent(query)}`;
        const plain = header.replace(/[^\x20-\x7e]/g, '');
        const headers = { 'if-match': plain, 'idempotency-key': plain, prefer: plain, 'content-type': plain };
        const answer = await site.call(method, path, { headers });
        expect(answer.status).toBeLessThan(500);
      },
    ),
    RUNS,
  );
});
