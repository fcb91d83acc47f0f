import { expect, onTestFinished, test } from 'vitest';
import { authority, selfSigned, type Certificate } from '../../../lab/routeros/certificate.ts';
import { ClientCertificates } from '../../client-certificates.ts';
import {
  enrolment,
  provisioning,
  rawExchange,
  servedPhone,
  sha256,
  startPhoneWorld,
  type PhoneWorld,
  type WorldOptions,
} from './phones.ts';
import { overTls, type TlsAnswer } from './tls-client.ts';

const MAC = '805ec0aabb01';
const OTHER = '805ec0aabb02';
const PUT_ONLY = '805ec0aabb03';
const CISCO = '000e08abcdef';
const FILE = `/c/${MAC}.cfg`;
const KEY = 'Zk3vQ9mT7xB2nR5cW8dL';
const NOW = Date.now();
const DAY_MS = 86_400_000;

const server = selfSigned('phones.example.net', NOW);
const yealinkRoot = authority('Yealink Root', NOW);
const yealinkIssuing = yealinkRoot.issue([['CN', 'Yealink Equipment Issuing CA']], NOW, { isAuthority: true });
const ciscoRoot = authority('Cisco Client Root', NOW);
const stranger = authority('Yealink Root', NOW);

const certificates = (): ClientCertificates =>
  new ClientCertificates([
    { vendor: 'yealink', pem: yealinkRoot.certificatePem + yealinkIssuing.certificatePem },
    { vendor: 'cisco-mpp', pem: ciscoRoot.certificatePem },
  ]);

interface Site {
  readonly world: PhoneWorld;
  readonly ask: (path: string, own?: Pick<Certificate, 'certificatePem' | 'keyPem'>) => Promise<TlsAnswer>;
}

async function siteOf(over: WorldOptions = {}): Promise<Site> {
  const own = certificates();
  const world = await startPhoneWorld({
    certificates: own,
    tls: { cert: server.certificatePem, key: server.keyPem, clientAuthorities: own.authorities },
    publicUrl: 'https://phones.example.net',
    phones: [
      servedPhone(MAC, [provisioning('Tk0123456789abcdefXYZ'), enrolment('En0123456789abcdefXYZ', 500)]),
      servedPhone(OTHER, [provisioning('Ot0123456789abcdefXYZ')]),
      servedPhone(PUT_ONLY, []),
      servedPhone(CISCO, [provisioning('Ci0123456789abcdefXYZ')], { vendor: 'cisco-mpp' }),
    ],
    ...over,
  });
  onTestFinished(() => world.close());
  return {
    world,
    ask: async (path, phone) => {
      const given = phone === undefined ? {} : { cert: phone.certificatePem, key: phone.keyPem };
      const { headers, ...answer } = await overTls({ port: world.port, ca: server.certificatePem, ...given }, path);
      const told = { ...headers };
      delete told.date;
      return { headers: told, ...answer };
    },
  };
}

const ofPhone = (mac: string) => yealinkIssuing.issue([['CN', mac.toUpperCase()]], NOW);

test('an enrolled phone comes by its factory certificate and gets its own file, which says nothing of its way', async () => {
  const { world, ask } = await siteOf();
  const answer = await ask(FILE, ofPhone(MAC));
  expect([answer.status, answer.body.includes(KEY), answer.body.includes('server.url')]).toEqual([200, true, false]);
  await world.logged(1);
  expect(world.fetches).toMatchObject([{ mac: MAC, sha256: sha256(answer.body), isWhole: true }]);
  expect(world.requests.map(({ origin, why }) => [origin, why])).toEqual([['own', 'served']]);
});

test('a Cisco is known by its S, never by its serial number', async () => {
  const { ask } = await siteOf();
  const cisco = ciscoRoot.issue(
    [
      ['OU', 'CP-8841-3PCC'],
      ['L', '88012BA01234'],
      ['ST', CISCO],
    ],
    NOW,
  );
  expect((await ask(`/c/${CISCO}.xml`, cisco)).status).toBe(200);
});

test('a certificate opens no file of another phone, and none of its own under a token’s path', async () => {
  const { world, ask } = await siteOf();
  const phone = ofPhone(MAC);
  const nothing = await ask('/');
  for (const path of [
    `/c/${OTHER}.cfg`,
    '/c/805ec0aabbff.cfg',
    `/p/${MAC}.cfg`,
    `/p/x/${MAC}.cfg`,
    `/${MAC}.cfg`,
    '/c/',
  ])
    expect(await ask(path, phone)).toEqual(nothing);
  expect(world.fetches).toEqual([]);
});

/** Good for a Cisco, and sent with a certificate that names Cisco's authority as issued by Yealink's: signed by nobody of theirs. */
function bridged(): Pick<Certificate, 'certificatePem' | 'keyPem'> {
  const leaf = ciscoRoot.issue([['CN', MAC]], NOW);
  const bridge = stranger.issue([['CN', 'Cisco Client Root']], NOW, { isAuthority: true });
  return { keyPem: leaf.keyPem, certificatePem: leaf.certificatePem + bridge.certificatePem };
}

const REFUSED: readonly (readonly [string, string, Pick<Certificate, 'certificatePem' | 'keyPem'>, string | null])[] = [
  ['of a phone that was put and never enrolled', PUT_ONLY, ofPhone(PUT_ONLY), 'not-enrolled'],
  ['of a phone that nobody knows', '805ec0aabbff', ofPhone('805ec0aabbff'), 'phone-unknown'],
  ['from another vendor’s authority', MAC, ciscoRoot.issue([['ST', MAC]], NOW), 'other-vendor'],
  ['from an authority of the same name', MAC, stranger.issue([['CN', MAC]], NOW), 'certificate-refused'],
  ['that it signed itself', MAC, selfSigned(MAC, NOW), 'certificate-refused'],
  ['that has ended', MAC, yealinkIssuing.issue([['CN', MAC]], NOW, { endedMs: DAY_MS }), 'certificate-refused'],
  ['that names no phone', MAC, yealinkIssuing.issue([['CN', 'Yealink Generic']], NOW), 'certificate-refused'],
  [
    'that names two phones',
    MAC,
    yealinkIssuing.issue([['CN', MAC]], NOW, { altNames: [OTHER] }),
    'certificate-refused',
  ],
  ['that comes with a forged bridge to another vendor’s authority', MAC, bridged(), 'certificate-refused'],
  ['issued by a phone', MAC, ofPhone(OTHER).issue([['CN', MAC]], NOW), 'certificate-refused'],
];

test.each(REFUSED)('a certificate %s is none: the answer is that to who has none', async (_what, mac, phone, why) => {
  const { world, ask } = await siteOf();
  const path = `/c/${mac}${mac === CISCO ? '.xml' : '.cfg'}`;
  expect(await ask(path, phone)).toEqual(await ask(path));
  await world.logged(2);
  expect(world.fetches).toEqual([]);
  expect(world.requests[0]?.why).toBe(why);
});

test('who brings no certificate, or a bad one, is asked for a user and a password where phones may have them', async () => {
  const { ask } = await siteOf({ schemes: ['digest-md5'] });
  const plain = await ask(FILE);
  expect(plain.status).toBe(401);
  expect(await ask(FILE, selfSigned(MAC, NOW))).toEqual(plain);
  expect(await ask(FILE, ofPhone('805ec0aabbff'))).toEqual(plain);
  expect((await ask(FILE, ofPhone(MAC))).status).toBe(200);
});

test('a token in the URL is as good as ever, with a certificate of any phone or none', async () => {
  const { ask } = await siteOf();
  for (const phone of [undefined, ofPhone(MAC), ofPhone(OTHER), selfSigned(MAC, NOW)])
    expect((await ask(`/p/Tk0123456789abcdefXYZ/${MAC}.cfg`, phone)).status).toBe(200);
});

test('a phone that was enrolled a moment ago is known by its certificate', async () => {
  const { ask } = await siteOf({
    phones: [],
    catchUp: async (catalogue) => {
      catalogue.put([servedPhone(MAC, [provisioning('Tk0123456789abcdefXYZ')])]);
      return Promise.resolve();
    },
  });
  expect((await ask(FILE, ofPhone(MAC))).status).toBe(200);
});

test('nothing is said in the clear', async () => {
  const { world } = await siteOf();
  expect(await rawExchange(world.port, `GET ${FILE} HTTP/1.0\r\n\r\n`)).not.toContain('HTTP/1.1');
});

test('a file without a certificate, and one authority of two vendors, are refused at the start', () => {
  const { certificatePem: pem } = yealinkRoot;
  expect(() => new ClientCertificates([{ vendor: 'snom', pem: 'nothing' }])).toThrow(/snom holds no certificate/);
  const broken = pem.replace(/[A-Z]/g, 'A');
  expect(() => new ClientCertificates([{ vendor: 'snom', pem: broken }])).toThrow(
    /what is no certificate|no certificate/,
  );
  const twice = [
    { vendor: 'snom', pem },
    { vendor: 'poly', pem },
  ] as const;
  expect(() => new ClientCertificates(twice)).toThrow(/authority of snom/);
});
