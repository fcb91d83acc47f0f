import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';

/** A provisioning server of one file each path; 404 else. */
export interface FileServer {
  readonly url: string;
  readonly files: Map<string, string>;
  /** Paths asked for, with the User-Agent. */
  readonly asked: readonly { readonly path: string; readonly userAgent: string }[];
}

export async function fileServer(): Promise<FileServer> {
  const files = new Map<string, string>();
  const asked: { path: string; userAgent: string }[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push({ path, userAgent: request.headers['user-agent'] ?? '' });
    const file = files.get(path);
    response.statusCode = file === undefined ? 404 : 200;
    response.end(file ?? 'not found');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  );
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, files, asked };
}

export const MAC = '001565aabb01';

export interface FileLine {
  readonly user: string;
  readonly key: string;
  readonly port: number;
  readonly home: string;
}

/** Files as the vendors' guides show them, written by hand: path below the home, and text. */
export const FILES: Readonly<Record<'yealink' | 'grandstream' | 'snom', (line: FileLine) => [string, string]>> = {
  yealink: ({ user, key, port, home }) => [
    `${MAC}.cfg`,
    `#!version:1.0.0.1
# a comment
static.auto_provision.server.url = ${home}
account.1.enable = 1
account.1.user_name = ${user}
account.1.auth_name=${user}
account.1.password = ${key}
account.1.sip_server.1.address = 127.0.0.1
account.1.sip_server.1.port = ${port}
account.1.sip_server.1.expires = 60
sip.notify_reboot_enable = 0
`,
  ],
  grandstream: ({ user, key, port, home }) => [
    `cfg${MAC}.xml`,
    `<?xml version="1.0" encoding="UTF-8" ?>
<gs_provision version="1">
  <mac>${MAC}</mac>
  <config version="1">
    <P237>${home.replace(/^http:\/\/|\/$/g, '')}</P237><P212>1</P212>
    <P271>1</P271><P47>127.0.0.1:${port}</P47><P35>${user}</P35><P36>${user}</P36><P34>${xml(key)}</P34><P32>1</P32>
    <P401>0</P401><P404></P404>
  </config>
</gs_provision>`,
  ],
  snom: ({ user, key, port, home }) => [
    `snomD785-${MAC.toUpperCase()}.htm`,
    `<?xml version="1.0" encoding="utf-8"?>
<settings><phone-settings>
  <setting_server perm="RW">${home}</setting_server>
  <user_active idx="1" perm="R">on</user_active>
  <user_name idx="1" perm="R">${user}</user_name>
  <user_pass idx="1" perm="R">${xml(key)}</user_pass>
  <user_host idx="1" perm="R">127.0.0.1</user_host>
  <user_outbound idx="1" perm="R">127.0.0.1:${port};transport=udp</user_outbound>
  <user_expiry idx="1" perm="R">60</user_expiry>
</phone-settings></settings>`,
  ],
};

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
