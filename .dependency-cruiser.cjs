// The fences of the house, as failing builds. Each rule's comment is the reason; ARCHITECTURE.md lists them as invariants.
const DAEMONS = ['agent', 'provisioner', 'control'];
const notTests = '\\.test\\.ts$|/test/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', comment: 'A circle has no inside.', from: {}, to: { circular: true } },
    {
      name: 'schemas-import-typebox-only',
      severity: 'error',
      comment: 'What is said must be readable anywhere. ipaddr.js is pure and parses addresses in one place only.',
      from: { path: '^schemas/', pathNot: notTests },
      to: { pathNot: ['^schemas/', '^node_modules/typebox/', '^node_modules/ipaddr\\.js/'] },
    },
    {
      name: 'core-is-pure',
      severity: 'error',
      comment: 'core/ decides; it touches nothing.',
      from: { path: '^[^/]+/core/', pathNot: notTests },
      to: { pathNot: ['^schemas/', '^[^/]+/core/'] },
    },
    ...DAEMONS.map((daemon) => ({
      name: `${daemon}-meets-others-in-the-store`,
      severity: 'error',
      comment: 'The daemons share nothing but the store.',
      from: { path: `^${daemon}/` },
      to: { path: `^(${DAEMONS.filter((other) => other !== daemon).join('|')}|cli)/` },
    })),
    {
      name: 'adapters-are-chosen-in-main',
      severity: 'error',
      comment: 'Only the composition root, the CLI and tests know an adapter.',
      from: { path: '^(agent|provisioner|control)/', pathNot: [`^[^/]+/(main\\.ts|adapters/)`, notTests] },
      to: { path: '/adapters/|^store/sqlite/' },
    },
    {
      name: 'lab-is-a-stranger',
      severity: 'error',
      comment: 'One bug must not hide on both sides: the lab has its own codec, digest and parser.',
      from: { path: '^lab/', pathNot: '^lab/demo/' },
      to: { path: '^(agent|provisioner|control|cli|store)/' },
    },
    {
      name: 'product-does-not-need-the-lab',
      severity: 'error',
      comment: 'The lab is a world to try against, never a part of what runs.',
      from: { path: '^(agent|provisioner|control|store|schemas|cli)/', pathNot: notTests },
      to: { path: '^(lab|bench|test)/' },
    },
    {
      name: 'store-knows-no-daemon',
      severity: 'error',
      comment: 'The store is where they meet, not one of them.',
      from: { path: '^store/' },
      to: { path: '^(agent|provisioner|control|cli)/' },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'A module nobody imports is dead.',
      from: {
        orphan: true,
        pathNot: [notTests, '\\.d\\.ts$', '\\.json$', 'config\\.ts$', '^schemas/', '^bin/', '/main\\.ts$'],
      },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
  },
};
