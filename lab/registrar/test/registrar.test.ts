import { expect, onTestFinished, test } from 'vitest';
import { manualClock, systemClock } from '../../clock.ts';
import { SipClient, type Asked } from '../../sip/client.ts';
import { header, headerLines, listed, serialise, type Header, type SipRequest } from '../../sip/message.ts';
import type { Flow, Transport } from '../../sip/socket.ts';
import { responseTo } from '../../sip/transaction.ts';
import { startRegistrar, type LabRegistrar, type LabRegistrarOptions } from '../registrar.ts';

const KEY = 'first-key-of-1001';
const HERE: Header = ['Contact', '<sip:1001@127.0.0.1:5999;ob>;expires=60;+sip.instance="<urn:uuid:1>"'];

async function registrarWith(options: Partial<LabRegistrarOptions> = {}): Promise<LabRegistrar> {
  const registrar = await startRegistrar({ users: new Map([['1001', { keys: [KEY] }]]), ...options });
  onTestFinished(() => registrar.close());
  return registrar;
}

async function clientWith(received?: (request: SipRequest, flow: Flow) => void): Promise<SipClient> {
  const client = new SipClient({ clock: systemClock(), ...(received === undefined ? {} : { received }) });
  await client.socket.open();
  onTestFinished(() => client.close());
  return client;
}

interface Register {
  readonly key?: string;
  readonly headers?: readonly Header[];
  readonly transport?: Transport;
  readonly user?: string;
  readonly username?: string;
}

async function register(client: SipClient, registrar: LabRegistrar, asked: Register = {}): Promise<Asked> {
  const user = asked.user ?? '1001';
  const uri = `sip:127.0.0.1:${registrar.port}`;
  const aor = `sip:${user}@127.0.0.1:${registrar.port}`;
  const flow = await client.socket.flowTo(asked.transport ?? 'udp', '127.0.0.1', registrar.port);
  const asking = { method: 'REGISTER', uri, from: aor, to: aor, headers: asked.headers ?? [] };
  return client.ask(flow, asking, { username: asked.username ?? user, key: asked.key ?? KEY });
}

test.each(['udp', 'tcp'] as const)(
  'a REGISTER without Contact over %s tells the bindings and changes none',
  async (transport) => {
    const registrar = await registrarWith();
    const client = await clientWith();
    expect((await register(client, registrar, { transport })).response).toMatchObject({ status: 200 });
    const bound = await register(client, registrar, { transport, headers: [HERE] });
    expect(bound.response?.status).toBe(200);
    const query = await register(client, registrar, { transport });
    expect(query.response === null ? [] : listed(query.response, 'contact')).toEqual([
      '<sip:1001@127.0.0.1:5999;ob>;expires=60;+sip.instance="<urn:uuid:1>"',
    ]);
    expect(registrar.bindings('1001')).toMatchObject([{ key: KEY, instance: '<urn:uuid:1>' }]);
    expect(registrar.requests.map(({ status }) => status)).toEqual([401, 200, 401, 200, 401, 200]);
    expect(JSON.stringify(registrar.requests)).not.toContain(KEY);
  },
);

test('expires counts down by the clock and a binding ends with it', async () => {
  const clock = manualClock();
  const registrar = await registrarWith({ clock });
  const client = await clientWith();
  await register(client, registrar, { headers: [HERE] });
  clock.advance(20_500);
  expect(registrar.bindings('1001')[0]?.expires).toBe(40);
  clock.advance(39_500);
  expect(registrar.bindings('1001')).toEqual([]);
});

test('Contact * with Expires 0 removes all, one with expires=0 itself; a short one is 423', async () => {
  const registrar = await registrarWith({ grants: { min: 30 } });
  const client = await clientWith();
  await register(client, registrar, { headers: [HERE, ['Contact', '<sip:1001@127.0.0.1:5998>']] });
  expect(registrar.bindings('1001')).toHaveLength(2);
  await register(client, registrar, { headers: [['Contact', '<sip:1001@127.0.0.1:5998>;expires=0']] });
  expect(registrar.bindings('1001')).toHaveLength(1);
  const brief = await register(client, registrar, {
    headers: [
      ['m', '<sip:1001@127.0.0.1:5998>'],
      ['Expires', '5'],
    ],
  });
  expect(brief.response?.status).toBe(423);
  expect(brief.response === null ? null : header(brief.response, 'min-expires')).toBe('30');
  await register(client, registrar, {
    headers: [
      ['Contact', '*'],
      ['Expires', '0'],
    ],
  });
  expect(registrar.bindings('1001')).toEqual([]);
});

test('the key of today is accepted at once and that of yesterday no more; both while both are set', async () => {
  const registrar = await registrarWith();
  const client = await clientWith();
  const tried = async (key: string): Promise<number | undefined> =>
    (await register(client, registrar, { key })).response?.status;
  registrar.setKeys('1001', KEY, 'second');
  expect([await tried(KEY), await tried('second')]).toEqual([200, 200]);
  registrar.setKeys('1001', 'second');
  expect([await tried(KEY), await tried('second')]).toEqual([401, 200]);
  registrar.removeUser('1001');
  expect(await tried('second')).toBe(401);
});

test.each([
  ['SHA-256 only', [{ algorithm: 'SHA-256', qop: 'auth' }]],
  [
    'SHA-512-256 before MD5',
    [
      { algorithm: 'SHA-512-256', qop: 'auth' },
      { algorithm: 'MD5', qop: 'auth' },
    ],
  ],
  ['auth-int only', [{ algorithm: 'MD5', qop: 'auth-int' }]],
  ['no qop', [{ algorithm: null, qop: null }]],
  [
    'an algorithm nobody knows before MD5',
    [
      { algorithm: 'AKAv1-MD5', qop: 'auth' },
      { algorithm: 'MD5', qop: 'auth-int,auth' },
    ],
  ],
])('challenges: %s', async (_name, challenges) => {
  const registrar = await registrarWith({ challenges, realm: 'Norte, "Sur" y Cía' });
  const client = await clientWith();
  expect((await register(client, registrar)).response?.status).toBe(200);
  expect((await register(client, registrar, { key: 'wrong' })).response?.status).toBe(401);
});

test('a digest cannot be sent again', async () => {
  const registrar = await registrarWith();
  const caught: string[] = [];
  const client = await clientWith();
  const flow = await client.socket.flowTo('udp', '127.0.0.1', registrar.port);
  const spy: Flow = {
    ...flow,
    send(bytes) {
      caught.push(bytes.toString());
      flow.send(bytes);
    },
  };
  const aor = `sip:1001@127.0.0.1:${registrar.port}`;
  await client.ask(spy, { method: 'REGISTER', uri: aor, from: aor, to: aor }, { username: '1001', key: KEY });
  const again = (caught.at(-1) ?? '').replace(/branch=\S+/, 'branch=z9hG4bKreplayed');
  flow.send(Buffer.from(again));
  expect((await registrar.untilSeen((seen) => seen.hasAuthorization && seen !== registrar.requests[1])).status).toBe(
    401,
  );
});

test('an extension is not taken by the digest of another', async () => {
  const registrar = await registrarWith({
    users: new Map([
      ['1001', { keys: [KEY], authUser: 'line-a' }],
      ['1002', { keys: ['other'] }],
    ]),
  });
  const client = await clientWith();
  expect((await register(client, registrar, { username: 'line-a' })).response?.status).toBe(200);
  expect((await register(client, registrar, { username: '1002', key: 'other' })).response?.status).toBe(403);
});

test('two lost datagrams are resent and answered once', async () => {
  const registrar = await registrarWith();
  const client = await clientWith();
  const drop = registrar.faults.arm({ times: 2 }, { kind: 'drop' });
  const from = performance.now();
  expect((await register(client, registrar)).response?.status).toBe(200);
  expect(drop.fired).toBe(2);
  expect(performance.now() - from).toBeGreaterThan(1400);
  expect(registrar.requests).toHaveLength(2);
});

test('a stale nonce is tried once more by the client, not for ever', async () => {
  const registrar = await registrarWith();
  const client = await clientWith();
  registrar.faults.arm({ hasAuthorization: true }, { kind: 'stale' });
  expect((await register(client, registrar)).response?.status).toBe(200);
  registrar.faults.arm({ hasAuthorization: true, times: Infinity }, { kind: 'stale' });
  const { response } = await register(client, registrar);
  expect(response?.status).toBe(401);
  expect(response === null ? '' : headerLines(response, 'www-authenticate')[0]).toContain('stale=true');
});

test('scripted answers, garbage, foreign branches and late answers come as scripted', async () => {
  const registrar = await registrarWith();
  const client = await clientWith();
  registrar.faults.arm({}, { kind: 'answer', status: 503, reason: 'Busy', headers: [['Retry-After', '7']] });
  const busy = (await register(client, registrar)).response;
  expect(busy).toMatchObject({ status: 503, reason: 'Busy' });
  expect(busy === null ? null : header(busy, 'retry-after')).toBe('7');
  registrar.faults.arm({}, { kind: 'wrong-branch' });
  registrar.faults.arm({ nth: 2 }, { kind: 'late', ms: 30 });
  // The first answer belongs to nobody; the retransmission brings it again as it should be.
  expect((await register(client, registrar)).response?.status).toBe(200);
  registrar.faults.arm({}, { kind: 'garbage' });
  expect((await register(client, registrar)).response?.status).toBe(200);
});

test('after too many wrong digests a user is locked out until unlocked', async () => {
  const registrar = await registrarWith();
  registrar.setLockOut(2);
  const client = await clientWith();
  const tried = async (key: string): Promise<number | undefined> =>
    (await register(client, registrar, { key })).response?.status;
  expect([await tried('x'), await tried('y'), await tried(KEY)]).toEqual([401, 401, 403]);
  registrar.unlock();
  expect(await tried(KEY)).toBe(200);
});

test('an old Asterisk deletes the binding it is asked for, FreeSWITCH refuses the question', async () => {
  const registrar = await registrarWith();
  const client = await clientWith();
  await register(client, registrar, { headers: [HERE] });
  registrar.setTrait('freeswitch');
  expect((await register(client, registrar)).response).toMatchObject({ status: 400, reason: 'Missing Contact Header' });
  expect(registrar.bindings('1001')).toHaveLength(1);
  registrar.setTrait('asterisk-old');
  expect((await register(client, registrar)).response?.status).toBe(200);
  expect(registrar.bindings('1001')).toEqual([]);
});

test('down means closed ports, up the same port with the same bindings', async () => {
  const registrar = await registrarWith();
  const client = await clientWith();
  await register(client, registrar, { headers: [HERE], transport: 'tcp' });
  const { port } = registrar;
  await registrar.down();
  const other = await clientWith();
  await expect(register(other, registrar, { transport: 'tcp' })).rejects.toThrow('ECONNREFUSED');
  await registrar.up();
  expect(registrar.port).toBe(port);
  expect((await register(other, registrar, { transport: 'tcp' })).response?.status).toBe(200);
  expect(registrar.bindings('1001')).toHaveLength(1);
});

test('a NOTIFY for an AOR or for the exact contact reaches the phone and its answer comes back, challenges too', async () => {
  const registrar = await registrarWith();
  const seen: SipRequest[] = [];
  const phone = await clientWith((request, flow) => {
    seen.push(request);
    const isChallenged = headerLines(request, 'authorization').length === 0;
    const response = isChallenged
      ? responseTo(request, flow, 401, 'Unauthorized', [
          ['WWW-Authenticate', 'Digest realm="phone", nonce="n", qop="auth"'],
        ])
      : responseTo(request, flow, 200, 'OK');
    flow.send(serialise(response));
  });
  const contact = `sip:1001-0x55@127.0.0.1:${phone.socket.port};ob`;
  await register(phone, registrar, { headers: [['Contact', `<${contact}>`]] });
  const sender = await clientWith();
  const flow = await sender.socket.flowTo('udp', '127.0.0.1', registrar.port);
  const notify = (uri: string, credential: { username: string; key: string } | null): Promise<Asked> =>
    sender.ask(
      flow,
      { method: 'NOTIFY', uri, from: 'sip:edge@127.0.0.1', to: uri, headers: [['Event', 'check-sync;reboot=false']] },
      credential,
    );
  const aor = `sip:1001@127.0.0.1:${registrar.port}`;
  expect((await notify(aor, null)).response?.status).toBe(401);
  expect((await notify(contact, { username: '1001', key: KEY })).response?.status).toBe(200);
  expect(seen.map(({ uri }) => uri)).toEqual([contact, contact, contact]);
  expect(header(seen[0] ?? { kind: 'response', status: 0, reason: '', headers: [], body: '' }, 'event')).toBe(
    'check-sync;reboot=false',
  );
  expect((await notify(`sip:1009@127.0.0.1:${registrar.port}`, null)).response?.status).toBe(404);
  expect((await notify('sip:1001@127.0.0.1:1', null)).response?.status).toBe(404);
});
