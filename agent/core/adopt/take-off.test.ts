import { expect, test } from 'vitest';
import type { ObservedRouter } from '../observed.ts';
import type { Row } from '../row.ts';
import { ownRowsOff } from './take-off.ts';

test('I3: what is given back has no row of ours in its DNS, and keeps its own', () => {
  const rows: readonly Row[] = [
    new Map([
      ['.id', '*1'],
      ['name', 'nas.lan'],
    ]),
    new Map([
      ['.id', '*2'],
      ['comment', 'wisp-edge:garden:pay.example'],
    ]),
  ];
  const observed: ObservedRouter = {
    tables: new Map([['/ip/dns/static', rows]]),
    missing: new Set(),
    version: '7.24',
    dialect: 'action-data',
    deviceMode: null,
    ownAddresses: [],
  };
  const steps = ownRowsOff(observed, [], () => undefined, []).flatMap(({ sequences }) => sequences.flat());
  expect(steps).toMatchObject([{ kind: 'remove', menu: '/ip/dns/static', id: '*2' }]);
});
