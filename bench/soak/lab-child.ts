import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Of the lab's first user, if nothing else is said. */
const PASSWORD = 'edge';

/** What the parent asks of the lab's process: a sample, or a sample and no more faults from now on. */
export interface SoakRequest {
  readonly id: number;
  readonly do: 'sample' | 'calm';
}

/** Open sessions and rows of ours, router by router. */
export interface LabSample {
  readonly sessions: readonly number[];
  readonly rows: readonly number[];
}

interface SoakReply {
  readonly id: number;
  readonly ports?: readonly number[];
  readonly sample?: LabSample;
}

/** The soak's routers in their own process. */
export interface SoakLab {
  readonly ports: readonly number[];
  /** Of `edge`, on each of them. */
  readonly password: string;
  sample(): Promise<LabSample>;
  /** Ends all faults and reboots. */
  calm(): Promise<void>;
  close(): Promise<void>;
}

export async function startSoakLab(seed: number, routers: number): Promise<SoakLab> {
  const child = fork(join(import.meta.dirname, 'lab-process.ts'), [String(seed), String(routers)], {
    execArgv: ['--import', 'tsx'],
  });
  const replyOf = (id: number): Promise<SoakReply> =>
    new Promise((resolve, reject) => {
      const onMessage = (reply: SoakReply): void => {
        if (reply.id !== id) return;
        child.off('message', onMessage).off('exit', onExit);
        resolve(reply);
      };
      const onExit = (): void => {
        reject(new Error('the lab’s process ended'));
      };
      child.on('message', onMessage).once('exit', onExit);
    });
  const { ports = [] } = await replyOf(0);
  let number = 0;
  const ask = async (what: SoakRequest['do']): Promise<LabSample> => {
    number += 1;
    const reply = replyOf(number);
    child.send({ id: number, do: what } satisfies SoakRequest);
    const { sample } = await reply;
    if (sample === undefined) throw new Error('the lab gave no sample');
    return sample;
  };
  return {
    ports,
    password: PASSWORD,
    sample: () => ask('sample'),
    async calm() {
      await ask('calm');
    },
    async close() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
