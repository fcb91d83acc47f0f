import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindingsOf } from './sip-bindings.ts';
import { branchOf, headerValues, methodOf, parseResponse, retryAfterSeconds, type SipResponse } from './sip-message.ts';
import { aorOf, destinationOf } from './sip-uri.ts';
import { notifyVerdict, probeVerdict } from './sip-verdict.ts';

function response(status: number, ...headers: string[]): SipResponse {
  const parsed = parseResponse([`SIP/2.0 ${status} Some Reason`, ...headers, '', ''].join('\r\n'));
  if (parsed === null) throw new Error('no response');
  return parsed;
}

describe('a response', () => {
  it('is read with compact names, folded lines and repeated headers', () => {
    const read = response(
      401,
      'v: SIP/2.0/UDP 127.0.0.1:5070;rport;branch=z9hG4bKx;received=127.0.0.1',
      'CSeq: 2 register',
      'WWW-Authenticate: Digest realm="a",',
      '  nonce="b"',
      'www-authenticate: Digest realm="c", nonce="d"',
      'this is no header',
    );
    expect(read.status).toBe(401);
    expect(read.reason).toBe('Some Reason');
    expect(branchOf(read)).toBe('z9hG4bKx');
    expect(methodOf(read)).toBe('REGISTER');
    expect(headerValues(read, 'www-authenticate')).toEqual([
      'Digest realm="a", nonce="b"',
      'Digest realm="c", nonce="d"',
    ]);
  });

  it('is not a request, nor garbage', () => {
    expect(parseResponse('NOTIFY sip:a SIP/2.0\r\n\r\n')).toBeNull();
    expect(parseResponse('')).toBeNull();
    expect(parseResponse('HTTP/1.1 200 OK\r\n\r\n')).toBeNull();
    expect(parseResponse('SIP/2.0 999 No\r\n\r\n')).toBeNull();
    fc.assert(
      fc.property(fc.string(), (text) => {
        const read = parseResponse(`SIP/2.0 200 OK\r\n${text}`);
        if (read !== null) bindingsOf(read);
      }),
    );
  });

  it('tells Retry-After with its comment and parameters', () => {
    expect(retryAfterSeconds(response(503, 'Retry-After: 120;duration=60 (later)'))).toBe(120);
    expect(retryAfterSeconds(response(503))).toBeNull();
  });
});

describe('bindings', () => {
  it('are all Contacts of all Contact headers', () => {
    const read = response(
      200,
      'Contact: "Doe, \\"J\\" <x>" <sip:1001@192.0.2.7:5060;transport=udp;ob>;expires=3600;q=0.5;+sip.instance="<urn:uuid:502a9f36>", <sip:a,b@192.0.2.8>;expires=12',
      'm: sip:1001@192.0.2.9;expires=7',
      'Expires: 99',
    );
    expect(bindingsOf(read)).toEqual([
      { contact: 'sip:1001@192.0.2.7:5060;transport=udp;ob', expires: 3600, instance: '<urn:uuid:502a9f36>' },
      { contact: 'sip:a,b@192.0.2.8', expires: 12, instance: null },
      { contact: 'sip:1001@192.0.2.9', expires: 7, instance: null },
    ]);
  });

  it('take the Expires header where the contact names none, and are none without a Contact', () => {
    expect(bindingsOf(response(200, 'Contact: <sip:1@h>', 'Expires: 60'))).toEqual([
      { contact: 'sip:1@h', expires: 60, instance: null },
    ]);
    expect(bindingsOf(response(200))).toEqual([]);
    expect(bindingsOf(response(200, 'Contact: *', 'Contact: <>', 'Contact: <sip:unclosed'))).toEqual([]);
  });
});

describe('verdicts', () => {
  it.each([
    [200, 'valid'],
    [401, 'refused'],
    [407, 'refused'],
    [403, 'locked'],
    [429, 'locked'],
    [503, 'locked'],
    [408, 'unreachable'],
    [500, 'unreachable'],
    [400, 'unsupported'],
    [405, 'unsupported'],
    [423, 'unsupported'],
    [501, 'unsupported'],
    [302, 'unsupported'],
    [604, 'unsupported'],
  ])('%i after a digest makes a probe %s', (status, kind) => {
    expect(probeVerdict(response(status), 'MD5').kind).toBe(kind);
  });

  it('a 401 that carries no digest refuses no key', () => {
    expect(probeVerdict(response(401), null)).toMatchObject({ kind: 'unsupported', status: 401 });
  });

  it.each([
    [202, 'received'],
    [401, 'refused'],
    [407, 'not-told'],
    [405, 'not-taken'],
    [481, 'not-taken'],
    [489, 'not-taken'],
    [501, 'not-taken'],
    [404, 'not-registered'],
    [480, 'not-registered'],
    [410, 'not-registered'],
    [408, 'unreachable'],
    [400, 'unsupported'],
  ])('%i makes a NOTIFY %s, whatever way it went', (status, kind) => {
    expect(notifyVerdict(response(status), false, 'direct').kind).toBe(kind);
    expect(notifyVerdict(response(status), false, 'registrar').kind).toBe(kind);
  });

  it.each([
    [403, 'refused'],
    [429, 'unreachable'],
    [503, 'unreachable'],
  ])('%i is a phone’s word straight (%s), and a lockout by way of the registrar', (status, straight) => {
    expect(notifyVerdict(response(status), false, 'direct').kind).toBe(straight);
    expect(notifyVerdict(response(status), false, 'registrar').kind).toBe('locked');
  });
});

describe('URIs', () => {
  it('of an AOR escape what a user part cannot hold', () => {
    expect(aorOf('1001', 'sip.example.net')).toBe('sip:1001@sip.example.net');
    expect(aorOf('a@b c', '2001:db8::1')).toBe('sip:a%40b%20c@[2001:db8::1]');
    expect(() => aorOf('1\r\nX: 1', 'h')).toThrow(expect.objectContaining({ code: 'sip-protocol' }));
  });

  it('of a Contact say where the phone is', () => {
    expect(destinationOf('sip:1002-0x55f0@127.0.0.1:5082;transport=TCP;ob')).toEqual({
      transport: 'tcp',
      host: '127.0.0.1',
      port: 5082,
    });
    expect(destinationOf('sip:x@[2001:db8::1]')).toEqual({ transport: 'udp', host: '2001:db8::1', port: 5060 });
    expect(destinationOf('sips:x@h.example')).toEqual({ transport: 'tls', host: 'h.example', port: 5061 });
    expect(destinationOf('sip:x@h;transport=ws')).toBeNull();
    expect(destinationOf('tel:+123')).toBeNull();
    expect(destinationOf('sip:x@h:99999')).toBeNull();
  });
});
