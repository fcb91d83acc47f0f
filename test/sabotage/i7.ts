import { worker, type Sabotage } from './sabotage.ts';

/** What breaks I7. */
export const I7: readonly Sabotage[] = [
  {
    promise: 'I7',
    file: 'agent/session-watch.ts',
    line: 'if (this.#isNews(menu, row)) this.#hear();',
    becomes: 'if (row.size < 0) this.#hear();',
    test: { file: `${worker}/moved-addresses.test.ts`, name: 'and where the first session broke' },
  },
  {
    promise: 'I7',
    file: 'agent/core/decide.ts',
    line: 'owed: owedConnections(input, subscribers, cutRows),',
    becomes: 'owed: [],',
    test: { file: `${worker}/verified.test.ts`, name: 'I7: the open connections of a cut are removed' },
  },
  {
    promise: 'I7',
    file: 'agent/core/plan/diff-rules.ts',
    line: "(keys.has(printKey(key)) || (key.kind === 'rule' && row.get('chain') === chain.chain));",
    becomes: 'keys.has(printKey(key));',
    test: { file: 'agent/test/doctor/self-test.test.ts', name: 'I7: what a crash in the middle of a self-test leaves' },
  },
  {
    promise: 'I7',
    file: 'agent/core/desired/chains.ts',
    line: "[`${name}-reject`, { 'dst-limit': REJECT_LIMIT, action: 'reject', 'reject-with': 'icmp-admin-prohibited' }],",
    becomes: '',
    test: { file: 'agent/test/worker/cut-is-cut.test.ts', name: 'all else of a cut subscriber is rejected at once' },
  },
];
