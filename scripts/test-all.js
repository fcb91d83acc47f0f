// `npm test`: every check and every suite. Installs nothing; suites whose peers are missing are named in one line.
import { spawnSync } from 'node:child_process';

/** Programs we did not write, that check us from outside: how to ask for each, and the Debian package that brings it. */
const PEERS = [
  { name: 'python3-librouteros', ask: ['/usr/bin/python3', '-c', 'import librouteros'] },
  { name: 'curl', ask: ['curl', '--version'] },
  { name: 'kamailio kamailio-websocket-modules', ask: ['/usr/sbin/kamailio', '-c', '-f', 'lab/peers/kamailio.cfg'] },
  { name: 'sip-tester', ask: ['which', 'sipp'] },
  { name: 'baresip-core', ask: ['which', 'baresip'] },
  { name: 'zsh', ask: ['zsh', '--version'] },
  { name: 'fish', ask: ['fish', '--version'] },
  { name: 'dnsmasq-base', ask: ['/usr/sbin/dnsmasq', '--version'] },
  { name: 'kea-dhcp4-server', ask: ['/usr/sbin/kea-dhcp4', '-v'] },
  { name: 'systemd', ask: ['systemd-analyze', '--version'] },
  // unshare is util-linux's; without root it needs user namespaces.
  { name: 'iproute2', ask: ['unshare', '-n', '--', 'ip', 'link', 'set', 'lo', 'up'] },
  { name: 'chromium', ask: ['/usr/bin/chromium', '--version'] },
];

const missing = PEERS.filter(
  ({ ask: [command, ...args] }) => spawnSync(command, args, { stdio: 'ignore' }).status !== 0,
);
if (missing.length > 0) {
  const names = missing.map(({ name }) => name).join(' ');
  console.log(`skipped for want of peers: suites that need ${names}; apt-get install ${names}`);
  if (process.env.REQUIRE_PEERS === '1') process.exit(1);
}

for (const [command, ...args] of [
  ['npm', 'run', '-s', 'build'],
  ['npm', 'run', '-s', 'check'],
  ['npx', '--no-install', 'vitest', 'run'],
]) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
