import { type AuthenticationSession, authentication } from 'vscode';
import type { Account, Endpoint } from '../core/chat';
import { QuilletError } from '../core/errors';
import { ACCOUNT_SERVICES } from '../providers/accounts';
import type { Redactor } from '../sanitize/redactor';

/** Access tokens of the user's accounts in VS Code, which refreshes and stores them. */
export class AccountTokens {
  constructor(private readonly redactor: Redactor) {}

  /** Asks the user to sign in if necessary. @throws QuilletError `key.account`, `cancelled` */
  async get(account: Account, { providerId, label: providerLabel }: Endpoint): Promise<string> {
    const { accessToken } = await this.signIn(account).catch((thrown: unknown) => {
      if (isCancellation(thrown)) throw new QuilletError('cancelled');
      const keySource = { kind: 'account', name: account } as const;
      throw new QuilletError('key.account', { providerId, providerLabel, keySource }, { cause: thrown });
    });
    this.redactor.addSecret(accessToken);
    return accessToken;
  }

  private async signIn(account: Account): Promise<AuthenticationSession> {
    return authentication.getSession(account, ACCOUNT_SERVICES[account].scopes, { createIfNone: true });
  }
}

// VS Code reports a refused or closed sign-in as an ordinary error.
function isCancellation(thrown: unknown): boolean {
  return thrown instanceof Error && /\b(?:cancel|did not consent)/i.test(`${thrown.name} ${thrown.message}`);
}
