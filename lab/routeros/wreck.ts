import { encodeSentence } from './codec.ts';
import type { Fault } from './faults.ts';
import { replySentence, type Session } from './session.ts';

export interface Wreckage {
  readonly session: Session;
  /** Does the command and gives its whole reply. */
  readonly reply: () => string;
  readonly reboot: (downMs: number) => void;
}

/** Does the command as its fault lets it, and gives what then goes over the wire. */
export function wreck(fault: Fault | null, { session, reply, reboot }: Wreckage, tag: string | null): () => void {
  const plainly = (text: string) => (): void => {
    session.send(text);
  };
  switch (fault?.kind) {
    case undefined:
    case 'latency':
    case 'stuck':
      return plainly(reply());
    case 'trap': {
      const category: [string, string][] = fault.category === undefined ? [] : [['category', String(fault.category)]];
      const trap = replySentence('!trap', tag, [...category, ['message', fault.message]]);
      return plainly(trap + replySentence('!done', tag, []));
    }
    case 'reset':
    case 'close': {
      const text = fault.when === 'before' ? '' : reply();
      const part = fault.when === 'mid-reply' || fault.when === undefined ? half(text) : '';
      return () => {
        if (part !== '') session.send(part);
        if (fault.kind === 'reset') session.reset();
        else session.end();
      };
    }
    case 'half-sentence': {
      const text = half(reply());
      return () => {
        session.send(text);
        queueMicrotask(() => {
          session.mute();
        });
      };
    }
    case 'one-byte-chunks': {
      const text = reply();
      return () => {
        session.sendByteByByte(text);
      };
    }
    case 'hang':
      if (fault.isDone !== false) reply();
      return () => {
        session.mute();
      };
    case 'fatal':
      return () => {
        session.send(encodeSentence(['!fatal', fault.reason ?? 'router says goodbye']));
        session.end();
      };
    case 'unknown-word':
      return plainly(replySentence(fault.word ?? '!news', tag, [['hint', 'unknown']]) + reply());
    case 'duplicate-reply': {
      const text = reply();
      return plainly(text + text);
    }
    case 'reboot':
      if (fault.when === 'after') reply();
      reboot(fault.downMs ?? 0);
      return () => undefined;
    case 'edit': {
      if (fault.when !== 'after') fault.edit();
      const text = reply();
      if (fault.when === 'after') fault.edit();
      return plainly(text);
    }
  }
}

/** Half of a reply, cut inside a sentence: never at its last byte, so that the end is missing for sure. */
function half(text: string): string {
  return text.slice(0, Math.max(1, Math.floor(text.length / 2)));
}
