import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAddress, parseUri } from './address.ts';
import { header, headerLines, listed, parseMessage, serialise, splitList, type SipMessage } from './message.ts';
import { MessageStream } from './stream.ts';

const REGISTER = [
  'REGISTER sip:127.0.0.1:5060 SIP/2.0',
  'v: SIP/2.0/UDP 127.0.0.1:5082;branch=z9hG4bKa;rport, SIP/2.0/UDP 127.0.0.1:5083;branch=z9hG4bKb',
  'Contact: "Doe, John" <sip:1001@127.0.0.1:5082;ob>;expires=60',
  ' ;+sip.instance="<urn:uuid:1>"',
  'm: <sip:1001@127.0.0.1:5084>',
  'f: <sip:1001@127.0.0.1>;tag=x',
  'l: 4',
  '',
  'body and what does not belong to it',
].join('\r\n');

test('compact names, folded lines and lists in one line or several read as RFC 3261 §7.3 says', () => {
  const message = parseMessage(Buffer.from(REGISTER));
  expect(message).toMatchObject({ kind: 'request', method: 'REGISTER', uri: 'sip:127.0.0.1:5060', body: 'body' });
  expect(listed(message, 'via')).toHaveLength(2);
  expect(listed(message, 'contact')).toHaveLength(2);
  expect(headerLines(message, 'contact')).toHaveLength(2);
  expect(header(message, 'from')).toBe('<sip:1001@127.0.0.1>;tag=x');
  const first = parseAddress(listed(message, 'contact')[0] ?? '');
  expect(first.uri).toBe('sip:1001@127.0.0.1:5082;ob');
  expect(Object.fromEntries(first.parameters)).toEqual({ expires: '60', '+sip.instance': '<urn:uuid:1>' });
});

test('what is no SIP is refused', () => {
  for (const text of ['', 'hello\r\n\r\n', 'SIP/2.0 999 X\r\n\r\n', 'NOTIFY sip:a SIP/2.0\r\nno colon\r\n\r\n'])
    expect(() => parseMessage(Buffer.from(text))).toThrow(SyntaxError);
  expect(() => parseMessage(Buffer.from('OPTIONS sip:a SIP/2.0\r\nContent-Length: 9\r\n\r\nshort'))).toThrow('body');
});

test('a list is split at commas outside quotes and angle brackets only', () => {
  expect(splitList('"a, \\", b" <sip:a,b@c>, <sip:d>')).toEqual(['"a, \\", b" <sip:a,b@c>', '<sip:d>']);
});

test('URIs and parameters without angle brackets are taken apart', () => {
  expect(parseUri('sip:10%2001:pw@Example.ORG:5062;transport=TCP;ob?x=y')).toMatchObject({
    scheme: 'sip',
    user: '10 01',
    host: 'example.org',
    port: 5062,
  });
  expect(parseUri('sip:[::1]')).toMatchObject({ user: null, host: '[::1]', port: null });
  expect(parseUri('not a uri')).toBeNull();
  expect(parseAddress('sip:a@b;tag=1')).toMatchObject({ uri: 'sip:a@b' });
  expect(parseAddress('sip:a@b;tag=1').parameters.get('tag')).toBe('1');
});

test('a stream cut anywhere gives the same messages, keep-alives between them ignored', () => {
  const one: SipMessage = {
    kind: 'response',
    status: 200,
    reason: 'OK',
    headers: [['Subject', 'ñandú']],
    body: 'más\r\n\r\n',
  };
  const bytes = Buffer.concat([serialise(one), Buffer.from('\r\n\r\n'), serialise({ ...one, body: '' })]);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
      const stream = new MessageStream();
      const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
      const bodies = edges
        .slice(1)
        .flatMap((end, i) => stream.push(bytes.subarray(edges[i], end)))
        .map(({ message }) => message.body);
      expect(bodies).toEqual(['más\r\n\r\n', '']);
    }),
    { numRuns: 50 },
  );
});
