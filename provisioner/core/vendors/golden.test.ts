import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AppError } from '../../../schemas/app-error.ts';
import type { FileCipher } from '../../../schemas/file-encryption.ts';
import { ciphersOf } from '../../../schemas/phone-formats/refusal.ts';
import { Secret } from '../../../schemas/secret.ts';
import { FILE_PRIMITIVES } from '../../file-primitives.ts';
import { encryptFile } from '../file-cipher/encrypt-file.ts';
import type { VendorFormat } from './model.ts';
import { FORMATS } from './table.ts';
import { goldenModel, HOSTILE_NAMES, modelOf } from './test/models.ts';
import { readRfc8188 } from './test/readers/rfc8188.ts';
import { READERS } from './test/readers/table.ts';

const ALL = Object.values(FORMATS);
const MAC = '805ec0aabbcc';
const FILE_KEY = new Secret('a37d2fb9055c1d04883a0745eb0917a4');

test.each(ALL)('a $dialect is told the golden bytes', ({ dialect, files }) => {
  const model = goldenModel(dialect);
  for (const kind of ['whole', 'enrolment'] as const) {
    const bytes = files.map((file) => [file.name(MAC, null), Buffer.from(file[kind](model), file.encoding)] as const);
    expect(bytes.map(([name]) => name).sort()).toEqual(readdirSync(golden(dialect, kind)).sort());
    for (const [name, written] of bytes) {
      const there = readFileSync(golden(dialect, kind, name));
      expect(written.toString('utf8')).toBe(there.toString('utf8'));
      expect(written.equals(there)).toBe(true);
    }
  }
});

test.each(ALL)(
  'a $dialect is told a key by the golden bytes of its enrolment, and has its file in each cipher so',
  (format) => {
    const { dialect, files } = format;
    const ciphers = ciphersOf(dialect);
    expect(existsSync(golden(dialect, 'encrypted'))).toBe(ciphers.length > 0);
    const fileKey = dialect === 'yealink' ? new Secret('Zk3vQ9mT7xB2nR5c') : FILE_KEY;
    const model = { ...goldenModel(dialect), fileKey };
    for (const file of ciphers.length > 0 ? files : []) {
      const name = file.name(MAC, null);
      const compare = (folder: string, written: Uint8Array): void => {
        expect(Buffer.from(written).equals(readFileSync(golden(dialect, 'encrypted', folder, name)))).toBe(true);
      };
      const plain = Buffer.from(file.whole(model), file.encoding);
      compare('enrolment', Buffer.from(file.enrolment(model), file.encoding));
      for (const cipher of ciphers) {
        const { bytes } = encryptFile(FILE_PRIMITIVES, cipher, fileKey, plain);
        compare(cipher, bytes);
        expect(READERS[dialect](decrypted(cipher, fileKey, Buffer.from(bytes)))).toEqual(READERS[dialect](plain));
      }
      // The key is told wherever it may have to be read again, and in no file of a phone that has none.
      expect(plain.toString('utf8')).toContain(fileKey.reveal());
      expect(file.whole({ ...model, fileKey: null })).not.toContain(fileKey.reveal());
    }
  },
);

/** By who shares nothing with the encoders: the openssl command, and a reader of RFC 8188 by Node's own HKDF. */
function decrypted(cipher: FileCipher, fileKey: Secret, bytes: Buffer): Buffer {
  const key = fileKey.reveal();
  if (cipher === 'aes128gcm') return Buffer.from(readRfc8188(bytes, Buffer.from(key)));
  const args =
    cipher === 'aes-128-ecb'
      ? ['enc', '-d', '-aes-128-ecb', '-nopad', '-K', Buffer.from(key).toString('hex')]
      : ['enc', '-d', '-aes-256-cbc', '-md', 'md5', '-k', key];
  return execFileSync('openssl', args, { input: bytes, stdio: ['pipe', 'pipe', 'ignore'] });
}

test.each(ALL)('a $dialect carries a hostile name exactly, or refuses it with the reason', (format) => {
  const told = HOSTILE_NAMES.map((displayName) => {
    const model = modelOf({ displayName });
    try {
      const [file] = format.files.filter(({ hasLines }) => hasLines);
      if (file === undefined) throw new Error('no file with lines');
      const [, line] = READERS[format.dialect](Buffer.from(file.whole(model), file.encoding));
      expect(line?.displayName).toBe(displayName);
      return `${JSON.stringify(displayName)} carried`;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'value-not-carried') throw error;
      return `${JSON.stringify(displayName)} ${error.message}`;
    }
  });
  expect(`${told.join('\n')}\n`).toBe(readFileSync(golden(format.dialect, 'hostile-names.txt'), 'utf8'));
});

test.each(ALL)('an enrolment of a $dialect holds no line and no key', ({ dialect, files }) => {
  const model = goldenModel(dialect);
  for (const file of files) {
    const text = file.enrolment(model);
    expect(text).not.toMatch(/1001|1004|key/);
    expect(text).not.toMatch(/account\.|<P3[456]>|user_|sip line|Account1|auth\.|SIP_PASS|Password_/);
  }
});

test.each(ALL)(
  'a $dialect that came by its own settings is told nothing of its way, and all else as ever',
  (format) => {
    const model = goldenModel(format.dialect);
    for (const file of withLines(format)) {
      const whole = file.whole(model).split(/\r?\n/);
      const told = file.whole({ ...model, provisioningUrl: null }).split(/\r?\n/);
      const left = whole.filter((line) => !told.includes(line));
      expect(told.filter((line) => !whole.includes(line))).toEqual([]);
      expect(told.join('\n')).not.toMatch(/phones\.example|Profile_Rule|server\.url|serverPath|[Dd]ownload Server/);
      // A user or a password that it was given stays.
      expect(told.join('\n')).not.toMatch(
        /P136[01]|DefaultUser|Download (User|Pass)|Autoprovision\.GENERAL\.(User|Pwd)/,
      );
      expect(left.some((line) => line.includes('phones.example.net'))).toBe(true);
      expect(left.join('\n')).not.toMatch(/1001|1004|key/);
    }
  },
);

test.each(ALL)('another revision of a $dialect’s file with lines has other bytes', (format) => {
  const model = goldenModel(format.dialect);
  for (const file of withLines(format))
    expect(file.whole({ ...model, revision: 43, version: 43 })).not.toBe(file.whole(model));
});

test.each(ALL)('a $dialect asks for the files that are ours, by the names they have', (format) => {
  const asked = format.asksFor(MAC, null);
  const model = goldenModel(format.dialect);
  for (const file of format.files) {
    const [name, others] = [file.name(MAC, null), file.name('805ec0aabbcd', null)];
    expect(asked.some((pattern) => fits(pattern, name))).toBe(true);
    expect(file.isNamed(name, MAC)).toBe(true);
    expect(file.isNamed(name.replace(/805ec0aabbcc/i, '805EC0AABBCC'), MAC)).toBe(true);
    expect(asked.filter((pattern) => file.isNamed(pattern.replaceAll('*', '1'), MAC))).toHaveLength(1);
    // Whose name holds no MAC is known by the token alone: never one with keys.
    if (others !== name) expect(file.isNamed(others, MAC)).toBe(false);
    else expect([file.hasLines, file.whole(model)]).toEqual([false, file.enrolment(model)]);
  }
});

test('a Grandstream is never asked to poll or to register in less than it takes', () => {
  const [file] = FORMATS.grandstream.files;
  const model = modelOf({});
  const [, slot] = model.slots;
  if (slot?.kind !== 'line') throw new Error('no line');
  const text = file.whole({
    ...model,
    pollMinutes: 1,
    slots: [{ kind: 'line', line: { ...slot.line, expiresSeconds: 20 } }],
  });
  expect(text).toContain('<P193>60</P193>');
  expect(text).toContain('<P32>1</P32>');
});

test('files are named as phones ask for them, and found however the MAC is written', () => {
  const { yealink, grandstream, snom, panasonic } = FORMATS;
  expect(yealink.files[0].name('805ec0aabbcc', 'T54W')).toBe('805ec0aabbcc.cfg');
  expect(grandstream.files[0].name('c074adaabbcc', null)).toBe('cfgc074adaabbcc.xml');
  expect(snom.files[0].name('000413aabbcc', 'D785')).toBe('snomD785-000413AABBCC.htm');
  expect(snom.files[0].name('000413aabbcc', 'snomD785')).toBe('snomD785-000413AABBCC.htm');
  expect(snom.files[0].isNamed('snom710-000413aabbcc.htm', '000413aabbcc')).toBe(true);
  expect(snom.files[0].isNamed('snom710.htm', '000413aabbcc')).toBe(false);
  expect(grandstream.files[0].isNamed('cfg.xml', 'c074adaabbcc')).toBe(false);
  expect(panasonic.files[0].name('0080f0aabbcc', 'UT136')).toBe('KX-UT136.cfg');
  expect(panasonic.files[0].name('0080f0aabbcc', 'kx-hdv130')).toBe('KX-HDV130.cfg');
  expect(panasonic.files[0].isNamed('Config0080F0AABBCC.cfg', '0080f0aabbcc')).toBe(false);
});

/** `*` stands for letters and digits. */
function fits(pattern: string, name: string): boolean {
  return new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[A-Za-z0-9]*')}$`).test(name);
}

function withLines({ files }: VendorFormat): VendorFormat['files'][number][] {
  return files.filter(({ hasLines }) => hasLines);
}

function golden(...path: readonly string[]): string {
  return join(import.meta.dirname, 'golden', ...path);
}
