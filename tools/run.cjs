'use strict';
// Runs a TypeScript file of this checkout with a Node that can: `node tools/run.cjs FILE [arguments]`.
const { spawnSync } = require('node:child_process');
const { findNode, NEEDED_MAJOR } = require('../bin/find-node.cjs');

const node = findNode();
if (!node) {
  process.stderr.write(`this needs Node ${NEEDED_MAJOR} or newer; "npm ci" installs one on Linux\n`);
  process.exit(2);
}
const result = spawnSync(node, process.argv.slice(2), { stdio: 'inherit' });
process.exit(result.status === null ? 1 : result.status);
