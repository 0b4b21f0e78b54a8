import { addOutputFlags, addServerFlags } from '../common-flags.ts';
import { printAnswer } from '../output/print.ts';
import { commandAt } from '../tree/command-path.ts';
import { openCall } from '../tree/from-operation.ts';
import { addExamples } from '../tree/help-text.ts';
import type { CommandParts } from './command-parts.ts';

/** `iam oauth-tokens`: an access token for other programs, such as curl. */
export function addOauthTokens({ program, io }: CommandParts): void {
  const command = commandAt(program, ['iam', 'oauth-tokens']).description('Get an access token for your API key');
  addServerFlags(addOutputFlags(command));
  addExamples(command, ['iam oauth-tokens', 'iam oauth-tokens --output json | jq -r .iam_token']);
  command.action(async (flags: Readonly<Record<string, unknown>>) => {
    const call = openCall(flags, {}, io);
    const iam_token = `Bearer ${await call.session.client.token()}`;
    if (call.format === 'table') io.out(`IAM token:   ${iam_token}\n`);
    else await printAnswer({ iam_token }, undefined, call.format, io);
  });
}
