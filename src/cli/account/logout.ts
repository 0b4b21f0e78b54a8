import { createClient } from '../../client/client.ts';
import { RootwardError } from '../../contract/errors.ts';
import { endSession } from '../../contract/sessions/end.ts';
import type { CommandParts } from '../commands/command-parts.ts';
import { ownTokens } from '../session/exchange.ts';
import { forgetLogin, readKeptLogin } from '../session/kept-login.ts';
import { commandAt } from '../tree/command-path.ts';
import { addExamples } from '../tree/help-text.ts';

/** `logout`: ends the login at the server, so that a copy of it is worth nothing either. */
export function addLogout({ program, io }: CommandParts): void {
  const command = commandAt(program, ['logout']).description('End your login, here and at the server');
  addExamples(command, ['logout']);
  command.action(async () => {
    const login = readKeptLogin(io.env);
    if (!login) {
      io.err('You are not logged in.\n');
      return;
    }
    try {
      await createClient({ url: login.url, tokens: ownTokens(login.url, io) }).call(endSession, {});
    } catch (error) {
      if (!isOver(error)) throw notEnded(login.url, error);
    } finally {
      forgetLogin(io.env);
    }
    io.err(`Logged out of ${login.url}.\n`);
  });
}

/** There is nothing left to end. */
function isOver(error: unknown): boolean {
  return error instanceof RootwardError && ['UNAUTHENTICATED', 'TOKEN_EXPIRED', 'NOT_LOGGED_IN'].includes(error.code);
}

function notEnded(url: string, cause: unknown): RootwardError {
  return new RootwardError('SERVER_UNREACHABLE', {
    message: `The login is forgotten here, but ${url} did not end it: ${cause instanceof Error ? cause.message : 'unknown reason'}`,
    hint: 'It ends by itself after 30 days; a new password ends it at once.',
    cause,
  });
}
