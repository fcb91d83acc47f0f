import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../lab/test/free-port.ts';
import { cpuSecondsOf } from './cpu.ts';
import { untilUp } from './phone-load.ts';

const PROGRAM = '/usr/sbin/nginx';

/** nginx on a port of its own. */
export interface Nginx {
  readonly port: number;
  cpuSeconds(): number;
  stop(): Promise<void>;
}

/** One process, as we are: it reads what whoever starts it may read. */
function configOf(port: number, folder: string, files: string): string {
  return `daemon off;
master_process off;
pid ${folder}/pid;
error_log ${folder}/error.log crit;
worker_rlimit_nofile 16384;
events { worker_connections 8192; }
http {
  access_log ${folder}/access.log;
  client_body_temp_path ${folder};
  proxy_temp_path ${folder};
  fastcgi_temp_path ${folder};
  uwsgi_temp_path ${folder};
  scgi_temp_path ${folder};
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  default_type text/plain;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location ~ ^/p/[^/]+/([^/]+)$ { alias ${files}/$1; }
  }
}
`;
}

/** Serves the files of a folder under any token; null where nginx is not installed. */
export async function startNginx(files: string): Promise<Nginx | null> {
  if (!existsSync(PROGRAM)) return null;
  const folder = mkdtempSync(join(tmpdir(), 'wisp-edge-nginx-'));
  const port = await freePort();
  const config = join(folder, 'nginx.conf');
  writeFileSync(config, configOf(port, folder, files));
  const child = spawn(PROGRAM, ['-c', config], { stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = once(child, 'exit');
  await untilUp(port, child);
  return {
    port,
    cpuSeconds: () => cpuSecondsOf(child.pid ?? 0),
    async stop() {
      child.kill('SIGQUIT');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
