import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import { repliesTo, type Asked } from './reply.ts';
import { Zones } from './zones.ts';

/** A DNS server on loopback, UDP and TCP on one port number. */
export interface LabDns {
  readonly host: string;
  readonly port: number;
  readonly zones: Zones;
  /** Questions received, in order. */
  readonly questions: readonly (Asked & { readonly transport: 'udp' | 'tcp' | 'inside' })[];
  /** Answers a query without a socket: the lab's own routers ask this way. */
  ask(query: Buffer): readonly Buffer[];
  close(): Promise<void>;
}

/** Starts it on 127.0.0.1 (RFC 1035 §4.2: UDP, and TCP with two bytes of length before every message). */
export async function startLabDns(zones: Zones = new Zones()): Promise<LabDns> {
  const questions: (Asked & { transport: 'udp' | 'tcp' | 'inside' })[] = [];
  const answer = (query: Buffer, transport: 'udp' | 'tcp' | 'inside'): readonly Buffer[] => {
    try {
      const { asked, replies } = repliesTo(query, zones, transport === 'tcp' ? 'tcp' : 'udp');
      if (asked !== null) questions.push({ ...asked, transport });
      return replies;
    } catch (error) {
      // Not a DNS message: no answer.
      if (error instanceof RangeError || error instanceof Error) return [];
      throw error;
    }
  };
  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    serveStream(socket, (query) => answer(query, 'tcp'));
  });
  const udp = createSocket('udp4');
  udp.on('message', (query, from) => {
    for (const reply of answer(query, 'udp')) udp.send(reply, from.port, from.address);
  });
  const port = await bindBoth(tcp, udp);
  return {
    host: '127.0.0.1',
    port,
    zones,
    questions,
    ask: (query) => answer(query, 'inside'),
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all([closed(udp), closed(tcp)]);
    },
  };
}

/** One port number for both: the system picks it for TCP, and picks again should another have it for UDP. */
async function bindBoth(tcp: Server, udp: UdpSocket): Promise<number> {
  for (;;) {
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    const address = tcp.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const isBound = await new Promise<boolean>((resolve) => {
      udp.once('error', () => {
        resolve(false);
      });
      udp.bind(port, '127.0.0.1', () => {
        resolve(true);
      });
    });
    if (isBound) return port;
    await closed(tcp);
  }
}

function closed(socket: Server | UdpSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.close(() => {
      resolve();
    });
  });
}

function serveStream(socket: Socket, answer: (query: Buffer) => readonly Buffer[]): void {
  let bytes = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= 2 && bytes.length >= 2 + bytes.readUInt16BE(0)) {
      const end = 2 + bytes.readUInt16BE(0);
      for (const reply of answer(bytes.subarray(2, end))) {
        socket.write(Buffer.concat([Uint8Array.of(reply.length >> 8, reply.length & 255), reply]));
      }
      bytes = bytes.subarray(end);
    }
  });
}
