/** Imports run one way: contract ← engine, registry, audit, database ← api, and contract ← web. world stands alone. */
const spec = '\\.(spec|component)\\.[^/]+$|\\.spec\\.ts$';
const not = { pathNot: `${spec}|/(testing|fixtures|scripts)/` };
const upwards = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });

module.exports = {
  forbidden: [
    upwards('no-circular', {}, { circular: true }, 'No circle stands anywhere.'),
    upwards('no-unresolvable', {}, { couldNotResolve: true }, 'What cannot be resolved cannot be judged.'),
    upwards(
      'contract-imports-nothing-of-ours',
      { path: '^libs/contract/', ...not },
      { path: '^(libs|apps)/', pathNot: '^libs/contract/' },
      'The contract is what all others agree on.',
    ),
    upwards(
      'libs-import-only-the-contract',
      { path: '^libs/(engine|registry|audit|database)/', ...not },
      { path: '^(libs|apps)/', pathNot: ['^libs/contract/', '^libs/$1/'] },
      'engine, registry, audit and database do not know one another, nor the apps.',
    ),
    upwards(
      'world-stands-alone',
      { path: '^libs/world/', ...not },
      { path: '^(libs|apps)/', pathNot: '^libs/world/' },
      'The world is started for the launcher, the demo and the tests; it uses the product from outside.',
    ),
    upwards(
      'libs-through-their-index',
      { path: '^(libs/([^/]+)|apps/[^/]+)/' },
      { path: '^libs/[^/]+/(src|dist)/', pathNot: ['^libs/[^/]+/(src|dist)/index\\.', '^libs/$2/'] },
      'The index exports what others may use.',
    ),
    upwards(
      'api-without-world-and-web',
      { path: '^apps/api/', ...not },
      { path: '^(libs/world|apps/web)/' },
      'Only the tests of the api may use the world.',
    ),
    upwards(
      'web-imports-only-the-contract',
      { path: '^apps/web/', ...not },
      { path: '^(libs|apps)/', pathNot: '^(libs/contract|apps/web)/' },
      'The page shares the contract with the server, and nothing else.',
    ),
    upwards(
      'areas-do-not-know-one-another',
      { path: '^apps/web/src/areas/([^/]+)/' },
      { path: '^apps/web/src/areas/', pathNot: '^apps/web/src/areas/$1/' },
      'An area imports shared/, never another area.',
    ),
    upwards(
      'shared-does-not-know-the-areas',
      { path: '^apps/web/src/shared/', ...not },
      { path: '^apps/web/src/(areas|shell)/' },
      'shared/ serves the areas, not the other way round.',
    ),
    upwards(
      'repositories-stay-in-their-domain',
      { path: '^apps/api/src/([^/]+)/', ...not },
      { path: '^apps/api/src/.+\\.repository\\.ts$', pathNot: '^apps/api/src/$1/' },
      'Nobody reaches into another domain’s tables.',
    ),
    upwards(
      'doors-only-translate',
      { path: '^apps/api/src/.+\\.(controller|gateway)\\.ts$' },
      { path: '^libs/(engine|registry|database)/|\\.repository\\.ts$', dependencyTypesNot: ['type-only'] },
      'A door never talks to an engine, a registry or a table itself.',
    ),
    upwards(
      'prisma-stays-in-the-database',
      { path: '^(libs|apps)/', pathNot: '^libs/database/' },
      { path: '(^|/node_modules/)(@prisma|prisma|prisma-adapter-sqlite|pg)(/|$)' },
      'Only libs/database knows SQLite from PostgreSQL.',
    ),
    upwards(
      'libs-know-no-nest',
      { path: '^libs/' },
      { path: '(^|/node_modules/)@nestjs/' },
      'Libs throw plain domain errors and can be used without a server.',
    ),
  ],
  options: {
    doNotFollow: { path: ['node_modules', '(^|/)dist/', 'src/generated/'] },
    exclude: { path: ['(^|/)dist(-test)?/', '\\.d\\.ts$'] },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default', 'style'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.vue', '.json', '.css', '.d.ts'],
    },
  },
};
