import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { leakWatch } from '../../lab/test/watched.ts';
import { readPrivateKey } from '../../store/keys.ts';
import { acquireLock } from '../../store/lock.ts';
import type { RotationAdvance } from '../../store/phone-ports.ts';
import { openStore, type Store } from '../../store/sqlite/open.ts';
import { cli, smallConfig, temporaryFolder, writeConfig, type Ended } from './fixture.ts';

const KEY = 'geheim-Zk3vQ9mT7x';
const NEW_KEY = 'geheim-pT4wX8sK2m';
const MAC = 'aabbcc001122';
const PUT_1001 = ['extensions', 'put', '1001', '--registrar', 'iplan', '--name', 'Recepción', '--owner', 'comodato'];

interface Box {
  readonly folder: string;
  readonly run: (args: readonly string[], input?: string) => Promise<Ended>;
  /** The provisioner's side of the same store; it is taken for running from here on. */
  readonly provisioner: () => Store;
}

async function box(over: object = {}): Promise<Box> {
  const watch = leakWatch();
  const folder = temporaryFolder();
  const config = writeConfig(folder, {
    ...smallConfig(),
    provisioner: {
      listen: { host: '127.0.0.1', port: 0 },
      publicUrl: 'https://phones.example.net',
      registrars: [{ id: 'iplan', domain: 'sip.example.net', uri: 'sip:192.0.2.10', probeMode: 'query' }],
      ...over,
    },
  });
  const run = (args: readonly string[], input?: string): Promise<Ended> =>
    cli(['--config', config, ...args], input === undefined ? { watch } : { watch, input });
  await run(['init']);
  onTestFinished(() => {
    watch.lookAtFiles(join(folder, 'data'), () => false);
  });
  return {
    folder,
    run,
    provisioner: () => {
      const dataDir = join(folder, 'data');
      const lock = acquireLock(dataDir, 'provisioner');
      const openWith = { provisioner: readPrivateKey(dataDir, 'provisioner') };
      const store = openStore({ file: join(dataDir, 'wisp-edge.db'), openWith });
      onTestFinished(() => {
        store.close();
        lock.release();
      });
      return store;
    },
  };
}

/** Looks again and again until there is something. */
async function until<Value>(look: () => Promise<Value | undefined>): Promise<Value> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('an extension and a phone are put, shown and deleted, by whoever sits at the box', async () => {
  const { run, folder } = await box();
  expect(await run([...PUT_1001, '--key-file', '-'], `${KEY}\n`)).toMatchObject({
    code: 0,
    stdout: 'extension/1001: written\n',
  });
  const put = ['phones', 'put', 'AA:BB:CC:00:11:22', '--vendor', 'yealink', '--line', '1001', '--label', 'Recepción'];
  expect((await run(put)).code).toBe(0);
  expect((await run(['phones'])).stdout).toMatch(/^MAC {11}phone .*\naabbcc001122 {2}yealink {2}1001 .*Recepción\n$/);
  // A label is no reason for a phone to lose its lines.
  await run(['phones', 'put', MAC, '--vendor', 'yealink', '--label', 'Recepción']);
  expect((await run(['phones'])).stdout).toMatch(/\naabbcc001122 {2}yealink {2}1001 .*Recepción\n$/);
  expect((await run(['--lang', 'es', 'extensions', '1001'])).stdout).toMatch(/clave SIP +puesta 20/);
  expect(JSON.parse((await run(['phones', '--json'])).stdout)).toMatchObject({ items: [{ mac: MAC }] });
  expect(JSON.parse((await run(['extensions', '1001', '--json'])).stdout)).toMatchObject({ phones: [MAC] });
  const used = await run(['extensions', 'delete', '1001']);
  expect([used.code, used.stderr]).toEqual([1, expect.stringContaining(`it is in use by phone/${MAC}`)]);
  expect((await run(['phones', 'delete', MAC])).code).toBe(0);
  expect((await run(['extensions', 'delete', '1001'])).code).toBe(0);
  expect((await run(['extensions'])).stdout).toBe('no extensions yet\n');
  const store = openStore({ file: join(folder, 'data', 'wisp-edge.db') });
  onTestFinished(() => {
    store.close();
  });
  const entries = JSON.stringify(await store.control.entriesAfter(0, 100));
  expect(entries).toContain('"via":"cli"');
  expect(entries).not.toContain('geheim');
});

test('a put in another order says which lines keep their slots, in the reader’s language', async () => {
  const { run, provisioner } = await box();
  for (const number of ['1001', '1002', '1003'])
    await run(['extensions', 'put', number, '--registrar', 'iplan', '--name', 'Ana', '--owner', 'isp']);
  const put = ['phones', 'put', MAC, '--vendor', 'yealink', '--line', '1002', '--line', '1003'];
  expect((await run(put)).stdout).toBe(`phone/${MAC}: written\n`);
  const told = ['1001', '1002', '1003'].map((extension, at) => ({ slot: at + 1, extension, former: null }));
  await provisioner().provisioner.recordToldSlots([{ mac: MAC, revision: 1, slots: told }]);
  expect((await run(put)).stdout).toBe(
    `phone/${MAC}: written\nlines that the phone was told before keep their slots: 2: 1002, 3: 1003\n`,
  );
  expect((await run(['--lang', 'es', ...put])).stdout).toContain('conservan su posición: 2: 1002, 3: 1003\n');
  expect((await run(['phones', MAC])).stdout).toMatch(/^slots +2: 1002, 3: 1003$/m);
  const inPlace = ['phones', 'put', MAC, '--vendor', 'yealink', '--line', '1001', '--line', '1002'];
  expect((await run(inPlace)).stdout).toBe(`phone/${MAC}: written\n`);
});

test('enrol shows its URLs once, and they are not among the data in the open', async () => {
  const { run, folder } = await box();
  await run(['phones', 'put', MAC, '--vendor', 'snom']);
  const { code, stdout } = await run(['phones', 'enrol', 'AA-BB-CC-00-11-22', '--json']);
  expect(code).toBe(0);
  const urls: unknown = JSON.parse(stdout);
  expect(urls).toMatchObject({
    provisioningUrl: expect.stringMatching(/^https:\/\/phones\.example\.net\/p\/[0-9a-f]{32}\/$/) as string,
    enrolmentUrl: expect.stringMatching(/^https:\/\/phones\.example\.net\/e\/[0-9a-f]{32}\/$/) as string,
  });
  const tokens = stdout.match(/[0-9a-f]{32}/g) ?? [];
  const stored = readFileSync(join(folder, 'data', 'wisp-edge.db'), 'latin1');
  expect([tokens.length, stored.includes(MAC)]).toEqual([2, true]);
  for (const token of tokens) expect(stored).not.toContain(token);
  expect((await run(['--lang', 'es', 'phones', 'enrol', MAC])).stdout).toContain(
    'Estas URL se muestran esta única vez',
  );
  expect((await run(['phones', MAC])).stdout).toMatch(/enrolled +yes/);
});

test('where phones may come with a user and a password, enrol shows them once, and where they go in that phone', async () => {
  const { run, folder } = await box({ credentials: {} });
  await run(['phones', 'put', MAC, '--vendor', 'cisco-spa']);
  const { stdout } = await run(['phones', 'enrol', MAC]);
  expect(stdout).toContain('    https://phones.example.net/c/$MA.xml\n');
  expect(stdout).toContain('Profile_Rule = [--uid USER --pwd PASSWORD]https://…/c/$MA.xml');
  const [, password = ''] = /user aabbcc001122 {2}password ([a-z2-9]{20})\n/.exec(stdout) ?? [];
  expect(password).not.toBe('');
  expect(readFileSync(join(folder, 'data', 'wisp-edge.db'), 'latin1')).not.toContain(password);
  const json: unknown = JSON.parse((await run(['phones', 'enrol', MAC, '--json'])).stdout);
  expect(json).toMatchObject({ credentials: { url: 'https://phones.example.net/c/', user: MAC } });
  await run(['phones', 'put', MAC, '--vendor', 'gigaset', '--model', 'N510 IP PRO']);
  expect((await run(['--lang', 'es', 'phones', 'enrol', MAC])).stdout).toContain('No se conoce en este teléfono');
});

test('end-earlier says what is good now', async () => {
  const { run } = await box();
  await run(['phones', 'put', MAC, '--vendor', 'snom']);
  await run(['phones', 'enrol', MAC]);
  expect((await run(['phones', MAC])).stdout).toMatch(/earlier good +no/);
  const { code, stdout } = await run(['--lang', 'es', 'phones', 'end-earlier', MAC]);
  expect([code, stdout]).toEqual([0, `${MAC}: solo valen su URL y su contraseña más nuevas\n`]);
  expect((await run(['phones', 'end-earlier', 'aabbcc001199'])).code).not.toBe(0);
});

test('enrol shows the URLs as they are typed at that phone, and what else it wants done there', async () => {
  const { run } = await box();
  const typed = async (vendor: string, ...more: readonly string[]): Promise<readonly string[]> => {
    await run(['phones', 'put', MAC, '--vendor', vendor, ...more]);
    const { stdout } = await run(['--lang', 'es', 'phones', 'enrol', MAC]);
    return stdout.replace(/[0-9a-f]{32}/g, 'TOKEN').split('\n');
  };
  expect(await typed('cisco-spa')).toContain('    https://phones.example.net/e/TOKEN/$MA.xml');
  expect(await typed('panasonic')).toContain('    https://phones.example.net/p/TOKEN/Config{MAC}.cfg');
  expect((await typed('mitel')).join('\n')).toMatch(/e\/TOKEN\/\n.*apague y encienda el teléfono una vez/);
  expect((await typed('gigaset', '--model', 'N510 IP PRO')).join('\n')).toContain('opción 66 de DHCP');
  expect((await typed('yealink')).at(-2)).toBe('    https://phones.example.net/e/TOKEN/');
});

test('enrol says where files are encrypted, and shows the key as it is typed where there is no plain file', async () => {
  const { run, folder } = await box();
  const enrolled = async (lang: string, vendor: string, ...more: readonly string[]): Promise<string> => {
    await run(['phones', 'put', MAC, '--vendor', vendor, ...more]);
    const { stdout } = await run(['--lang', lang, 'phones', 'enrol', MAC]);
    return stdout.replace(/[0-9a-f]{32}/g, 'TOKEN');
  };
  const preferred = await enrolled('en', 'cisco-spa', '--encryption', 'preferred');
  expect(preferred).toMatch(/its files are plain:\n.*\n.*tells the phone a key and leads it to encrypted files:/);
  expect(preferred).not.toContain('--key');
  const required = await enrolled('es', 'cisco-spa', '--encryption', 'required');
  expect(required).toContain('Estas URL y la clave se muestran esta única vez');
  expect(required).toContain('[--key TOKEN] https://phones.example.net/p/TOKEN/$MA.xml');
  // What was said once stays: a label takes no encryption away.
  const labelled = await enrolled('es', 'grandstream', '--label', 'Caja');
  expect(labelled).toMatch(/"XML Config File Password":\n +TOKEN\n$/);
  const { stdout } = await run(['phones', 'enrol', MAC, '--json']);
  const { fileKey } = JSON.parse(stdout) as { fileKey: string };
  expect(fileKey).toMatch(/^[0-9a-f]{32}$/);
  expect(readFileSync(join(folder, 'data', 'wisp-edge.db'), 'latin1')).not.toContain(fileKey);
  expect((await run(['phones', MAC])).stdout).toMatch(/files encrypted +no/);
  const snom = await run(['phones', 'put', MAC, '--vendor', 'snom', '--encryption', 'required']);
  expect([snom.code, snom.stderr]).toEqual([1, expect.stringContaining('no way to encrypt its files is known')]);
});

test('a key comes from a file or standard input, and what is wrong with it is told without it', async () => {
  const { run, folder } = await box();
  const file = join(folder, 'keys');
  writeFileSync(file, `1001 ${KEY}\n`);
  expect((await run([...PUT_1001, '--key-file', file])).code).toBe(0);
  for (const [input, said] of [
    ['geheim with blanks', 'line 1 is no SIP key'],
    ['\n1002 geheim', 'line 2 is no SIP key'],
    ['gehéim', 'line 1 is no SIP key'],
    ['', 'no SIP key was given'],
  ] as const) {
    const { code, stderr } = await run([...PUT_1001, '--key-file', '-'], input);
    expect([code, stderr]).toEqual([64, expect.stringContaining(said)]);
    expect(stderr).not.toMatch(/geh/);
  }
  const none = await run([...PUT_1001, '--key-file', 'none']);
  expect([none.code, none.stderr]).toEqual([64, expect.stringContaining('none cannot be read')]);
});

test('enrol writes what a DHCP server is told: the enrolment URL, for that phone, where its vendor looks', async () => {
  const { run } = await box();
  await run(['phones', 'put', MAC, '--vendor', 'gigaset', '--model', 'N870 IP PRO']);
  const { code, stdout } = await run(['phones', 'enrol', MAC, '--dhcp', 'dnsmasq']);
  expect(code).toBe(0);
  const [about = '', until = '', ...lines] = stdout.trimEnd().split('\n');
  expect(about).toMatch(/^# Phone aabbcc001122, made by wisp-edge phones enrol/);
  expect(until).toMatch(/^# The URL is for this phone alone and works until 20\d\d-/);
  const url = /https:[^"]*/.exec(stdout)?.[0] ?? '';
  expect(url).toMatch(/^https:\/\/phones\.example\.net\/e\/[0-9a-f]{32}\/$/);
  expect(lines).toEqual([
    'dhcp-host=aa:bb:cc:00:11:22,set:wisp-edge-aabbcc001122',
    `dhcp-option-force=tag:wisp-edge-aabbcc001122,114,"${url}"`,
    `dhcp-option-force=tag:wisp-edge-aabbcc001122,66,"${url}"`,
  ]);

  await run(['phones', 'put', MAC, '--vendor', 'cisco-spa', '--model', 'SPA504G']);
  const kea = (await run(['--lang', 'es', 'phones', 'enrol', MAC, '--dhcp', 'kea'])).stdout;
  expect(kea).toMatch(/^\/\/ Telefono aabbcc001122/);
  expect(JSON.parse(kea.replaceAll(/^\/\/.*$/gm, ''))).toEqual({
    'hw-address': 'aa:bb:cc:00:11:22',
    'option-data': [66, 160].map((option) => ({
      code: option,
      space: 'dhcp4',
      'csv-format': false,
      'always-send': true,
      data: expect.stringMatching(/^'https:\/\/phones\.example\.net\/e\/[0-9a-f]{32}\/\$MA\.xml'$/) as string,
    })),
  });
  const router = (await run(['phones', 'enrol', MAC, '--dhcp', 'routeros'])).stdout;
  expect(router).toMatch(/option add name=wisp-edge-aabbcc001122-66 code=66 value="'https:.*\/\\24MA\.xml'"\n/);
  expect(router).toMatch(
    /\n\/ip dhcp-server lease set \[find where mac-address=AA:BB:CC:00:11:22\] dhcp-option=wisp-edge-aabbcc001122-66,wisp-edge-aabbcc001122-160\n$/,
  );
  const json: unknown = JSON.parse((await run(['phones', 'enrol', MAC, '--dhcp', 'kea', '--json'])).stdout);
  expect(json).toMatchObject({ dhcp: expect.stringContaining('"hw-address"') as string });
  expect((await run(['phones', 'enrol', MAC, '--dhcp', 'isc'])).code).toBe(64);
});

const REFUSED: readonly (readonly [readonly string[], number, string])[] = [
  [['phones', 'put', 'ff:ff:ff:ff:ff:ff', '--vendor', 'snom'], 64, 'ff:ff:ff:ff:ff:ff is no MAC address of a phone'],
  [
    ['phones', 'put', MAC, '--vendor', 'alcatel'],
    64,
    'this value is not possible: alcatel; possible: yealink, grandstream, snom, poly, cisco-spa',
  ],
  [['phones', 'put', MAC, '--vendor', 'alcatel'], 64, 'Usage: wisp-edge phones put'],
  [['phones', 'put', MAC], 64, '--vendor <VENDOR> is missing'],
  [['phones', 'put', MAC, '--vendor', 'snom', '--line', '9'], 1, 'there is no extension 9'],
  [
    ['phones', 'put', MAC, '--vendor', 'gigaset', '--model', 'N720 DM PRO'],
    1,
    'gigaset N720 DM PRO reads none of the formats',
  ],
  [['phones', MAC], 1, `there is no phone/${MAC}`],
  [['extensions', '9'], 1, 'there is no extension 9'],
  [['extensions', 'put', '1', '--registrar', 'x', '--name', 'x', '--owner', 'isp'], 64, 'no registrar x; known: iplan'],
  [['validate', '9'], 1, 'there is no extension/9'],
  [['rotate', '--reason', 'x'], 64, '<NUMBER> is missing'],
  [['rotate', '1001'], 64, '--reason <TEXT> is missing'],
  [['rotate', '9', '--reason', 'x'], 1, 'there is no extension 9'],
  [['rotate', 'show', 'rot-9'], 1, 'there is no rotation/rot-9'],
  [['rotate', 'cancel', 'rot-9'], 1, 'there is no rotation/rot-9'],
  [['rotate', 'frob'], 64, '--reason <TEXT> is missing'],
];

test('what cannot be done says why, and its exit code whose fault it is', async () => {
  const { run } = await box();
  for (const [args, code, said] of REFUSED) {
    const ended = await run(args);
    expect([args, ended.code, ended.stderr]).toEqual([args, code, expect.stringContaining(said)]);
  }
});

test('status tells of phones where there is a provisioner', async () => {
  const { run, provisioner } = await box();
  await run(['phones', 'put', MAC, '--vendor', 'snom']);
  expect((await run(['status'])).stdout).toContain('the provisioner does not run: 1 phone, 0 registered, 0 rotations');
  const { provisioner: side } = provisioner();
  const sip = { stack: 'drachtio', isReady: false, detail: 'connection refused' } as const;
  const mute = {
    mac: MAC,
    line: 2,
    extension: '1002',
    what: 'registrar-unknown',
    detail: 'registrar x is not in the configuration',
  };
  const notServed = { count: 3, first: [mute] };
  await side.recordStatus({
    ...{ at: Date.now(), url: 'http://192.0.2.2:8471', sip, notServed },
    legacyTls: 'https://192.0.2.3:8471',
  });
  const { stdout } = await run(['--lang', 'es', 'status']);
  expect(stdout).toContain('el provisioner está en ejecución');
  expect(stdout).toContain('no se puede enviar SIP: connection refused');
  expect(stdout).toContain('por TLS antiguo a https://192.0.2.3:8471');
  expect(stdout).toContain(`3 teléfonos sin lo que se pidió, p. ej. ${MAC} línea 2: `);
});

test('without the section provisioner the verbs say what is missing', async () => {
  const config = writeConfig(temporaryFolder(), smallConfig());
  await cli(['--config', config, 'init']);
  const { code, stderr } = await cli(['--config', config, 'phones']);
  expect([code, stderr]).toEqual([78, expect.stringContaining('provisioner')]);
});

test('validate waits for the verdict, and its exit code is the verdict’s', async () => {
  const { run, provisioner } = await box();
  await run([...PUT_1001, '--key-file', '-'], KEY);
  const alone = await run(['validate', '1001']);
  expect([alone.code, alone.stdout]).toEqual([75, expect.stringContaining('the provisioner does not run')]);
  const store = provisioner();
  const answer = async (verdict: 'valid' | 'invalid'): Promise<Ended> => {
    const running = run(['validate', '1001', '--key-file', '-'], NEW_KEY);
    const work = await until(async () =>
      (await store.provisioner.openWork()).find(({ operation }) => !seen.has(operation)),
    );
    seen.add(work.operation);
    if (work.kind !== 'validate') throw new Error(work.kind);
    expect([work.isGiven, work.key?.reveal()]).toEqual([true, NEW_KEY]);
    const end =
      verdict === 'valid'
        ? { state: 'verified' as const }
        : { state: 'failed' as const, reason: 'key-invalid' as const };
    await store.provisioner.advanceWork(Date.now(), [{ id: work.operation, ...end, result: { verdict } }]);
    return running;
  };
  const seen = new Set((await store.provisioner.openWork()).map(({ operation }) => operation));
  expect(await answer('valid')).toMatchObject({ code: 0, stdout: '1001: valid: the registrar takes it\n' });
  expect(await answer('invalid')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('(key-invalid)') as string,
  });
});

test('a rotation is shown step by step, waits for its key, and ends', async () => {
  const { run, provisioner } = await box();
  await run([...PUT_1001, '--key-file', '-'], KEY);
  const { provisioner: side } = provisioner();
  const rotating = async (): Promise<
    Pick<RotationAdvance, 'rotation' | 'number' | 'revision' | 'progress' | 'step'>
  > => {
    const open = await until(async () => (await side.openRotations())[0]);
    const [one] = open.extensions;
    if (one === undefined) throw new Error('no extension');
    const { number, revision, progress, step } = one;
    return { rotation: open.id, number, revision, progress, step };
  };
  const move = async (change: Partial<RotationAdvance>): Promise<void> => {
    const still = { end: null, evidence: [], serve: null, operation: null };
    await side.advanceRotation({ ...(await rotating()), at: Date.now(), ...still, ...change });
  };
  const started = run(['rotate', '1001', '--reason', 'se filtró']);
  await move({
    step: 'awaiting_key',
    evidence: [{ what: 'old-key-valid', data: { status: 200, bindings: [{}] } }],
    operation: { state: 'held', reason: 'awaiting-key' },
  });
  const held = await started;
  expect(held.code).toBe(75);
  expect(held.stdout).toMatch(/1001 {2}[0-9:]{8}Z {2}awaiting_key {2}old-key-valid {2}bindings=1 {2}status=200\n/);
  expect(held.stdout).toContain('1001: awaiting_key – waiting for the new key\n');
  const { rotation } = await rotating();
  expect(held.stdout).toContain(`wisp-edge rotate key ${rotation} 1001\n`);

  const given = run(['rotate', 'key', rotation, '1001'], NEW_KEY);
  await until(async () => (await side.openRotations())[0]?.extensions[0]?.newKey ?? undefined);
  await move({ step: 'proven', evidence: [{ what: 'new-key-valid', data: {} }] });
  await move({ step: 'staged', serve: 'new' });
  await move({ step: 'committed', end: 'committed', operation: { state: 'verified' } });
  const ended = await given;
  expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('committed: the new key is in use')]);
  expect((await run(['--lang', 'es', 'rotate', 'show'])).stdout).toMatch(/motivo\n.*1001 +se filtró\n/);
  const late = await run(['rotate', 'key', rotation, '1001'], KEY);
  expect([late.code, late.stderr]).toEqual([1, expect.stringContaining('takes no key any more')]);
  expect((await run(['rotate', 'cancel', rotation])).code).toBe(1);
  expect(JSON.parse((await run(['rotate', 'show', rotation, '--json'])).stdout)).toMatchObject({ end: 'committed' });
});

test('keys of several extensions come as lines of number and key', async () => {
  const { run, provisioner } = await box();
  for (const number of ['1001', '1002']) {
    await run(['extensions', 'put', number, '--registrar', 'iplan', '--name', 'x', '--owner', 'isp']);
  }
  const rotate = ['rotate', '1001', '1002', '--reason', 'x', '--key-file', '-', '--no-wait'];
  const unnamed = await run(rotate, NEW_KEY);
  expect([unnamed.code, unnamed.stderr]).toEqual([64, expect.stringContaining('line 1 must be a number and its key')]);
  expect((await run(rotate, `1003 ${NEW_KEY}`)).code).toBe(64);
  const { code } = await run(rotate, `1002 ${NEW_KEY}\n\n1001 ${KEY}\n`);
  expect(code).toBe(75);
  const [open] = await provisioner().provisioner.openRotations();
  expect(open?.extensions.map(({ number, newKey }) => [number, newKey?.reveal()])).toEqual([
    ['1001', KEY],
    ['1002', NEW_KEY],
  ]);
});

test('options of the whole program may stand after a verb, and those of a verb belong to it', async () => {
  const { run, folder } = await box();
  const config = join(folder, 'config.yaml');
  expect((await cli(['phones', '--json', '--config', config])).stdout).toBe('{\n  "items": []\n}\n');
  expect((await run(['rotate', 'show', '--lang=es'])).stdout).toBe('todavía no hay rotaciones\n');
  expect((await run(['rotate', 'show', '--json'])).stdout).toBe('{\n  "items": []\n}\n');
  expect((await run(['rotate', 'show', '--reason', 'x'])).code).toBe(64);
});

test('--trace tells what a phone asked for and why it got what it got, in the reader’s language', async () => {
  const { run, provisioner } = await box();
  await run(['phones', 'put', MAC, '--vendor', 'yealink']);
  expect((await run(['phones', MAC, '--trace'])).stdout).toContain('it asked for nothing yet');
  const store = provisioner();
  await store.provisioner.recordRequests([
    {
      ...{ mac: MAC, origin: 'own', firstAt: 1_000, at: 2_000, times: 3, method: 'GET', file: `cfg${MAC}.xml` },
      ...{ status: 404, address: '192.0.2.20', userAgent: 'Grandstream\u009b HW GRP2614', why: 'other-vendor' },
      detail: 'grandstream',
    },
  ]);
  const { stdout } = await run(['phones', MAC, '--trace']);
  expect(stdout).toMatch(
    /1970-01-01 00:00:02Z +3 +GET cfgaabbcc001122\.xml +404 +192\.0\.2\.20 .*other-vendor: this looks like a phone of grandstream\n/,
  );
  expect(stdout).not.toContain('\u009b');
  expect((await run(['--lang', 'es', 'phones', MAC, '--trace'])).stdout).toContain('parece un teléfono de grandstream');
  expect(JSON.parse((await run(['phones', MAC, '--trace', '--json'])).stdout)).toMatchObject({ items: [{ times: 3 }] });
  expect((await run(['phones', 'aabbcc001199', '--trace'])).code).not.toBe(0);
  expect((await run(['phones', '--trace'])).stderr).toContain('--trace');
});
