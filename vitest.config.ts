import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Long enough for a test over the local engines on a busy laptop; a rule's test takes milliseconds.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What is waited for comes within moments where nothing else runs.
    expect: { poll: { timeout: 10_000 } },
    // Most of a test over the engines is waiting, so four of them go well on two cores.
    maxWorkers: 4,
    // Over a hundred processes are started, most of them to run the same files: a tenth of the suite's CPU time.
    // Without colours, which commands show in CI too.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compile'), NO_COLOR: '1' },
    restoreMocks: true,
    unstubEnvs: true,
    setupFiles: ['test/support/no-bad-fields.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'source',
          // Files of one worker share the modules that they load, which halves the suite's CPU time; no file may leave a module changed.
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/package/**',
            'test/measured/**',
            'test/engines/**',
            'test/miniprogram/**',
            'test/phone/**',
            'test/console/**',
            'test/site/**',
            'test/recipes/**',
            'test/frameworks/**',
            'test/simulation/**/*mutations.test.ts',
          ],
        },
      },
      {
        // Whether the simulations would notice a fault: it tests the tests, so it runs in CI and by name.
        extends: true,
        test: { name: 'mutations', include: ['test/simulation/**/*mutations.test.ts'] },
      },
      {
        // Processes that are killed over and over: half a minute each, so they run in CI and by name.
        extends: true,
        test: {
          name: 'engines',
          include: ['test/engines/**/*.test.ts'],
          exclude: ['test/engines/several-apps.test.ts'],
        },
      },
      {
        // Thousands of operations keep both cores busy for minutes, so it runs by name; in CI there are some hundreds.
        extends: true,
        test: { name: 'apps', include: ['test/engines/several-apps.test.ts'] },
      },
      {
        // What is held to seconds runs when nothing else does: in CI and by name.
        extends: true,
        test: {
          name: 'measured',
          include: ['test/measured/**/*.test.ts'],
          fileParallelism: false,
        },
      },
      {
        // What docs/recipes shows, in its own languages: PHP, a JDK, Go and Python are needed, so it runs in CI and by name.
        extends: true,
        test: { name: 'recipes', include: ['test/recipes/**/*.test.ts'] },
      },
      {
        // The samples for uni-app and Taro, installed and compiled by the frameworks' own compilers: it runs in CI and by name.
        extends: true,
        test: {
          name: 'frameworks',
          include: ['test/frameworks/**/*.test.ts'],
          globalSetup: ['test/frameworks/pack-for-all.ts'],
          hookTimeout: 600_000,
        },
      },
      {
        // The client module: built, packed and installed once.
        extends: true,
        test: {
          name: 'miniprogram',
          include: ['test/miniprogram/**/*.test.ts'],
          globalSetup: ['test/miniprogram/install-once.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          globalSetup: ['test/package/package-once.ts'],
        },
      },
    ],
  },
});
