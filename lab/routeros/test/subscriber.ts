import { execFile } from 'node:child_process';
import type { Socket } from 'node:net';
import { SocksClient, SocksClientError } from 'socks';

/** A TCP connection through a subscriber's SOCKS port; rejects with the SOCKS reply's text. */
export async function dialThrough(port: number, host: string, targetPort: number): Promise<Socket> {
  try {
    const { socket } = await SocksClient.createConnection({
      proxy: { host: '127.0.0.1', port, type: 5 },
      command: 'connect',
      destination: { host, port: targetPort },
      timeout: 15_000,
    });
    socket.on('error', () => undefined);
    return socket;
  } catch (error) {
    if (error instanceof SocksClientError) throw new Error(error.message, { cause: error });
    throw error;
  }
}

/** The next bytes of a socket as text. */
export function nextText(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('data', (chunk: Buffer) => {
      resolve(chunk.toString('utf8'));
    });
    socket.once('close', () => {
      reject(new Error('closed'));
    });
    socket.resume();
  });
}

/** What a socket says until the text holds `part`. */
export async function textUntil(socket: Socket, part: string): Promise<string> {
  let text = '';
  while (!text.includes(part)) text += await nextText(socket);
  return text;
}

/** How a socket's life ends: `reset` or `end`. */
export function endOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('error', (error) => {
      resolve('code' in error ? String(error.code) : error.message);
    });
    socket.once('close', () => {
      resolve('closed');
    });
    socket.resume();
  });
}

export interface CurlResult {
  readonly exitCode: number;
  readonly status: number;
  readonly location: string;
  readonly body: string;
}

/** curl through a subscriber's port, as a person would try it. */
export function curl(port: number, url: string, ...more: readonly string[]): Promise<CurlResult> {
  const format = '\n%{http_code} %{redirect_url}';
  const args = ['-sS', '--max-time', '10', '--socks5-hostname', `127.0.0.1:${port}`, '-w', format, ...more, url];
  return new Promise((resolve) => {
    execFile('curl', args, (error, stdout) => {
      const [, body = '', status = '0', location = ''] = /^(.*)\n(\d+) (.*)$/s.exec(stdout) ?? [];
      const exitCode = error === null ? 0 : Number(error.code ?? 1);
      resolve({ exitCode, status: Number(status), location, body });
    });
  });
}
