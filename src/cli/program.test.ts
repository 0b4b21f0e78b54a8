import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { OPERATIONS } from '../contract/operations.ts';
import { candidates } from './completion/candidates.ts';
import { COMPLETION_SCRIPTS } from './completion/scripts.ts';
import { BY_HAND, EXTENSIONS } from './extensions/list.ts';
import { VIEWS } from './output/views.ts';
import { createProgram } from './program.ts';
import { runCli } from './run.ts';
import { captureIo } from './testkit/captured-io.ts';
import { startEchoServer } from './testkit/echo-server.ts';
import { EXAMPLES } from './tree/examples.ts';

const program = createProgram(captureIo());
const names = new Set(OPERATIONS.map(({ name }) => name));
const derived = OPERATIONS.filter(({ cli, name }) => cli && !BY_HAND.has(name));

function leaves(command: Command): Command[] {
  const visible = command.commands.filter((inner) => inner.name() !== '__complete');
  return visible.length === 0 ? [command] : visible.flatMap(leaves);
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

/** Splits as a shell does, as far as the examples need it. */
function words(example: string): string[] {
  const before = example.split(/ [>|] /, 1)[0] ?? '';
  return [...before.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

describe('the commands', () => {
  test.each(derived.map(({ name, cli }) => [name, cli?.command.join(' ') ?? '']))(
    '%s has examples that begin with its words',
    (name, command) => {
      expect(EXAMPLES[name]?.length).toBeGreaterThan(0);
      for (const example of EXAMPLES[name] ?? []) expect(`${example} `).toMatch(new RegExp(`^${command} `));
    },
  );

  test('have no examples, views or extensions of operations that do not exist', () => {
    for (const table of [EXAMPLES, EXTENSIONS, VIEWS]) for (const name of Object.keys(table)) expect(names).toContain(name);
    for (const name of BY_HAND) expect(names).toContain(name);
  });

  test('show examples and exit statuses in every help', () => {
    for (const leaf of leaves(program).filter((command) => !['version', 'help'].includes(command.name()))) {
      const help = helpOf(leaf);
      expect(help, leaf.name()).toContain('Examples:\n  $ rootward ');
      expect(help, leaf.name()).toContain('Exit status:');
      expect(leaf.description(), leaf.name()).not.toBe('');
    }
  });

  test('stand in the help of their group, by heading and then by name, none is lost, and what fits no heading comes last', () => {
    const groups = [program, ...program.commands.flatMap((command) => [command, ...command.commands])];
    for (const group of groups.filter(({ commands }) => commands.length > 0)) {
      const [, listed = ''] = helpOf(group).split(/--help +show this help\n/);
      const shown = [...listed.matchAll(/^ {2}([a-z][\w-]*)/gm)].map(([, name = '']) => name);
      const wanted = group.commands.map((command) => command.name()).filter((name) => name !== '__complete');
      expect(shown.sort(), group.name()).toEqual(wanted.sort());
      for (const [, part = ''] of listed.matchAll(/^[A-Z][^\n]*:\n((?: {2}.*\n)+)/gm)) {
        const names = [...part.matchAll(/^ {2}([a-z][\w-]*)/gm)].map(([, name]) => name ?? '');
        expect(names).toEqual([...names].sort());
      }
    }
    const iam = helpOf(program.commands.find((command) => command.name() === 'iam') ?? program);
    const headings = [...iam.matchAll(/^([A-Z][^\n]*:)$/gm)].map(([, heading]) => heading);
    expect(headings.slice(1)).toEqual([
      'Who may do what:',
      'Service authorizations:',
      'Access policies:',
      'API keys:',
      'Service IDs:',
      'Access groups:',
      'Trusted profiles:',
      'Tokens:',
    ]);
    expect(helpOf(program)).toMatch(/This machine:[\s\S]*The service:[\s\S]*More:\n {2}completion/);
  });

  test('have helps of groups that are at most 100 columns wide', () => {
    const groups = [program, ...program.commands.flatMap((command) => [command, ...command.commands])];
    for (const group of groups.filter(({ commands }) => commands.length > 0)) {
      for (const line of helpOf(group).split('\n')) expect(line.length, line).toBeLessThanOrEqual(100);
    }
  });

  test('have every flag only once', () => {
    for (const leaf of leaves(program)) {
      const flags = leaf.options.flatMap(({ long, short }) => [long, short].filter((flag) => flag !== undefined));
      expect(new Set(flags).size, leaf.name()).toBe(flags.length);
    }
  });

  test('parse every example and send it to a server', async () => {
    const server = await startEchoServer(() => ({ status: 404, body: { error_code: 'RESOURCE_NOT_FOUND', message: 'No.' } }));
    try {
      const env = { ROOTWARD_URL: server.url, ROOTWARD_API_KEY: 'k', KP_INSTANCE_ID: 'i' };
      for (const example of Object.values(EXAMPLES).flat()) {
        const io = captureIo({ env });
        expect(await runCli(words(example), io), `${example}: ${io.stderr()}`).toBe(3);
      }
      expect(server.seen).toHaveLength(Object.values(EXAMPLES).flat().length);
    } finally {
      server.close();
    }
  });
});

describe('completion', () => {
  test('offers groups, commands, flags and their values', () => {
    expect(candidates(program, ['k'])).toEqual(['kp', 'ks']);
    expect(candidates(program, ['kp', 'key', ''])).toEqual(
      expect.arrayContaining(['create', 'show', 'wrap', 'unwrap', 'rotate']),
    );
    expect(candidates(program, ['kp', 'key', 'wrap', 'id', '--pl'])).toEqual(['--plaintext']);
    expect(candidates(program, ['kp', 'keys', '--output', ''])).toEqual(['table', 'json', 'yaml']);
    expect(candidates(program, ['completion', ''])).toEqual(['bash', 'zsh', 'fish']);
  });

  test('takes the word after a flag for its value, whatever it looks like', () => {
    expect(candidates(program, ['kp', 'keys', '-i', '--output', ''])).toEqual([]);
    expect(candidates(program, ['kp', 'keys', '-i', 'key', '--starting'])).toEqual(['--starting-offset']);
  });

  test('hides its own command', () => {
    expect(candidates(program, [''])).not.toContain('__complete');
  });

  test.each(Object.keys(COMPLETION_SCRIPTS))('has a script for %s that asks the program', async (shell) => {
    const io = captureIo();
    expect(await runCli(['completion', shell], io)).toBe(0);
    expect(io.stdout()).toContain('rootward __complete -- ');
    const asked = captureIo();
    expect(await runCli(['__complete', '--', 'ks', 'cluster', 'r'], asked)).toBe(0);
    expect(asked.stdout()).toBe('rm\n');
  });

  test('passes flags through the hidden command', async () => {
    const io = captureIo();
    expect(await runCli(['__complete', '--', 'kp', 'keys', '--output', 'j'], io)).toBe(0);
    expect(io.stdout()).toBe('json\n');
  });
});
