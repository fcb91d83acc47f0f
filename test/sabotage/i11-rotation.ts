import type { Sabotage } from './sabotage.ts';

/** What breaks I11, of rotations and probes. */
export const I11_ROTATION: readonly Sabotage[] = [
  {
    promise: 'I11',
    file: 'provisioner/core/rotation/next-action.ts',
    line: "if (state.leftAlone.length > 0) return held(state, 'phone-not-served');",
    becomes: '',
    test: { file: 'provisioner/test/left-out.test.ts', name: 'I11: a Poly keeps its lines' },
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
