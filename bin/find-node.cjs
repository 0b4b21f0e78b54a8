'use strict';
// Finds a Node that can run this program: the running one if it is new enough, the one that npm installed beside us, or one on PATH.
// Plain old JavaScript, because it is what an old Node sees first.
const { execFileSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { delimiter, join } = require('node:path');

const NEEDED_MAJOR = 24;
const majorOf = (version) => Number(String(version).replace(/^v/, '').split('.')[0]);

function bundled() {
  try {
    const name = `node-${process.platform}-${process.arch}`;
    const file = join(require.resolve(`${name}/package.json`), '..', 'bin', 'node');
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined; // not installed for this platform: an optional dependency
  }
}

function onPath() {
  for (const folder of (process.env.PATH || '').split(delimiter)) {
    const file = join(folder, 'node');
    if (!folder || !existsSync(file)) continue;
    try {
      if (majorOf(execFileSync(file, ['--version'], { encoding: 'utf8' })) >= NEEDED_MAJOR) return file;
    } catch {}
  }
  return undefined;
}

/** The path of a Node of at least version 24, or undefined. */
function findNode() {
  if (majorOf(process.version) >= NEEDED_MAJOR) return process.execPath;
  return bundled() || onPath();
}

module.exports = { findNode, NEEDED_MAJOR };
