import { timingSafeEqual } from 'node:crypto';
import { RootwardError } from '../../../contract/errors.ts';
import { finishLogin } from '../../../contract/login/finish.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { admit } from './admit.ts';
import { type Attempt, openAttempt } from './attempt.ts';
import { loggedIn } from './logged-in.ts';
import type { RelyingParties } from './relying-parties.ts';
import type { Arrival, RelyingParty } from './relying-party.ts';
import { createUsedAttempts } from './used-attempts.ts';

/** Finishes a login: what the provider says is redeemed before the change, whoever it means is let in by the change. */
export function finishLoginHandler(deps: IamDeps, parties: RelyingParties): Handler {
  const used = createUsedAttempts();

  async function redeem(party: RelyingParty, attempt: Attempt, response: string, now: number): Promise<Arrival> {
    if (!used.use(attempt, now))
      throw new RootwardError('LOGIN_FAILED', { message: 'This login was finished before. Begin it again.' });
    try {
      return await party.redeem(attempt, response, now);
    } catch (error) {
      if (error instanceof RootwardError && error.code === 'LOGIN_PROVIDER_UNAVAILABLE') used.giveBack(attempt);
      throw error;
    }
  }

  return handle(finishLogin, {
    resolve: ({ input }) => parties.resolve(input.params.provider),
    async prepare({ input, now }, party) {
      const { attempt: sealed, response } = input.body;
      const attempt = openAttempt(deps.barrier, sealed, now);
      if (attempt?.provider !== party.settings.name)
        throw new RootwardError('LOGIN_FAILED', {
          message: 'No login by this provider is under way in this browser, or it took too long. Begin it again.',
        });
      if (!isSame(new URLSearchParams(response).get('state') ?? '', attempt.state))
        throw new RootwardError('LOGIN_FAILED', {
          message: 'What the identity provider sent back belongs to another login. Begin it again.',
        });
      return { attempt, arrival: await redeem(party, attempt, response, now) };
    },
    async change({ now }, { settings }, tx, { attempt, arrival }) {
      const { person, accepted } = await admit(tx, deps, settings, arrival, now);
      const { account, returnTo } = attempt;
      const realms = [settings.name, settings.issuer.href, settings.issuer.href.replace(/\/$/, '')];
      const said = { realms, claims: arrival.claims };
      const made = await loggedIn(tx, deps, { person, account, returnTo, now, said });
      return {
        ...made,
        audit: {
          ...made.audit,
          requestData: { provider: settings.name, ...(accepted.length > 0 && { invitationId: accepted }) },
        },
      };
    },
  });
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given, 'utf8'), Buffer.from(wanted, 'utf8')];
  return a.length === b.length && timingSafeEqual(a, b);
}
