import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // One process, threads, shared modules: twenty files in under a second instead of ten.
    pool: 'threads',
    isolate: false,
    include: ['src/**/*.test.ts', 'tools/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
    // Servers that tests start measure each of their answers by the reference.
    env: { ROOTWARD_CHECK_RESPONSES: '1' },
  },
});
