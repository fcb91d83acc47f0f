import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../clock.ts';
import { startRegistrar, type LabRegistrar } from '../../registrar/registrar.ts';
import { SipClient } from '../../sip/client.ts';
import { header, serialise } from '../../sip/message.ts';
import { responseTo } from '../../sip/transaction.ts';
import { startDrachtioDouble, type DrachtioDouble } from '../double.ts';
import { srfClient, type SrfAnswer, type SrfClient } from './srf-client.ts';

interface Bench {
  readonly registrar: LabRegistrar;
  readonly double: DrachtioDouble;
  readonly srf: SrfClient;
  /** A REGISTER without Contact, digest by the client itself. */
  readonly register: (key?: string, timeoutMs?: number) => Promise<SrfAnswer | Error | null>;
}

async function bench(): Promise<Bench> {
  const registrar = await startRegistrar({ users: new Map([['1001', { keys: ['right'] }]]) });
  const double = await startDrachtioDouble({ secret: 'labsecret' });
  const srf = srfClient(double.port, 'labsecret');
  onTestFinished(async () => {
    srf.close();
    await double.close();
    await registrar.close();
  });
  await srf.connected(1);
  const aor = `sip:1001@127.0.0.1:${registrar.port}`;
  return {
    registrar,
    double,
    srf,
    register: (key = 'right', timeoutMs = 3000) =>
      srf.ask(
        `sip:127.0.0.1:${registrar.port}`,
        { method: 'REGISTER', headers: { To: aor, From: aor }, auth: { username: '1001', password: key } },
        timeoutMs,
      ),
  };
}

test.each(['frames', 'coalesced', 'bytes'] as const)(
  'the real client registers through the double, frames written as %s',
  async (delivery) => {
    const { double, register, registrar } = await bench();
    double.setDelivery(delivery);
    expect(await register()).toEqual({ status: 200, address: '127.0.0.1' });
    expect(await register('wrong')).toEqual({ status: 401, address: '127.0.0.1' });
    expect(registrar.requests.map(({ source }) => source)).toEqual(Array(4).fill(`127.0.0.1:${double.sipPort}`));
  },
);

test('the real client sends check-sync through the double to a phone', async () => {
  const { srf } = await bench();
  const events: (string | null)[] = [];
  const phone = new SipClient({
    clock: systemClock(),
    received(request, flow) {
      events.push(header(request, 'event'));
      flow.send(serialise(responseTo(request, flow, 200, 'OK')));
    },
  });
  await phone.socket.open();
  onTestFinished(() => phone.close());
  const answer = await srf.ask(`sip:1001@127.0.0.1:${phone.socket.port}`, {
    method: 'NOTIFY',
    headers: { Event: 'check-sync;reboot=false', 'Subscription-State': 'terminated;reason=timeout' },
  });
  expect(answer).toEqual({ status: 200, address: '127.0.0.1' });
  expect(events).toEqual(['check-sync;reboot=false']);
});

test('a refused request is an error, an answer of the server itself has no address', async () => {
  const { double, register } = await bench();
  double.faults.arm({}, { kind: 'nok', reason: 'requested protocol/transport not available' });
  expect(await register()).toBeInstanceOf(Error);
  double.faults.arm({}, { kind: 'local', status: 408 });
  expect(await register()).toEqual({ status: 408, address: '' });
});

test('a link cut between the two frames never calls back, and is made anew', async () => {
  const { double, register, srf } = await bench();
  double.faults.arm({}, { kind: 'cut-between' });
  expect(await register('right', 300)).toBeNull();
  await srf.connected(2);
  expect(await register()).toMatchObject({ status: 200 });
  await double.down();
  await double.up();
  await srf.connected(3);
  expect(await register()).toMatchObject({ status: 200 });
  expect(double.authentications).toEqual([true, true, true]);
});

test('a silent server says nothing, a late one says it later', async () => {
  const { double, register } = await bench();
  double.faults.arm({}, { kind: 'silent' });
  expect(await register('right', 100)).toBeNull();
  double.faults.arm({}, { kind: 'late', ms: 50 });
  expect(await register()).toMatchObject({ status: 200 });
});

test('hostports may be none or double, and the wrong secret is refused', async () => {
  const { double, register, srf } = await bench();
  const port = `udp/127.0.0.1:${double.sipPort}`;
  for (const [times, hostports] of [[], [port, port]].entries()) {
    double.setHostports(hostports);
    double.cut();
    await srf.connected(times + 2);
  }
  expect(await register()).toMatchObject({ status: 200 });
  const stranger = srfClient(double.port, 'cymru');
  onTestFinished(() => {
    stranger.close();
  });
  expect(await stranger.refused()).toContain('failed to authenticate');
});
