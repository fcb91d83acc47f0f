import type { Action, History } from './actions.ts';

/** Whom routers show, and where at first: `s3 ppp u3 at 100.64.3.4`, with a star where nothing is declared. */
function tellPeople({ people }: History['setup']): string {
  return people
    .map(({ id, by, declares, address }) => `${id}${declares ? '' : '*'} ${by.kind} ${by.value} at ${address ?? '-'}`)
    .join('; ');
}

/** A history as lines one can read: what it is played on, then one action a line. */
export function tell({ setup, actions }: History): readonly string[] {
  const routers = setup.routers.map(
    ({ id, version, preset, driver, backend, phones }) =>
      `${id}: ${version} ${preset} ${driver} ${backend}${phones ? ' tells phones' : ''}`,
  );
  const brake = setup.brake.floor > 1000 ? 'wide' : `${setup.brake.floor} a router, ${setup.brake.siteCount} a site`;
  return [
    `seed ${setup.seed}; ${routers.join('; ')}; brake ${brake}; a pass every ${setup.reconcileEveryMs / 1000} s`,
    `people: ${tellPeople(setup)}`,
    ...actions.map((action, at) => `${String(at + 1).padStart(2)}. ${tellAction(action)}`),
  ];
}

function tellAction({ act, strike, thenMs }: Action): string {
  const { kind, ...rest } = act;
  const words = Object.entries(rest).map(([name, value]) => `${name} ${short(value)}`);
  const when = strike === null ? '' : ` after ${strike.commands} more commands of ${strike.router}`;
  return `${kind}${words.length === 0 ? '' : ` ${words.join(', ')}`}${when}; then ${thenMs} ms`;
}

function short(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 157)}…` : text;
}
