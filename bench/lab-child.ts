import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What the parent asks of the lab's process. */
export type LabRequest =
  | { readonly id: number; readonly do: 'reset' | 'span' | 'clear' | 'portal' }
  /** Takes so many of our rows away in each of the two big tables, as a person would. */
  | { readonly id: number; readonly do: 'drift'; readonly rows: number };

export interface LabReply {
  readonly id: number;
  readonly port?: number;
  readonly span?: WriteSpan;
}

/** First and last write since `reset` (ms since the epoch), and how many. */
export interface WriteSpan {
  readonly first: number;
  readonly last: number;
  readonly writes: number;
}

/** The lab router in its own process. */
export interface LabChild {
  readonly port: number;
  reset(): Promise<void>;
  span(): Promise<WriteSpan>;
  clear(): Promise<void>;
  drift(rows: number): Promise<void>;
  close(): Promise<void>;
}

export async function startLabChild(): Promise<LabChild> {
  const child = fork(join(import.meta.dirname, 'lab-process.ts'), { execArgv: ['--import', 'tsx'] });
  const { port } = await replyOf(child, 0);
  if (port === undefined) throw new Error('the lab named no port');
  let number = 0;
  const ask = async (request: Omit<LabRequest, 'id'> & { rows?: number }): Promise<LabReply> => {
    number += 1;
    const reply = replyOf(child, number);
    child.send({ ...request, id: number });
    return reply;
  };
  return {
    port,
    async reset() {
      await ask({ do: 'reset' });
    },
    async span() {
      const { span } = await ask({ do: 'span' });
      if (span === undefined) throw new Error('the lab gave no span');
      return span;
    },
    async clear() {
      await ask({ do: 'clear' });
    },
    async drift(rows) {
      await ask({ do: 'drift', rows });
    },
    async close() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

function replyOf(child: ChildProcess, id: number): Promise<LabReply> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: LabReply): void => {
      if (message.id !== id) return;
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(message);
    };
    const onExit = (): void => {
      reject(new Error('the lab’s process ended'));
    };
    child.on('message', onMessage);
    child.once('exit', onExit);
  });
}
