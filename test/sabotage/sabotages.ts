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
    promise: 'I2',
    file: 'agent/core/sessions/effective.ts',
    line: 'if (user === undefined) addresses.push(address);',
    becomes: 'if (user !== addresses) addresses.push(address);',
    test: {
      file: `${worker}/moved-addresses.test.ts`,
      name: 'complaint 20: a new cut is held while somebody else is at the address',
    },
  },
  {
    promise: 'I1',
    file: 'agent/core/standing.ts',
    line: 'return one.hasIdentity || one.foreign.some(',
    becomes: 'return one.foreign.some(',
    test: {
      file: `${worker}/moved-addresses.test.ts`,
      name: 'complaint 20: a frozen cut does not stay at an address its subscriber has left',
    },
  },
  {
    promise: 'I7',
    file: 'agent/session-watch.ts',
    line: 'if (this.#isNews(menu, row)) this.#hear();',
    becomes: 'if (row.size < 0) this.#hear();',
    test: { file: `${worker}/moved-addresses.test.ts`, name: 'and where the first session broke' },
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
    promise: 'I4',
    file: 'agent/core/plan/plan.ts',
    line: 'const standing = desired.dstnat.chains.map((one) => stillToListener(rowsOf(observed, one.menu), one) ?? one);',
    becomes: 'const standing = desired.dstnat.chains.map((one) => stillToListener([], one) ?? one);',
    test: { file: `${worker}/switch.test.ts`, name: 'I4: on 7.24 from notice-server to web-proxy' },
  },
  {
    promise: 'I4',
    file: 'agent/core/plan/back-end.ts',
    line: "return settings.backend.kind === 'web-proxy' || isProxyOnPort(observed, settings.port);",
    becomes: "return settings.backend.kind === 'web-proxy';",
    test: { file: `${worker}/switch.test.ts`, name: 'I4: on 7.24 from web-proxy to notice-server' },
  },
  {
    promise: 'I6',
    file: 'agent/core/soundness.ts',
    line: "if (!isProxied && listener.kind === 'down')",
    becomes: "if (!isProxied && listener.kind === 'unknown')",
    test: { file: `${worker}/notice-server.test.ts`, name: 'I6: while our page server does not listen' },
  },
  {
    promise: 'I1',
    file: 'agent/notice-server/book.ts',
    line: 'const restored = new Map([...known].filter(([, seq]) => seq > rest.seq));',
    becomes: 'const restored = new Map([...known].filter(([, seq]) => seq > rest.seq + 1e9));',
    test: { file: 'agent/notice-server/book.test.ts', name: 'I1: a restored subscriber is out at once' },
  },
  {
    promise: 'I8',
    file: 'agent/admission-gate.ts',
    line: 'const turn = this.#last.then(work);',
    becomes: 'const turn = work();',
    test: { file: `${worker}/brake.test.ts`, name: 'I8: two routers that decide at the same time' },
  },
  {
    promise: 'I4',
    file: 'agent/core/plan/diff-proxy.ts',
    line: 'if (isGeneral(row) && ownerOf(row) === null) {',
    becomes: 'if (isGeneral(row)) {',
    test: { file: 'agent/core/plan/diff.test.ts', name: 'I4: our deny stays below a held row of ours' },
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
  {
    promise: 'I4',
    file: 'agent/core/enrol/retire.ts',
    line: "'# Unblock: nobody is cut from here on, and the portal is reachable all the while.',",
    becomes: '`/ip firewall address-list remove [find where ${OURS}]`,',
    test: { file: 'cli/test/router.test.ts', name: 'I1 I3 I4: on 7.24 retirement leaves the router as it was' },
  },
  {
    promise: 'I3',
    file: 'agent/core/enrol/retire.ts',
    line: "none('/ip proxy access', `!(${OURS})`)",
    becomes: "'$ours = 1'",
    test: { file: 'cli/test/router.test.ts', name: 'I3: a proxy that somebody else uses stays' },
  },
  {
    promise: 'I4',
    file: 'agent/doctor/self-test.ts',
    line: "const rule = { chain: CHAINS.input, protocol: 'tcp', 'dst-port': String(port), 'src-address': address };",
    becomes: "const rule = { chain: CHAINS.input, protocol: 'tcp', 'dst-port': String(port) };",
    test: { file: 'agent/test/doctor/self-test.test.ts', name: 'I4: at no moment of a self-test is the proxy open' },
  },
  {
    promise: 'I4',
    file: 'agent/router-worker.ts',
    line: 'return this.#turn.take(this.#stop.signal, () => this.#passes.make(session, hooks));',
    becomes: 'return this.#passes.make(session, hooks);',
    test: { file: 'agent/test/doctor/beside.test.ts', name: 'I4: while rows of a self-test stand' },
  },
  {
    promise: 'I7',
    file: 'agent/core/plan/diff-rules.ts',
    line: "(keys.has(printKey(key)) || (key.kind === 'rule' && row.get('chain') === chain.chain));",
    becomes: 'keys.has(printKey(key));',
    test: { file: 'agent/test/doctor/self-test.test.ts', name: 'I7: what a crash in the middle of a self-test leaves' },
  },
  {
    promise: 'I9',
    file: 'agent/router-passes.ts',
    line: "{ router: deps.settings.router, written: pass.written }, 'rows written'",
    becomes: "{ router: deps.settings.router, as: deps.target.password.reveal() }, 'rows written'",
    test: { file: `${worker}/cuts.test.ts`, name: 'I2: two holders of one address are both held' },
  },
  {
    promise: 'I9',
    file: 'control/server.ts',
    line: "{ requestId: request.id, method, route, status, ms, actor }, 'request answered'",
    becomes: "{ headers: request.headers, method, route, status, ms, actor }, 'request answered'",
    test: { file: 'control/test/extensions.test.ts', name: 'an extension is read page by page' },
  },
  {
    promise: 'I9',
    file: 'control/fingerprint.ts',
    line: "createHmac('sha256', key.reveal()).update(canonicalJson(value)).digest('hex');",
    becomes: "createHmac('sha256', key.reveal()).digest('hex') + canonicalJson(value);",
    test: { file: 'control/test/extensions.test.ts', name: 'the same key again under one Idempotency-Key' },
  },
  {
    promise: 'I9',
    file: 'provisioner/rotations.ts',
    line: "log.info({ rotation: id, number, step: move.step, end: move.end }, 'rotation moved');",
    becomes: "log.debug({ rotation: id, key: now.rotating.newKey?.reveal() }, 'rotation moved');",
    test: {
      file: 'provisioner/test/rotation/rotation.test.ts',
      name: 'a key given with the request reaches the phone',
    },
  },
  {
    promise: 'I9',
    file: 'provisioner/adapters/sip/client.ts',
    line: "return reply.kind === 'answer' ? probeVerdict(reply.response, algorithm) : reply;",
    becomes: 'return { ...reply, detail: credential.key.reveal() };',
    test: { file: 'provisioner/test/sip/embedded.test.ts', name: 'judges no key by a nonce that is called stale' },
  },
  {
    promise: 'I1',
    file: 'agent/core/standing.ts',
    line: 'return found.some(({ id }) => id !== subscriber && !cut.has(id) && !(isShared && held.has(id)));',
    becomes: 'return found.length < 0 && isShared && held.size === cut.size;',
    test: {
      file: 'agent/core/decide.test.ts',
      name: 'I1: a row frozen by a shared address goes when the other one is surely open',
    },
  },
  {
    promise: 'I6',
    file: 'agent/core/progress.ts',
    line: 'const other = verdict.otherRow;',
    becomes: 'const other = null;',
    test: {
      file: 'agent/core/decide.test.ts',
      name: 'I6: a restore is held, not verified, while a row of ours for another',
    },
  },
  {
    promise: 'I2',
    file: 'agent/core/sessions/effective.ts',
    line: 'const isOnlyOne = declared.filter(isSingle).length === 1;',
    becomes: 'const isOnlyOne = declared.filter(isSingle).length >= 1;',
    test: {
      file: 'agent/core/sessions/effective.test.ts',
      name: 'of several declared addresses a session elsewhere takes the place of none',
    },
  },
  {
    promise: 'I9',
    file: 'agent/notice-server/from-store.ts',
    line: 'const declared = hasIdentity(wish.subscriber) ? [] : wish.subscriber.addresses;',
    becomes: 'const declared = wish.subscriber.addresses;',
    test: {
      file: 'agent/notice-server/from-store.test.ts',
      name: 'I9: before the first pass a page is where its subscriber was last seen',
    },
  },
  {
    promise: 'I4',
    file: 'agent/core/page-source.ts',
    line: 'if (isStillOnProxy(observed, settings.port)) {',
    becomes: 'if (!isStillOnProxy(observed, settings.port)) {',
    test: {
      file: 'agent/test/worker/switch.test.ts',
      name: 'I4: a router stays with its proxy while our listener is down',
    },
  },
  {
    promise: 'I4',
    file: 'agent/core/page-source.ts',
    line: 'if (standing !== undefined) {',
    becomes: 'if (standing === null) {',
    test: {
      file: 'agent/test/worker/switch.test.ts',
      name: 'I4: a router that leads nowhere yet is led to where the page server still listens',
    },
  },
  {
    promise: 'I7',
    file: 'agent/core/desired/chains.ts',
    line: "[`${name}-reject`, { 'dst-limit': REJECT_LIMIT, action: 'reject', 'reject-with': 'icmp-admin-prohibited' }],",
    becomes: '',
    test: { file: 'agent/test/worker/cut-is-cut.test.ts', name: 'all else of a cut subscriber is rejected at once' },
  },
  {
    promise: 'I4',
    file: 'agent/core/desired/chains.ts',
    line: "['dstnat-portal', { 'dst-address-list': portal, action: 'return' }],",
    becomes: '',
    test: {
      file: 'agent/test/field/complaints.test.ts',
      name: 'complaint 7: whoever follows his notice is at the portal',
    },
  },
  {
    promise: 'I2',
    file: 'agent/core/desired/live.ts',
    line: "if (until !== null && now >= until) return 'over';",
    becomes: "if (until !== null && now >= until + now) return 'over';",
    test: {
      file: 'agent/test/worker/notice-times.test.ts',
      name: 'complaint 17: a cut whose time came while the box was off',
    },
  },
  {
    promise: 'I2',
    file: 'agent/core/desired/live.ts',
    line: 'else if (wish.subscriber.autoCut === false)',
    becomes: 'else if (wish.subscriber.autoCut === undefined)',
    test: { file: 'agent/test/worker/cuts.test.ts', name: 'autoCut: false' },
  },
  {
    promise: 'I1',
    file: 'agent/core/desired/chains.ts',
    line: "['dstnat-seen', { 'src-address-list': seen, action: 'return' }],",
    becomes: '',
    test: { file: 'agent/test/worker/notice-times.test.ts', name: 'a notice with once is shown once' },
  },
  {
    promise: 'I6',
    file: 'agent/core/doctor/check-exposure.ts',
    line: "if (verdicts.some(({ kind }) => kind === 'open'))",
    becomes: "if (verdicts.every(({ kind }) => kind === 'open') && port < 0)",
    test: { file: 'agent/test/doctor/findings.test.ts', name: 'proxy-open-wan is found' },
  },
  {
    promise: 'I10',
    file: 'store/sqlite/generation-policies.ts',
    line: 'return merge(id, current, wanted, instructedSince(connection, id, receivedAfter), stamp);',
    becomes: 'return merge(id, current, wanted, new Set(), stamp);',
    test: { file: 'store/test/generations.test.ts', name: 'I10: a restore acknowledged while a delta of thousands' },
  },
  {
    promise: 'I4',
    file: 'agent/apply.ts',
    line: 'const isAnyLacking = run.counts.stale + run.counts.skipped + run.refusals.length > 0;',
    becomes: 'const isAnyLacking = run.counts.stale + run.counts.skipped > 0;',
    test: {
      file: `${worker}/switch.test.ts`,
      name: 'I4: nothing leads to the proxy while it refuses its row number 2',
    },
  },
];
