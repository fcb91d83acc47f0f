/** Who does what a verb asks for. */
export type Doer = 'agent' | 'provisioner';

/** What every verb says that writes to the store and waits for a daemon. */
export interface DeskMessages {
  readonly written: (subject: string) => string;
  readonly deleted: (subject: string) => string;
  readonly outcome: (subject: string, state: string, reason: string | null) => string;
  readonly notRunning: Readonly<Record<Doer, string>>;
  readonly stillOpen: (doer: Doer, seconds: number) => string;
  readonly notFound: (subject: string) => string;
}

export const DESK_EN: DeskMessages = {
  written: (subject) => `${subject}: written`,
  deleted: (subject) => `${subject}: deleted`,
  outcome: (subject, state, reason) => `${subject}: ${state}${reason === null ? '' : ` (${reason})`}`,
  notRunning: {
    agent: 'the agent does not run: it is stored, and done once it runs (`wisp-edge up`)',
    provisioner: 'the provisioner does not run: it is stored, and done once it runs (`wisp-edge up`)',
  },
  stillOpen: (doer, seconds) => `not done after ${seconds} s; the ${doer} goes on`,
  notFound: (subject) => `there is no ${subject}`,
};

export const DESK_ES: DeskMessages = {
  written: (subject) => `${subject}: escrito`,
  deleted: (subject) => `${subject}: borrado`,
  outcome: (subject, state, reason) => `${subject}: ${state}${reason === null ? '' : ` (${reason})`}`,
  notRunning: {
    agent: 'el agente no está en ejecución: queda guardado, y se hará cuando lo esté (`wisp-edge up`)',
    provisioner: 'el provisioner no está en ejecución: queda guardado, y se hará cuando lo esté (`wisp-edge up`)',
  },
  stillOpen: (doer, seconds) => `sin terminar tras ${seconds} s; el ${doer === 'agent' ? 'agente' : doer} sigue`,
  notFound: (subject) => `no existe ${subject}`,
};
