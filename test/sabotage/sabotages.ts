/** One line of the product broken on purpose, and the test that must notice. */
export interface Sabotage {
  readonly promise: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly line: string;
  readonly becomes: string;
  readonly test: { readonly file: string; readonly name: string };
}

const worker = 'agent/test/worker';

/** At least one for each promise of ARCHITECTURE.md. */
export const SABOTAGES: readonly Sabotage[] = [
  {
    promise: 'I1',
    file: 'agent/core/foreign-cuts.ts',
    line: "if (row.get('list') !== list ||",
    becomes: "if (row.get('list') === list ||",
    test: { file: `${worker}/cuts.test.ts`, name: 'I1: a restore that the foreign row 100.64.0.5 prevents' },
  },
  {
    promise: 'I2',
    file: 'agent/core/desired/live.ts',
    line: "else if (doubt !== null) hold('cutoff',",
    becomes: "else if (doubt === undefined) hold('cutoff',",
    test: { file: `${worker}/cuts.test.ts`, name: 'I2: two holders of one address are both held' },
  },
  {
    promise: 'I3',
    file: 'agent/core/ownership.ts',
    line: 'return kind === undefined || !KEY.test(key) ? null',
    becomes: 'return kind === undefined ? null',
    test: { file: `${worker}/cuts.test.ts`, name: 'I3: comments that are nearly ours are not ours' },
  },
  {
    promise: 'I4',
    file: 'agent/core/decide.ts',
    line: "keepsShared: !input.portalAddresses.some((entry) => entry.use === 'portal'),",
    becomes: 'keepsShared: false,',
    test: { file: `${worker}/cuts.test.ts`, name: 'I4: portal rows of ours stay' },
  },
  {
    promise: 'I5',
    file: 'agent/core/canonical.ts',
    line: 'return a === b || canonicalValue(property, a) === canonicalValue(property, b);',
    becomes: 'return a === b;',
    test: { file: `${worker}/verified.test.ts`, name: 'I5: everything asked for twice writes nothing' },
  },
  {
    promise: 'I6',
    file: 'agent/core/verdict.ts',
    line: '(!needsSound || decision.soundness.isSound),',
    becomes: 'true,',
    test: { file: `${worker}/verified.test.ts`, name: 'I6: where device-mode bars the proxy a cut is held' },
  },
  {
    promise: 'I7',
    file: 'agent/core/decide.ts',
    line: 'owed: owedConnections(input, subscribers, cutRows),',
    becomes: 'owed: [],',
    test: { file: `${worker}/verified.test.ts`, name: 'I7: the open connections of a cut are removed' },
  },
  {
    promise: 'I8',
    file: 'agent/core/brake.ts',
    line: 'const overRouter = router + group.length > limit;',
    becomes: 'const overRouter = false;',
    test: { file: `${worker}/brake.test.ts`, name: 'I8: eleven of a hundred as one change wait' },
  },
  {
    promise: 'I6',
    file: 'provisioner/core/rotation/bindings.ts',
    line: 'return binding.expires > earlier.expires - elapsed + TOLERANCE_SECONDS;',
    becomes: 'return elapsed >= 0;',
    test: { file: 'provisioner/core/rotation/bindings.test.ts', name: 'I6: a binding that only counts down' },
  },
  {
    promise: 'I6',
    file: 'provisioner/core/rotation/bindings.ts',
    line: 'return seen.at - age * 1000 >= fetchedAt - TOLERANCE_SECONDS * 1000;',
    becomes: 'return age >= 0;',
    test: {
      file: 'provisioner/test/rotation/saga.property.test.ts',
      name: 'I6: a phone that refreshes its binding before it fetches',
    },
  },
  {
    promise: 'I11',
    file: 'provisioner/core/rotation/record-probe.ts',
    line: "return verdict === 'valid' ? proven(state, answer, now) : refusedAgain(state, answer, settings, now);",
    becomes: 'return proven(state, answer, now);',
    test: {
      file: 'provisioner/test/rotation/saga.property.test.ts',
      name: 'I11: whatever registrar, phone and crashes do',
    },
  },
];
