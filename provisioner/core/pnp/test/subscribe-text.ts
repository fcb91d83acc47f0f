/** As a Yealink sends it, with other headers in place of its own; null leaves one out. */
export function subscribeText(
  over: Readonly<Record<string, string | null>> = {},
  target = 'MAC%3a001565AABB01',
): string {
  const headers: Readonly<Record<string, string | null>> = {
    Via: 'SIP/2.0/UDP 192.0.2.40:5080;branch=z9hG4bK1;rport',
    From: `<sip:${target}@224.0.1.75>;tag=77`,
    To: `<sip:${target}@224.0.1.75>`,
    'Call-ID': 'c1@192.0.2.40',
    CSeq: '1 SUBSCRIBE',
    Contact: '<sip:001565aabb01@192.0.2.40:5082>',
    'Max-Forwards': '70',
    Expires: '0',
    Event: 'ua-profile;profile-type="device";vendor="Yealink";model="T53W";version="96.87.0.16"',
    Accept: 'application/url',
    'Content-Length': '0',
    ...over,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : `${name}: ${value}`));
  return [`SUBSCRIBE sip:${target}@224.0.1.75 SIP/2.0`, ...lines, '', ''].join('\r\n');
}
