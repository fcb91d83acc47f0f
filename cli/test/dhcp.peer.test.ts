import { execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../lab/test/free-port.ts';
import { findPeer } from '../../lab/test/peers.ts';
import { PhoneDialect } from '../../schemas/phone-formats/dialect.ts';
import { dhcpHost } from '../dhcp-host.ts';
import { temporaryFolder } from './fixture.ts';

const dnsmasq = findPeer('dnsmasq-base', '/usr/sbin/dnsmasq', ['--version']);
const kea = findPeer('kea-dhcp4-server', '/usr/sbin/kea-dhcp4', ['-v']);
const run = promisify(execFile);

/** One phone of each dialect, as they are written into one file. */
const hosts = PhoneDialect.anyOf.map(({ const: dialect }, at) => ({
  dialect,
  mac: `805ec0aabb${String(10 + at)}`,
  enrolmentUrl: `https://phones.example.net:8471/a,b;c"d'e\\f/e/99a0806f8fbb476804d452e04b2f2b72/`,
}));
const NOTES = ['one note, with "quotes"', 'and another'];

/** What the vendors' guides want beside option 66, and after the URL. */
const ALSO: Readonly<Partial<Record<PhoneDialect, number>>> = {
  poly: 160,
  'cisco-spa': 160,
  'cisco-mpp': 160,
  'fanvil-xml': 43,
  'fanvil-text': 43,
  'gigaset-nx70': 114,
};
const AFTER: Readonly<Partial<Record<PhoneDialect, string>>> = {
  'cisco-spa': '$MA.xml',
  'cisco-mpp': '$MA.xml',
  panasonic: 'Config{MAC}.cfg',
};

/** dnsmasq as a DHCP server on loopback; all of 127.0.0.0/8 answers a ping, so it must not try. */
async function startDnsmasq(port: number, text: string): Promise<void> {
  const folder = temporaryFolder();
  const file = join(folder, 'dnsmasq.conf');
  const own = [
    ...['port=0', 'bind-interfaces', 'interface=lo', 'no-ping', 'log-facility=-'],
    ...[`dhcp-alternate-port=${port},${port + 1}`, `dhcp-leasefile=${join(folder, 'leases')}`],
    'dhcp-range=127.0.5.10,127.0.5.99,255.0.0.0',
  ];
  writeFileSync(file, [...own, text, ''].join('\n'));
  const args = ['--keep-in-foreground', `--conf-file=${file}`, '--pid-file=', `--user=${userInfo().username}`];
  const child = spawn('/usr/sbin/dnsmasq', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(async () => {
    child.kill();
    if (child.exitCode === null) await once(child, 'exit');
  });
  let said = '';
  for await (const chunk of child.stderr.setEncoding('utf8')) {
    said += String(chunk);
    if (said.includes('DHCP, IP range')) break;
  }
  expect(said).toContain('DHCP, IP range');
}

/** A relay (RFC 2131 §4.1, giaddr) at 127.0.0.2: sends a phone's DISCOVER and gives the options of the OFFER. */
async function relay(port: number): Promise<(mac: string) => Promise<ReadonlyMap<number, Buffer>>> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  onTestFinished(() => {
    socket.close();
  });
  await new Promise<void>((resolve) => {
    socket.bind(port, '127.0.0.2', resolve);
  });
  return async (mac) => {
    const head = Buffer.alloc(240);
    // A request, Ethernet, one hop; giaddr, chaddr and the magic cookie have their places.
    head.set([1, 1, 6, 1]);
    head.set([127, 0, 0, 2], 24);
    head.set(Buffer.from(mac, 'hex'), 28);
    head.writeUInt32BE(0x63825363, 236);
    const offer = new Promise<Buffer>((resolve) => socket.once('message', resolve));
    socket.send(Buffer.concat([head, Buffer.from([53, 1, 1, 55, 1, 66, 255])]), port, '127.0.0.1');
    return optionsOf(await offer);
  };
}

function optionsOf(packet: Buffer): ReadonlyMap<number, Buffer> {
  const options = new Map<number, Buffer>();
  for (let at = 240; at < packet.length && packet[at] !== 255;) {
    const [code = 0, length = 0] = [packet[at], packet[at + 1]];
    if (code !== 0) options.set(code, packet.subarray(at + 2, at + 2 + length));
    at += code === 0 ? 1 : 2 + length;
  }
  return options;
}

test.skipIf(!dnsmasq.isThere)(
  `a real dnsmasq offers each phone its URL, and nothing of it to another ${dnsmasq.skipReason}`,
  async () => {
    const port = await freePort();
    await startDnsmasq(port, hosts.flatMap((host) => dhcpHost('dnsmasq', host, NOTES)).join('\n'));
    const discover = await relay(port);
    const url = 'https://phones.example.net:8471/a,b;c%22d%27e%5Cf/e/99a0806f8fbb476804d452e04b2f2b72/';
    const offered = async (mac: string) => {
      const offer = await discover(mac);
      return Object.fromEntries(
        [43, 66, 114, 160].flatMap((code) => {
          const value = offer.get(code)?.toString('latin1').replace(/\0$/, '');
          return value === undefined ? [] : [[code, value]];
        }),
      );
    };
    for (const { dialect, mac } of hosts) {
      const value = `${url}${AFTER[dialect] ?? ''}`;
      const also = ALSO[dialect];
      const wanted = { 66: value, ...(also === undefined ? {} : { [also]: value }) };
      expect([dialect, await offered(mac)]).toEqual([dialect, wanted]);
    }
    expect(await offered('805ec0ffffff')).toEqual({});
  },
);

test.skipIf(!kea.isThere)(`Kea takes what is written for it ${kea.skipReason}`, async () => {
  const check = async (entries: readonly string[]) => {
    const folder = temporaryFolder();
    const file = join(folder, 'kea.conf');
    const reservations = entries.join(',\n');
    writeFileSync(
      file,
      `{ "Dhcp4": { "interfaces-config": { "interfaces": [] },
        "lease-database": { "type": "memfile", "persist": false },
        "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "reservations": [\n${reservations}\n] }] } }`,
    );
    return run('/usr/sbin/kea-dhcp4', ['-t', file], { env: { ...process.env, KEA_LOCKFILE_DIR: 'none' } });
  };
  const entries = hosts.map((host) => dhcpHost('kea', host, NOTES).join('\n'));
  await check(entries);
  await expect(check(entries.map((entry) => entry.replaceAll("'", '')))).rejects.toThrow(/option/);
});
