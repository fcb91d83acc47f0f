import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import type { OpenPnpWire, PnpWire } from '../pnp.ts';

/** Where phones ask (sip.mcast.net, RFC 3261 §10.2.6). */
const GROUP = '224.0.1.75';
/** What waits to be read. A building's phones at once are some hundred datagrams. */
const RECEIVE_BYTES = 512 * 1024;

/**
 * Two sockets. One is bound to the group's own address: what is sent to this box's address never reaches it, so nobody
 * outside of the link can ask. The other sends the answers from this box's address, and gets what phones say to them; it
 * has the port that phones ask at where that is free, and any other beside a PBX. Rejects with the system's error.
 */
export const openPnpWire: OpenPnpWire = async ({ address, port }, events) => {
  const network = networkOf(address);
  if (network === null) throw new Error(`no interface of this box has the address ${address}`);
  const group = createSocket({ type: 'udp4', reuseAddr: true, recvBufferSize: RECEIVE_BYTES });
  const own = createSocket({ type: 'udp4' });
  const end = async (): Promise<void> => {
    await Promise.all([group, own].map((socket) => closed(socket)));
  };
  try {
    await bound(group, GROUP, port);
    group.addMembership(GROUP, address);
    await boundAnyhow(own, address, port);
  } catch (error) {
    await end();
    throw error;
  }
  const state = { isOpen: true };
  // What a socket complains of is a datagram that did not arrive: whoever sent it sends it again.
  for (const socket of [group, own]) socket.on('error', () => undefined);
  group.on('message', (bytes, from) => {
    events.onGroup(bytes.toString('utf8'), from);
  });
  own.on('message', (bytes, from) => {
    events.onAnswer(bytes.toString('utf8'), from);
  });
  const wire: PnpWire = {
    network,
    local: { address, port: own.address().port },
    isThere: () => networkOf(address) === network,
    send(text, to) {
      if (state.isOpen) own.send(text, to.port, to.address, () => undefined);
    },
    async close() {
      state.isOpen = false;
      await end();
    },
  };
  return wire;
};

/** The network of the interface with that address, as a prefix; null where none has it. */
function networkOf(address: string): string | null {
  const found = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find((each) => each.family === 'IPv4' && each.address === address);
  return found?.cidr ?? null;
}

function bound(socket: Socket, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ address, port, exclusive: true }, () => {
      socket.off('error', reject);
      resolve();
    });
  });
}

async function boundAnyhow(socket: Socket, address: string, port: number): Promise<void> {
  try {
    await bound(socket, address, port);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    await bound(socket, address, 0);
  }
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.close(() => {
      resolve();
    });
  });
}
