import { X509Certificate } from 'node:crypto';
import { connect, type TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { encodeSentence, SentenceReader } from '../codec.ts';
import { startLabRouter, type LabRouter } from '../router.ts';

async function start(): Promise<{ router: LabRouter; socket: TLSSocket }> {
  const router = await startLabRouter({ tls: true });
  const ca = router.certificate?.certificatePem ?? '';
  const socket = connect({ port: router.tlsPort, host: '127.0.0.1', ca, servername: 'lab' });
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.once('error', reject);
  });
  onTestFinished(async () => {
    socket.destroy();
    await router.close();
  });
  return { router, socket };
}

function nextSentence(socket: TLSSocket): Promise<string[]> {
  const reader = new SentenceReader();
  return new Promise((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      const [first] = reader.push(chunk);
      if (first !== undefined) resolve(first);
    });
  });
}

const login = encodeSentence(['/login', '=name=edge', '=password=edge']);

test('the certificate made at start is a sound one, and its fingerprint is what a client sees', async () => {
  const { router, socket } = await start();
  expect(socket.authorized).toBe(true);
  const seen = new X509Certificate(socket.getPeerCertificate().raw);
  expect(seen.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(router.certificate?.sha256);
  expect(seen.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(seen.verify(seen.publicKey)).toBe(true);
  socket.write(login, 'latin1');
  expect(await nextSentence(socket)).toEqual(['!done']);
});

test('a reset reaches a TLS client too', async () => {
  const { router, socket } = await start();
  router.faults.arm({ path: '/login' }, { kind: 'reset', when: 'before' });
  const code = new Promise<string>((resolve) => {
    socket.on('error', (error: Error) => {
      resolve('code' in error ? String(error.code) : error.message);
    });
  });
  socket.write(login, 'latin1');
  expect(await code).toBe('ECONNRESET');
});
