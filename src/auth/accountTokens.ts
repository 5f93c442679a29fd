import { type AuthenticationSession, authentication } from 'vscode';
import type { Endpoint } from '../core/chat';
import { QuilletError } from '../core/errors';
import type { Redactor } from '../sanitize/redactor';

const AZURE_SCOPES = ['https://cognitiveservices.azure.com/.default'];

/** Access tokens of the user's Microsoft account in VS Code, which refreshes and stores them. */
export class AccountTokens {
  constructor(private readonly redactor: Redactor) {}

  /** Asks the user to sign in if necessary. @throws QuilletError `key.account`, `cancelled` */
  async get({ providerId, label: providerLabel }: Endpoint): Promise<string> {
    const { accessToken } = await this.signIn().catch((thrown: unknown) => {
      if (isCancellation(thrown)) throw new QuilletError('cancelled');
      throw new QuilletError('key.account', { providerId, providerLabel }, { cause: thrown });
    });
    this.redactor.addSecret(accessToken);
    return accessToken;
  }

  private async signIn(): Promise<AuthenticationSession> {
    return authentication.getSession('microsoft', AZURE_SCOPES, { createIfNone: true });
  }
}

// VS Code reports a refused or closed sign-in as an ordinary error.
function isCancellation(thrown: unknown): boolean {
  return thrown instanceof Error && /\b(?:cancel|did not consent)/i.test(`${thrown.name} ${thrown.message}`);
}
