import { spawn } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../test/free-port.ts';
import { findPeer } from '../../test/peers.ts';
import { startRegistrar } from '../registrar.ts';

const sipsak = findPeer('sipsak', 'sipsak', ['--version']);

function exitCode(command: string, args: readonly string[]): Promise<number | null> {
  const child = spawn(command, args, { stdio: 'ignore' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
}

test.skipIf(!sipsak.isThere)(
  `sipsak registers with the lab registrar, and is refused with a wrong key ${sipsak.skipReason}`,
  async () => {
    const registrar = await startRegistrar({
      users: new Map([['1001', { keys: ['s3cret-1001'] }]]),
      realm: '127.0.0.1',
    });
    onTestFinished(() => registrar.close());
    const bind = async (key: string): Promise<number | null> => {
      const contact = `sip:1001@127.0.0.1:${await freePort()}`;
      return exitCode('sipsak', [
        '-U',
        '-s',
        `sip:1001@127.0.0.1:${registrar.port}`,
        '-C',
        contact,
        '-u',
        '1001',
        '-a',
        key,
        '-x',
        '60',
      ]);
    };
    expect(await bind('s3cret-1001')).toBe(0);
    expect(registrar.bindings('1001')).toMatchObject([{ key: 's3cret-1001' }]);
    expect(await bind('wrong')).toBe(2);
  },
);
