import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { decode, encode, type Answer, type DecodedPacket, type Packet } from 'dns-packet';
import { onTestFinished } from 'vitest';

/** A question as it came, and the ways to answer it. */
export interface Asked {
  readonly name: string;
  readonly type: string;
  readonly query: DecodedPacket;
  readonly over: 'udp' | 'tcp';
  readonly from: { readonly address: string; readonly port: number };
  /** Sends an answer; `change` alters the packet first. */
  reply(answers: readonly Answer[], change?: Partial<Packet>): void;
  raw(bytes: Buffer): void;
}

export interface DnsServer {
  /** As the config names it. */
  readonly text: string;
  readonly asked: readonly Asked[];
}

export const RCODES = { formErr: 1, servFail: 2, nxDomain: 3, refused: 5 };

/** A server on 127.0.0.1 (or ::1) whose every answer the test scripts; UDP and TCP on one port, gone at the test's end. */
export async function startDnsServer(script: (asked: Asked) => void, host = '127.0.0.1'): Promise<DnsServer> {
  const { udp, tcp } = await bindBoth(host);
  const asked: Asked[] = [];
  const take = (bytes: Buffer, over: 'udp' | 'tcp', from: Asked['from'], send: (bytes: Buffer) => void): void => {
    const query = decode(bytes);
    const question = query.questions?.[0];
    const one: Asked = {
      name: question?.name ?? '',
      type: question?.type ?? '',
      query,
      over,
      from,
      reply: (answers, change = {}) => {
        send(
          encode({
            type: 'response',
            id: query.id ?? 0,
            questions: query.questions ?? [],
            answers: [...answers],
            ...change,
          }),
        );
      },
      raw: send,
    };
    asked.push(one);
    script(one);
  };
  udp.on('message', (bytes: Buffer, from: RemoteInfo) => {
    take(bytes, 'udp', from, (answer) => {
      udp.send(answer, from.port, from.address);
    });
  });
  tcp.on('connection', (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      take(bytes.subarray(2), 'tcp', { address: '', port: 0 }, (answer) => {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(answer.length);
        socket.write(length);
        socket.end(answer);
      });
    });
  });
  onTestFinished(() => {
    udp.close();
    tcp.close();
  });
  const { port } = udp.address();
  return { text: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`, asked };
}

/** The kernel gives UDP a free port; TCP may have lost the same one to somebody, so it is tried again. */
async function bindBoth(host: string): Promise<{ readonly udp: Socket; readonly tcp: Server }> {
  for (let left = 20; ; left -= 1) {
    const udp = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    udp.bind(0, host);
    await once(udp, 'listening');
    const tcp = createServer();
    try {
      tcp.listen(udp.address().port, host);
      await once(tcp, 'listening');
      return { udp, tcp };
    } catch (error) {
      udp.close();
      if (left === 0) throw error;
    }
  }
}

export function a(name: string, address: string, ttl = 300): Answer {
  return { type: 'A', name, data: address, ttl };
}

export function aaaa(name: string, address: string, ttl = 300): Answer {
  return { type: 'AAAA', name, data: address, ttl };
}

export function cname(name: string, target: string, ttl = 300): Answer {
  return { type: 'CNAME', name, data: target, ttl };
}
