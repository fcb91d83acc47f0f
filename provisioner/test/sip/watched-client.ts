import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { LeakWatch } from '../../../lab/leaks/leak-watch.ts';
import { watchedLog } from '../../../lab/test/watched.ts';
import { openSipClient, type SipDeps, type SipOptions } from '../../adapters/sip/open.ts';
import type { SipClient, SipCredential } from '../../ports.ts';

/** Of the lab's registrar and its phones. */
const REALM = 'lab.test';

/** A stack that is looked at in all that it says, its log included, for every key it is given; `close` tells what came out (I9). */
export function openWatched(options: SipOptions, more: Omit<SipDeps, 'log'> = {}): SipClient {
  const watch = new LeakWatch();
  if (options.stack === 'drachtio') watch.learn('the secret of drachtio', options.secret.reveal());
  const client = openSipClient(options, { ...more, log: watchedLog(watch) });
  return {
    stack: client.stack,
    readiness() {
      const readiness = client.readiness();
      watch.look('the readiness', readiness.detail ?? '');
      return readiness;
    },
    probe(registrar, credential, how) {
      learn(watch, [credential]);
      return seen(watch, client.probe(registrar, credential, how));
    },
    notify(target, event, credentials, how) {
      learn(watch, credentials);
      return seen(watch, client.notify(target, event, credentials, how));
    },
    async close() {
      await client.close();
      expect(watch.leaks).toEqual([]);
    },
  };
}

/** A hash of user, realm and key is as good as the key (RFC 7616 §5.1). */
function learn(watch: LeakWatch, credentials: readonly SipCredential[]): void {
  for (const { authUser, key } of credentials) {
    watch.learn('a key', key.reveal());
    for (const algorithm of ['md5', 'sha256']) {
      const hash = createHash(algorithm).update(`${authUser}:${REALM}:${key.reveal()}`);
      watch.learn('an HA1', hash.digest('hex'));
    }
  }
}

async function seen<Answer>(watch: LeakWatch, answer: Promise<Answer>): Promise<Answer> {
  try {
    const given = await answer;
    watch.look('an answer', JSON.stringify(given));
    return given;
  } catch (error) {
    if (error instanceof Error) watch.look('an error', `${JSON.stringify(error)} ${error.stack ?? error.message}`);
    throw error;
  }
}
