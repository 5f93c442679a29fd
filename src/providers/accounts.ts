import type { Account } from '../core/chat';
import { isAzureHost } from './baseUrl';

interface AccountService {
  /** Names, as users know them. */
  readonly servers: string;
  readonly scopes: readonly string[];
  readonly isServer: (hostname: string) => boolean;
}

/** What each account of VS Code may be used for. Its tokens are sent to no other server. */
export const ACCOUNT_SERVICES: Readonly<Record<Account, AccountService>> = {
  microsoft: {
    servers: 'Azure OpenAI, Microsoft Foundry',
    scopes: ['https://cognitiveservices.azure.com/.default'],
    isServer: isAzureHost,
  },
  github: {
    servers: 'GitHub Models',
    scopes: ['models:read'],
    isServer: (hostname) => hostname === 'models.github.ai',
  },
};
