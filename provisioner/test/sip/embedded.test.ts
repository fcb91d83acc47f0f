import { execFile } from 'node:child_process';
import { createServer } from 'node:tls';
import { promisify } from 'node:util';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SipClient } from '../../ports.ts';
import { describeSipClient } from './contract.ts';
import { at, credential, labRegistrar, SOON } from './harness.ts';
import { scriptedUas } from './scripted-uas.ts';
import { openWatched } from './watched-client.ts';

/** Self-signed for these tests: `registrar` names 127.0.0.1, `other` does not. */
function pem(name: string): string {
  return readFileSync(join(import.meta.dirname, 'certificates', name), 'utf8');
}

/** A registrar behind TLS that answers 200 to whatever comes; `heard`: the SIP that came. */
async function tlsRegistrar(name: string): Promise<{ readonly port: number; readonly heard: string[] }> {
  const heard: string[] = [];
  const server = createServer({ key: pem(`${name}.key`), cert: pem(`${name}.pem`) }, (socket) => {
    socket.on('error', () => undefined);
    socket.setEncoding('utf8').on('data', (text: string) => {
      heard.push(text);
      const copied = text.split('\r\n').filter((line) => /^(via|from|to|call-id|cseq):/i.test(line));
      socket.write(['SIP/2.0 200 OK', ...copied, 'Content-Length: 0', '', ''].join('\r\n'));
    });
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return { port: address.port, heard };
}

function open(tlsCa?: string): SipClient {
  const client = openWatched({ stack: 'embedded' }, tlsCa === undefined ? {} : { tlsCa });
  onTestFinished(() => client.close());
  return client;
}

describeSipClient({ name: 'embedded', open: () => Promise.resolve(open()) });

describe('the embedded stack alone', () => {
  it('goes over TLS to a registrar whose certificate it knows', async () => {
    const registrar = await tlsRegistrar('registrar');
    const answer = await open(pem('registrar.pem')).probe(at(registrar, 'tls'), credential(), SOON);
    expect(answer).toMatchObject({ kind: 'valid' });
    expect(registrar.heard[0]).toContain('SIP/2.0/TLS 127.0.0.1:');
  });

  it.each([
    ['signed by nobody it trusts', 'registrar', 'other.pem'],
    ['of another name', 'other', 'other.pem'],
  ])('says nothing to a registrar whose certificate is %s', async (_, name, ca) => {
    const registrar = await tlsRegistrar(name);
    expect(await open(pem(ca)).probe(at(registrar, 'tls'), credential(), SOON)).toMatchObject({ kind: 'unreachable' });
    expect(registrar.heard).toEqual([]);
  });

  it('calls a UDP port where nobody listens unreachable at once', async () => {
    const registrar = await labRegistrar();
    const place = at(registrar);
    await registrar.down();
    const from = performance.now();
    expect(await open().probe(place, credential(), SOON)).toEqual({
      kind: 'unreachable',
      detail: 'nobody listens on that UDP port',
    });
    expect(performance.now() - from).toBeLessThan(SOON.deadlineMs / 2);
  });

  it('takes a host by its name, and calls one that has no address unreachable', async () => {
    const registrar = await labRegistrar();
    const client = open();
    expect(await client.probe({ ...at(registrar), host: 'localhost' }, credential(), SOON)).toMatchObject({
      kind: 'valid',
    });
    expect(await client.probe({ ...at(registrar), host: 'no-such-host.invalid' }, credential(), SOON)).toMatchObject({
      kind: 'unreachable',
    });
  });

  it('sends again after 500 ms and 1 s, the same bytes, until there is an answer', async () => {
    const uas = await scriptedUas((_, nth) => (nth < 3 ? null : { status: 200 }));
    const from = performance.now();
    expect(await open().probe(at(uas), credential(), SOON)).toMatchObject({ kind: 'valid' });
    expect(performance.now() - from).toBeGreaterThan(1400);
    expect(uas.seen).toHaveLength(3);
    expect(uas.seen[1]).toEqual(uas.seen[0]);
    expect(uas.seen[2]).toEqual(uas.seen[0]);
  });

  it('leaves no socket and no timer behind: the process ends by itself, long before 32 s', async () => {
    const registrar = await labRegistrar();
    registrar.faults.blackHole();
    const child = join(import.meta.dirname, 'one-probe.ts');
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', child, String(registrar.port)], {
      timeout: 15_000,
    });
    expect(stdout).toBe('unreachable');
  });

  it('closed meanwhile, knows nothing', async () => {
    const registrar = await labRegistrar();
    registrar.faults.blackHole();
    const client = open();
    const probing = client.probe(at(registrar), credential(), SOON);
    await expect.poll(() => client.readiness().isReady).toBe(true);
    await client.close();
    expect(await probing).toMatchObject({ kind: 'indeterminate' });
    expect(client.readiness().isReady).toBe(false);
    expect(await client.probe(at(registrar), credential(), SOON)).toMatchObject({ kind: 'indeterminate' });
  });
});
