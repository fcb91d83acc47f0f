import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { findPeer } from '../../../lab/test/peers.ts';
import { credentials, provisioning, servedPhone, startPhoneWorld } from './phones.ts';

const run = promisify(execFile);
const peer = findPeer('curl', 'curl', ['--version']);
const MAC = '805ec0aabb01';
const PASSWORD = 'k7q2m9x4t6w8z3n5p2r7';

/** A client that others wrote: it reads our challenges and we read what it makes of them. */
test.skipIf(!peer.isThere)(
  `curl is let in by Digest in either hash, by Basic, and by whatever it chooses itself ${peer.skipReason}`,
  async () => {
    for (const [schemes, how] of [
      [['digest-sha-256'], '--digest'],
      [['digest-md5'], '--digest'],
      [['basic'], '--basic'],
      [['digest-sha-256', 'digest-md5', 'basic'], '--anyauth'],
    ] as const) {
      const world = await startPhoneWorld({
        schemes,
        secrets: [PASSWORD],
        phones: [servedPhone(MAC, [provisioning('Tk0123456789abcdefXYZ'), credentials(MAC, PASSWORD)])],
      });
      onTestFinished(() => world.close());
      const url = `http://127.0.0.1:${world.port}/c/${MAC}.cfg`;
      const { stdout } = await run('curl', ['-s', how, '-u', `${MAC}:${PASSWORD}`, url, '-w', '%{http_code}']);
      expect([how, stdout.slice(-3), stdout.includes('account.1.user_name = 1001')]).toEqual([how, '200', true]);
      const { stdout: refused } = await run('curl', ['-s', how, '-u', `${MAC}:wrong`, url, '-w', '%{http_code}']);
      expect(refused).toBe('unauthorized\n401');
    }
  },
);
