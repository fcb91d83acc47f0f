import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { findPeer } from '../../../lab/test/peers.ts';

/** A network namespace of one's own: needs iproute2, and root or user namespaces. */
const MAKE = 'ip link set lo up && ip addr add 192.0.2.2/32 dev lo';
const peer = findPeer('iproute2', 'unshare', ['-n', '--', 'sh', '-c', MAKE]);
const ROOT = join(import.meta.dirname, '../../..');
const NODE = `"${process.execPath}" --import tsx agent/test/notice-server/household.ts`;

test.skipIf(!peer.isThere)(
  `a real agent knows subscribers by their sockets’ own addresses, before any router was read ${peer.skipReason}`,
  async () => {
    const sources = ['100.64.0.5', '100.64.7.3', '100.64.0.6'];
    const addresses = sources.map((source) => `ip addr add ${source}/32 dev lo`).join(' && ');
    const script = `${MAKE} && ${addresses} && exec ${NODE} ${sources.join(' ')}`;
    const { stdout } = await promisify(execFile)('unshare', ['-n', '--', 'sh', '-c', script], { cwd: ROOT });
    const page = '302 https://clientes.example.net/aviso/cutoff/s1/';
    expect(JSON.parse(stdout)).toEqual({
      '100.64.0.5': page,
      '100.64.7.3': page,
      '100.64.0.6': '503',
      restored: '503',
    });
  },
);
