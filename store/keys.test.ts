import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeMissingKeys, readPrivateKey, readPublicKey } from './keys.ts';
import { publicKeyOf } from './sealed.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'wisp-edge-keys-'));
  onTestFinished(() => {
    rmSync(made, { recursive: true });
  });
  return made;
}

test('keys are made once, each pair belongs together', () => {
  const dataDir = folder();
  expect(makeMissingKeys(dataDir)).toHaveLength(3);
  const key = readPrivateKey(dataDir, 'provisioner');
  expect(makeMissingKeys(dataDir)).toEqual([]);
  expect(publicKeyOf(key)).toBe(readPublicKey(dataDir, 'provisioner'));
  expect(readPrivateKey(dataDir, 'control').reveal()).not.toBe(key.reveal());
});

test('a systemd credential comes before the file; without one the file is read', () => {
  const [dataDir, credentials] = [folder(), folder()];
  makeMissingKeys(dataDir);
  const file = readPrivateKey(dataDir, 'provisioner', {}).reveal();
  const environment = { CREDENTIALS_DIRECTORY: credentials };
  expect(readPrivateKey(dataDir, 'provisioner', environment).reveal()).toBe(file);
  writeFileSync(join(credentials, 'provisioner.key'), 'from the credential');
  expect(readPrivateKey(dataDir, 'provisioner', environment).reveal()).toBe('from the credential');
  expect(readPrivateKey(dataDir, 'control', environment).reveal()).not.toBe('from the credential');
});

test('a key that is not there is secret-unreadable', () => {
  expect(() => readPrivateKey(folder(), 'provisioner')).toThrow(expect.objectContaining({ code: 'secret-unreadable' }));
});
