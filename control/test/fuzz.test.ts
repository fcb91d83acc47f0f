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

const number = fc.constantFrom('1001', '1002', '9');
const key = fc.oneof(text, fc.constantFrom('Zk3vQ9', '%NULL%'));
const extension = fc.record(
  {
    registrar: mostly(fc.constantFrom('iplan', 'other')),
    displayName: mostly(text),
    owner: mostly(fc.constantFrom('isp', 'customer', 'comodato')),
    authUser: mostly(text),
    email: mostly(fc.emailAddress()),
    site: mostly(text),
    sipKey: mostly(key),
  },
  { requiredKeys: ['registrar', 'displayName', 'owner'] },
);
const phone = fc.record(
  {
    vendor: mostly(fc.constantFrom('yealink', 'snom', 'grandstream', 'panasonic', 'mitel', 'alcatel')),
    model: mostly(text),
    lines: mostly(fc.array(mostly(fc.record({ extension: mostly(number) })), { maxLength: 18 })),
    label: mostly(text),
  },
  { requiredKeys: ['vendor', 'lines'] },
);
const rotation = fc.record(
  {
    extensions: mostly(fc.array(mostly(number), { maxLength: 3 })),
    newKeys: mostly(fc.dictionary(fc.oneof(number, text, fc.constant('__proto__')), mostly(key))),
    batch: mostly(fc.record({ canary: mostly(fc.nat()), wave: mostly(fc.nat()) })),
    reason: mostly(text),
  },
  { requiredKeys: ['extensions', 'reason'] },
);

const sheetCell = fc.oneof(text, number, fc.constantFrom('yealink', 'iplan', 'comodato', 'DELEGAR', 'establish', '1'));
const sheetRow = fc.record(
  {
    mac: mostly(fc.constantFrom('aabbcc001122', 'AA:BB:CC:00:11:23', '1,0E+11')),
    ...{ vendor: mostly(sheetCell), model: mostly(sheetCell), line: mostly(sheetCell), serial: mostly(sheetCell) },
    ...{
      extension: mostly(number),
      displayName: mostly(sheetCell),
      owner: mostly(sheetCell),
      email: mostly(sheetCell),
    },
    ...{
      registrar: mostly(sheetCell),
      webAccess: mostly(sheetCell),
      softphone: mostly(sheetCell),
      sipKey: mostly(key),
    },
  },
  { requiredKeys: [] },
);

test('no file makes POST /v1/phones/import a 500', async () => {
  const site = await testSite();
  const headings = fc.constantFrom(
    'mac',
    'interno',
    'marca',
    'nombre',
    'dueño',
    'correo',
    'clave web',
    'clave sip',
    'x',
  );
  const csv = fc
    .tuple(fc.array(headings, { maxLength: 6 }), fc.array(fc.array(sheetCell, { maxLength: 6 }), { maxLength: 4 }))
    .map(([head, rows]) => [head, ...rows].map((cells) => cells.join(';')).join('\n'));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        csv.map((one) => Buffer.from(one)),
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      ),
      async (raw) => {
        const headers = { 'content-type': 'text/csv' };
        const answer = await site.call('POST', '/v1/phones/import?allow=comodato,customer', { raw, headers });
        expect(answer.status).toBeLessThan(500);
      },
    ),
    RUNS,
  );
}, 60_000);

test.each([
  ['POST', '/v1/phones/import', fc.record({ rows: mostly(fc.array(mostly(sheetRow), { maxLength: 4 })) })],
  ['PUT', '/v1/extensions/1001', extension],
  ['PUT', '/v1/phones/aabbcc001122', phone],
  ['POST', '/v1/extensions/1001/validate', fc.record({ sipKey: mostly(key) }, { requiredKeys: [] })],
  ['POST', '/v1/rotations', rotation],
  ['PUT', '/v1/rotations/rot-1/keys/1001', fc.record({ sipKey: mostly(key) })],
] as const)(
  'no body makes %s %s a 500',
  async (method, path, body) => {
    const site = await testSite();
    for (const each of ['1001', '1002']) {
      await site.put(`/v1/extensions/${each}`, { registrar: 'iplan', displayName: 'x', owner: 'isp' });
    }
    await fc.assert(
      fc.asyncProperty(mostly<unknown>(body), async (document) => {
        const answer = await site.call(method, path, { body: document });
        expect(answer.status).toBeLessThan(500);
      }),
      RUNS,
    );
  },
  60_000,
);

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
      fc.constantFrom(
        ...['subscribers', 'routers', 'operations', 'events', 'audit', 'notices', 'phones', 'extensions', 'rotations'],
      ),
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
