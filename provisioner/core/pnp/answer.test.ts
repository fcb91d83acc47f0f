import { expect, test } from 'vitest';
import { parseMessage } from '../../../lab/sip/message.ts';
import { Secret } from '../../../schemas/secret.ts';
import { notifyText, okText } from './answer.ts';
import { pnpSubscribeOf, type PnpSubscribe } from './subscribe.ts';
import { subscribeText } from './test/subscribe-text.ts';

const SOURCE = { address: '192.0.2.40', port: 5080 };
const OWN = { local: { address: '192.0.2.2', port: 5060 }, tag: 'ours' };

function asked(over: Readonly<Record<string, string | null>> = {}): PnpSubscribe {
  const read = pnpSubscribeOf(subscribeText(over));
  if (read === null) throw new Error('not read');
  return read;
}

test('the 200 repeats what is the phone’s, tells it where it came from, and begins no subscription', () => {
  expect(okText(asked(), SOURCE, OWN)).toBe(
    [
      'SIP/2.0 200 OK',
      'Via: SIP/2.0/UDP 192.0.2.40:5080;branch=z9hG4bK1;rport=5080;received=192.0.2.40',
      'From: <sip:MAC%3a001565AABB01@224.0.1.75>;tag=77',
      'To: <sip:MAC%3a001565AABB01@224.0.1.75>;tag=ours',
      'Call-ID: c1@192.0.2.40',
      'CSeq: 1 SUBSCRIBE',
      'Contact: <sip:192.0.2.2:5060>',
      'Expires: 0',
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n'),
  );
});

test('the NOTIFY is of the same dialog, ends it, and holds the URL alone', () => {
  const url = new Secret('https://phones.example.net/ñ/e/token/');
  const text = notifyText(asked(), SOURCE, { ...OWN, branch: 'z9hG4bKx', url });
  expect(String(text)).toBe('[secret]');
  expect(parseMessage(Buffer.from(text.reveal()))).toEqual({
    kind: 'request',
    method: 'NOTIFY',
    uri: 'sip:001565aabb01@192.0.2.40:5082',
    headers: [
      ['Via', 'SIP/2.0/UDP 192.0.2.2:5060;rport;branch=z9hG4bKx'],
      ['Max-Forwards', '1'],
      ['From', '<sip:MAC%3a001565AABB01@224.0.1.75>;tag=ours'],
      ['To', '<sip:MAC%3a001565AABB01@224.0.1.75>;tag=77'],
      ['Call-ID', 'c1@192.0.2.40'],
      ['CSeq', '1 NOTIFY'],
      ['Contact', '<sip:192.0.2.2:5060>'],
      ['Event', 'ua-profile;profile-type="device";vendor="Yealink";model="T53W";version="96.87.0.16"'],
      ['Subscription-State', 'terminated;reason=timeout'],
      ['Content-Type', 'application/url'],
      ['Content-Length', '38'],
    ],
    body: 'https://phones.example.net/ñ/e/token/',
  });
  const bare = notifyText(asked({ Contact: null }), SOURCE, { ...OWN, branch: 'b', url });
  expect(bare.reveal()).toMatch(/^NOTIFY sip:192\.0\.2\.40:5080 SIP\/2\.0\r\n/);
});
