import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Secret } from '../../../schemas/secret.ts';
import type { ProbeAnswer } from '../../ports.ts';
import { describeSipClient } from './contract.ts';
import { clientOf, linked, startDouble, untilReady } from './drachtio-server.ts';
import { at, BRIEF, credential, labRegistrar, SOON } from './harness.ts';
import { scriptedUas } from './scripted-uas.ts';
import { openWatched } from './watched-client.ts';

// The hardest of the ways in which frames arrive; the others are in drachtio-frames.peer.test.ts.
describeSipClient({
  name: 'drachtio',
  open: async () => {
    const { double, client } = await linked();
    double.setDelivery('coalesced');
    return client;
  },
});

describe('the link to drachtio-server', () => {
  it.each(['cut-between', 'cut-before', 'silent'] as const)(
    '%s: nothing is known of what was in flight',
    async (kind) => {
      const { double, client } = await linked();
      const registrar = await labRegistrar();
      double.faults.arm({ nth: 2 }, { kind });
      const deadline = kind === 'silent' ? BRIEF : SOON;
      expect(await client.probe(at(registrar), credential(), deadline)).toMatchObject({ kind: 'indeterminate' });
      await untilReady(client);
      expect(await client.probe(at(registrar), credential(), SOON)).toMatchObject({ kind: 'valid' });
    },
  );

  it('lost with many in flight ends them all at once, as indeterminate', async () => {
    const { double, client } = await linked();
    const uas = await scriptedUas(() => null);
    const probing = Array.from({ length: 16 }, () => client.probe(at(uas), credential(), SOON));
    await expect.poll(() => uas.seen.length).toBeGreaterThanOrEqual(16);
    double.cut();
    const answers = await Promise.all(probing);
    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['indeterminate']));
    expect(client.readiness().isReady).toBe(false);
  });

  it('is made again by itself, and a probe meanwhile is indeterminate', async () => {
    const { double, client } = await linked();
    const registrar = await labRegistrar();
    await double.down();
    await expect.poll(() => client.readiness().isReady).toBe(false);
    expect(await client.probe(at(registrar), credential(), SOON)).toMatchObject({ kind: 'indeterminate' });
    expect(client.readiness().detail).toContain('sip-unavailable');
    await double.up();
    await untilReady(client);
    expect(await client.probe(at(registrar), credential(), SOON)).toMatchObject({ kind: 'valid' });
  });

  it('comes up once the server does', async () => {
    const double = await startDouble();
    await double.down();
    const client = clientOf(double);
    await expect.poll(() => client.readiness().detail).toContain('ECONNREFUSED');
    await double.up();
    await untilReady(client);
  });

  it('ends for good at a wrong secret, and says so without it', async () => {
    const double = await startDouble();
    const client = clientOf(double, 'wrong secret');
    await expect.poll(() => client.readiness().detail).toContain('sip-drachtio-refused');
    expect(client.readiness().detail).not.toContain('wrong secret');
    // A second try would come 255 ms later at most.
    await expect(double.untilLinked(1, 600)).rejects.toThrow();
    expect(double.connections).toBe(1);
    expect(await client.probe(at({ port: 9 }), credential(), SOON)).toMatchObject({ kind: 'indeterminate' });
  });

  it('is closed for good, while it is up and while it waits to reconnect', async () => {
    const { double, client } = await linked();
    await client.close();
    expect(client.readiness()).toEqual({ isReady: false, detail: 'closed' });
    const other = clientOf(double);
    await untilReady(other);
    const before = double.connections;
    double.cut();
    await expect.poll(() => other.readiness().isReady).toBe(false);
    await other.close();
    await expect(double.untilLinked(1, 600)).rejects.toThrow();
    expect(double.connections).toBe(before);
  });

  it('is not ready while the server names no SIP ports, and asks again', async () => {
    const double = await startDouble();
    double.setHostports([]);
    const client = clientOf(double);
    await expect.poll(() => client.readiness().detail).toContain('no SIP ports');
    double.setHostports(null);
    await untilReady(client);
  });

  it('that lacks the wanted transport after a restart is asked again, and nothing is concluded', async () => {
    const double = await startDouble();
    const registrar = await labRegistrar();
    double.setHostports([`udp/127.0.0.1:${double.sipPort}`, `udp/127.0.0.1:${double.sipPort}`]);
    const client = clientOf(double);
    await untilReady(client);
    const ask = (): Promise<ProbeAnswer> => client.probe(at(registrar, 'tcp'), credential(), SOON);
    expect(await ask()).toEqual({ kind: 'indeterminate', detail: 'drachtio-server has no contact for tcp' });
    double.setHostports(null);
    await expect.poll(async () => (await ask()).kind, { timeout: 10_000 }).toBe('valid');
  });

  it('that lacks the wanted transport however often it is asked does not have it', { timeout: 30_000 }, async () => {
    const double = await startDouble();
    double.setHostports([`udp/127.0.0.1:${double.sipPort}`]);
    const client = clientOf(double);
    await untilReady(client);
    const ask = (): Promise<ProbeAnswer> => client.probe(at({ port: 9 }, 'tcp'), credential(), SOON);
    await expect.poll(async () => (await ask()).kind, { timeout: 20_000 }).toBe('unsupported');
    expect(double.connections).toBe(4);
  });

  it.each([408, 503] as const)(
    'brings a %i of the server’s own, which is no answer of the registrar',
    async (status) => {
      const { double, client } = await linked();
      const registrar = await labRegistrar();
      double.faults.arm({}, { kind: 'local', status });
      expect(await client.probe(at(registrar), credential(), SOON)).toEqual({
        kind: 'unreachable',
        detail: `${status}, from drachtio-server itself`,
      });
      expect(registrar.requests).toEqual([]);
    },
  );

  it('brings NOK, and an answer after the deadline is too late', async () => {
    const { double, client } = await linked();
    const registrar = await labRegistrar();
    double.faults.arm({}, { kind: 'nok', reason: 'requested protocol/transport not available' });
    expect(await client.probe(at(registrar), credential(), SOON)).toEqual({
      kind: 'indeterminate',
      detail: 'drachtio-server: requested protocol/transport not available',
    });
    double.faults.arm({}, { kind: 'nok', reason: 'invalid request-uri' });
    expect(await client.probe(at(registrar), credential(), SOON)).toMatchObject({
      kind: 'unsupported',
      detail: 'drachtio-server: invalid request-uri',
    });
    double.faults.arm({}, { kind: 'late', ms: 600 });
    expect(await client.probe(at(registrar), credential(), BRIEF)).toMatchObject({ kind: 'unreachable' });
    expect(await client.probe(at(registrar), credential(), SOON)).toMatchObject({ kind: 'valid' });
  });

  it('survives bytes that are no frame', async () => {
    const nonsense = createServer((socket) => socket.on('error', () => undefined).end('abc#no frame'));
    nonsense.listen(0, '127.0.0.1');
    await once(nonsense, 'listening');
    onTestFinished(() => {
      nonsense.close();
    });
    const address = nonsense.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    const client = clientOf({ host: '127.0.0.1', port: address.port });
    await expect.poll(() => client.readiness().detail).toContain('does not speak its protocol');
  });

  it.each(['a|b', 'a\r\nb'])('takes no secret like %j', (secret) => {
    expect(() => openWatched({ stack: 'drachtio', host: '127.0.0.1', port: 9, secret: new Secret(secret) })).toThrow(
      /provisioner\.sip\.secret/,
    );
  });
});
