import fc from 'fast-check';
import { expect, test } from 'vitest';
import { carriesToken, maskUrl, maskUrlsIn } from './mask-url.ts';

test('a plain URL stays as it is', () => {
  expect(maskUrl('https://clientes.example.net/aviso/cutoff/s5/')).toBe(
    'https://clientes.example.net/aviso/cutoff/s5/',
  );
  expect(maskUrl('https://clientes.example.net')).toBe('https://clientes.example.net');
});

test('the template keeps its places', () => {
  const template = 'https://{domain}/aviso/{kind}/{subscriber}/';
  expect(maskUrl(template)).toBe(template);
});

test('query values are masked, names stay', () => {
  expect(maskUrl('https://a.example/x?token=abc&id=7&empty=')).toBe('https://a.example/x?token=***&id=***&empty=');
  expect(maskUrl('https://a.example/x?Zm9vYmFyYmF6cXV4MTIzNA')).toBe('https://a.example/x?***');
  expect(maskUrl('https://a.example/x?flag')).toBe('https://a.example/x?flag');
});

test('token-like path parts are masked, words stay', () => {
  expect(maskUrl('https://a.example/login/0f9c2b7e51d84a6fb3c1/pagar')).toBe('https://a.example/login/***/pagar');
  expect(maskUrl('https://a.example/estado-de-cuenta/factura')).toBe('https://a.example/estado-de-cuenta/factura');
  expect(maskUrl('https://a.example/x;jsessionid=123')).toBe('https://a.example/x;***');
});

test('the subscriber that the template wrote stays, however long its id is', () => {
  const id = '3f2504e0-4f89-11d3-9a0c-0305e82c3301';
  const url = `https://a.example/aviso/payment-due/${id}/`;
  expect(maskUrl(url, { kind: 'payment-due', subscriber: id })).toBe(url);
  expect(maskUrl(url)).toBe('https://a.example/aviso/payment-due/***/');
});

test('user part and fragment are masked', () => {
  expect(maskUrl('https://user:pass@a.example/x#access_token=1')).toBe('https://***@a.example/x#***');
});

test('URLs inside a command are masked', () => {
  expect(maskUrlsIn('/ip/proxy/access/add action-data="https://a.example/x?t=secret" comment=c')).toBe(
    '/ip/proxy/access/add action-data="https://a.example/x?t=***" comment=c',
  );
});

test('a URL with a token is told from one without', () => {
  expect(carriesToken('https://a.example/x?t=1')).toBe(true);
  expect(carriesToken('https://a.example/l/0f9c2b7e51d84a6fb3c1')).toBe(true);
  expect(carriesToken('https://a.example/aviso/')).toBe(false);
});

test('no query value survives, and masking twice is masking once', () => {
  const value = fc.stringMatching(/^[A-Za-z0-9_-]{4,40}$/);
  fc.assert(
    fc.property(value, value, (name, secret) => {
      const masked = maskUrl(`https://a.example/p?q${name}=${secret}`);
      expect(masked).toBe(`https://a.example/p?q${name}=***`);
      expect(maskUrl(masked)).toBe(masked);
    }),
  );
});
