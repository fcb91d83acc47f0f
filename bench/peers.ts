import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { RouterOSAPI } from 'node-routeros';
import { connectNative } from '../agent/adapters/routeros/native.ts';
import { Secret } from '../schemas/secret.ts';

/** Rows a second that a client wrote to a scratch list of the same router. */
export interface PeerRate {
  readonly name: string;
  readonly rows: number;
  readonly rowsPerSecond: number;
}

const list = 'bench-peer';

/** Our own client, awaiting each command: what pipelining is measured against. */
export async function ownAwaitingEach(port: number, rows: number): Promise<PeerRate> {
  const target = {
    id: 'r0',
    host: '127.0.0.1',
    port,
    tls: { kind: 'plain' },
    user: 'edge',
    password: new Secret('edge'),
  } as const;
  const session = await connectNative(target, { connectTimeoutMs: 5000, commandTimeoutMs: 10_000 });
  const from = performance.now();
  for (let row = 0; row < rows; row += 1) {
    await session.run({ path: '/ip/firewall/address-list/add', attributes: { list, address: address(0, row) } });
  }
  const seconds = (performance.now() - from) / 1000;
  await session.close();
  return { name: 'own client, awaiting each', rows, rowsPerSecond: rows / seconds };
}

/** npm node-routeros as its users call it, 16 promises at a time. */
export async function nodeRouteros(port: number, rows: number, atOnce: number): Promise<PeerRate> {
  const api = new RouterOSAPI({ host: '127.0.0.1', port, user: 'edge', password: 'edge', timeout: 30 });
  await api.connect();
  const from = performance.now();
  const writer = async (first: number): Promise<void> => {
    for (let row = first; row < rows; row += atOnce) {
      await api.write('/ip/firewall/address-list/add', [`=list=${list}`, `=address=${address(atOnce, row)}`]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, first) => writer(first)));
  const seconds = (performance.now() - from) / 1000;
  await api.close();
  return { name: `node-routeros, ${atOnce} in flight`, rows, rowsPerSecond: rows / seconds };
}

const SCRIPT = `
import sys, time, librouteros
api = librouteros.connect(host='127.0.0.1', username='edge', password='edge', port=int(sys.argv[1]))
path = api.path('ip', 'firewall', 'address-list')
start = time.perf_counter()
for row in range(int(sys.argv[2])):
    path.add(list='${list}', address='10.99.%d.%d' % (row >> 8, row & 255))
print(time.perf_counter() - start)
`;

/** Debian's python3-librouteros, which knows one command at a time; null where it is not installed. */
export async function librouteros(port: number, rows: number): Promise<PeerRate | null> {
  try {
    const { stdout } = await promisify(execFile)('/usr/bin/python3', ['-c', SCRIPT, String(port), String(rows)]);
    return { name: 'python3-librouteros', rows, rowsPerSecond: rows / Number(stdout) };
  } catch (error) {
    if (error instanceof Error && error.message.includes('ModuleNotFoundError')) return null;
    throw error;
  }
}

function address(block: number, row: number): string {
  return `10.${100 + block}.${row >> 8}.${row & 255}`;
}
