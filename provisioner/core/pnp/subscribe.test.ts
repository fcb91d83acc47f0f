import fc from 'fast-check';
import { expect, test } from 'vitest';
import { subscribeText } from './test/subscribe-text.ts';
import { notifyTo, pnpSubscribeOf, replyTo } from './subscribe.ts';

const SOURCE = { address: '192.0.2.40', port: 5080 };

test.each(['MAC%3a001565AABB01', 'MAC%3A001565aabb01', 'MAC:001565aabb01', 'MAC001565AABB01', 'mac%3a001565aabb01'])(
  '%s is the phone 001565aabb01',
  (target) => {
    expect(pnpSubscribeOf(subscribeText({}, target))).toMatchObject({
      mac: '001565aabb01',
      callId: 'c1@192.0.2.40',
      cseq: '1',
      vendor: 'Yealink',
      model: 'T53W',
      contact: 'sip:001565aabb01@192.0.2.40:5082',
    });
  },
);

test('compact names, a Via of several, folded lines and no Accept are read as what they mean', () => {
  const text = subscribeText({ Via: null, Event: null, Accept: null, From: null, 'Call-ID': null }).replace(
    'CSeq:',
    'v: SIP/2.0/UDP 192.0.2.40,\r\n SIP/2.0/UDP 192.0.2.9\r\nf: <sip:a@b>;tag=1\r\ni: x\r\no: UA-Profile\r\nCSeq:',
  );
  expect(pnpSubscribeOf(text)).toMatchObject({
    vias: ['SIP/2.0/UDP 192.0.2.40', 'SIP/2.0/UDP 192.0.2.9'],
    event: 'UA-Profile',
    vendor: null,
  });
});

test.each([
  ['another method', subscribeText().replace('SUBSCRIBE sip', 'REGISTER sip')],
  ['a MAC that is none', subscribeText({}, 'MAC%3a001565AABB0')],
  ['somebody else’s name', subscribeText({}, 'alice')],
  ['another event', subscribeText({ Event: 'presence' })],
  ['a profile that is not the device’s', subscribeText({ Event: 'ua-profile;profile-type="user"' })],
  ['a dialog of before', subscribeText({ To: '<sip:MAC@224.0.1.75>;tag=9' })],
  ['no tag', subscribeText({ From: '<sip:MAC@224.0.1.75>' })],
  ['a type we have not', subscribeText({ Accept: 'application/sdp' })],
  ['no Via', subscribeText({ Via: null })],
  ['a Via over TCP', subscribeText({ Via: 'SIP/2.0/TCP 192.0.2.40;branch=z9hG4bK1' })],
  ['two Call-IDs', subscribeText().replace('CSeq:', 'i: other\r\nCSeq:')],
  ['a line of its own in a header', subscribeText({ 'Call-ID': 'a\rEvil: 1' })],
  ['a NUL', subscribeText({ Event: 'ua-profile;vendor="\u0000"' })],
  ['a header without an end', subscribeText({ 'Call-ID': 'x'.repeat(600) })],
  ['five Vias', subscribeText({ Via: Array.from({ length: 5 }, () => 'SIP/2.0/UDP 192.0.2.40').join(', ') })],
  ['more than a phone says', subscribeText({ Subject: 'x'.repeat(5000) })],
])('%s is not answered', (_, text) => {
  expect(pnpSubscribeOf(text)).toBeNull();
});

test('the 200 goes to the port that the Via says, or asks for, and to the address it came from in any case', () => {
  const to = (via: string) => {
    const read = pnpSubscribeOf(subscribeText({ Via: via }));
    return read === null ? null : replyTo(read, SOURCE);
  };
  expect(to('SIP/2.0/UDP 192.0.2.40:5070;branch=b;rport')).toEqual(SOURCE);
  expect(to('SIP/2.0/UDP 203.0.113.9:5070;branch=b')).toEqual({ address: '192.0.2.40', port: 5070 });
  expect(to('SIP/2.0/UDP 203.0.113.9;branch=b;maddr=203.0.113.9')).toEqual({ address: '192.0.2.40', port: 5060 });
  expect(to('SIP/2.0/UDP 203.0.113.9:99999;branch=b')).toEqual(SOURCE);
});

test('the NOTIFY goes to the address it came from, whomever the Contact names', () => {
  const to = (contact: string | null) => {
    const read = pnpSubscribeOf(subscribeText({ Contact: contact }));
    return read === null ? null : notifyTo(read, SOURCE);
  };
  expect(to('<sip:x@192.0.2.40:5082>')).toEqual({ address: '192.0.2.40', port: 5082 });
  expect(to('sip:x@192.0.2.40;expires=0')).toEqual({ address: '192.0.2.40', port: 5060 });
  for (const contact of [
    '<sip:x@203.0.113.9:53>',
    '<sip:x@192.0.2.40:5082;transport=tcp>',
    '<sip:victim.example.net>',
    '<sip:x@192.0.2.40:0>',
    '*',
    null,
  ])
    expect(to(contact)).toEqual(SOURCE);
});

test('no datagram makes it fail, and nothing it gives back can begin a line', () => {
  const mangled = fc
    .tuple(fc.nat(800), fc.nat(40), fc.string({ unit: 'binary', maxLength: 60 }))
    .map(([at, length, text]) => {
      const good = subscribeText();
      return good.slice(0, at) + text + good.slice(at + length);
    });
  const header = fc
    .tuple(fc.constantFrom('Via', 'From', 'To', 'Call-ID', 'Event', 'Contact'), fc.string({ unit: 'binary' }))
    .map(([name, value]) => subscribeText({ [name]: value }));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), mangled, header), (text) => {
      const read = pnpSubscribeOf(text);
      if (read === null) return;
      expect(read.mac).toMatch(/^[0-9a-f]{12}$/);
      const { callId, from, to, event, vias, contact } = read;
      expect([callId, from, to, event, contact ?? '', ...vias].join('')).not.toMatch(/[\r\n\0]/);
      expect([replyTo(read, SOURCE).address, notifyTo(read, SOURCE).address]).toEqual([SOURCE.address, SOURCE.address]);
    }),
    { numRuns: 500 },
  );
});
