import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { RootwardError } from '../contract/errors.ts';

/** Asks on stderr and reads a line from the terminal. `hidden`: the terminal shows nothing of it. Throws USAGE without a terminal. */
export function askOnTerminal(question: string, hidden: boolean): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) {
    throw new RootwardError('USAGE', {
      message: `There is no terminal to ask for: ${question.replace(/[:?] *$/, '')}.`,
      hint: 'Give it by a flag, and a secret in a file: `--help` shows which.',
    });
  }
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: stdin, output: hidden ? nowhere : stderr, terminal: true });
  if (hidden) stderr.write(question);
  return new Promise((resolve, reject) => {
    let answer: string | undefined;
    terminal.question(hidden ? '' : question, (line) => {
      answer = line;
      terminal.close();
    });
    terminal.once('SIGINT', () => terminal.close());
    terminal.once('close', () => {
      if (hidden) stderr.write('\n');
      if (answer !== undefined) resolve(answer);
      else reject(new RootwardError('USAGE', { message: 'Nothing was entered.' }));
    });
  });
}
