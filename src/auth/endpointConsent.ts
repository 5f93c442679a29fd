import { l10n, window } from 'vscode';
import { type Endpoint, hostOf, VSCODE_MODELS_URL } from '../core/chat';
import { type KeySourceName, QuilletError } from '../core/errors';
import { keySourceText } from '../notifications/keyMessages';
import { openSetting } from '../platform/commands';
import type { Log } from '../platform/log';
import type { MementoLike } from '../platform/mementoLike';
import { keySourceOf } from '../providers/keySource';
import { PRESETS } from '../providers/presets';
import { toSingleLine } from '../sanitize/redactor';
import { isLoopback, keyScope } from '../util/origin';
import { sha256 } from '../util/sha256';

const CONSENTS_KEY = 'quillet.agreed';
const ORIGINS_KEY = 'quillet.places';

/** Asks once before code and keys go to an endpoint that the user did not choose in Quillet. Never synced. */
export class EndpointConsent {
  private readonly pending = new Map<string, Promise<boolean>>();

  constructor(
    private readonly memento: MementoLike,
    private readonly log: Log,
  ) {}

  async require(endpoint: Endpoint): Promise<void> {
    const lastOrigin = this.getLastOrigin(endpoint);
    if (!isExempt(endpoint, lastOrigin)) {
      const subject = await consentSubject(endpoint);
      if (!this.consents.includes(subject) && !(await this.askOnce(subject, endpoint, lastOrigin))) {
        throw new QuilletError('cancelled');
      }
    }
    this.saveOrigin(endpoint);
  }

  /** Records consent for an address that the user just chose and saw in full. */
  async grant(endpoint: Endpoint): Promise<void> {
    // The user did not see the source of the key.
    if (keySourceOf(endpoint) !== undefined) return;
    await this.saveConsent(await consentSubject(endpoint));
    this.saveOrigin(endpoint);
  }

  /** Like `grant`, for an address picked from a list. If the provider has moved, `require` asks later. */
  async grantUnlessMoved(endpoint: Endpoint): Promise<void> {
    if (!this.hasMoved(endpoint)) await this.grant(endpoint);
  }

  hasMoved(endpoint: Endpoint): boolean {
    const lastOrigin = this.getLastOrigin(endpoint);
    return lastOrigin !== undefined && lastOrigin !== keyScope(endpoint.baseUrl);
  }

  private get consents(): readonly string[] {
    return this.memento.get<readonly string[]>(CONSENTS_KEY, []);
  }

  private getLastOrigin({ providerId }: Endpoint): string | undefined {
    return new Map(this.memento.get<readonly [string, string][]>(ORIGINS_KEY, [])).get(providerId);
  }

  private askOnce(subject: string, endpoint: Endpoint, lastOrigin: string | undefined): Promise<boolean> {
    const pending = this.pending.get(subject);
    if (pending !== undefined) return pending;
    const answer = this.ask(subject, endpoint, lastOrigin).finally(() => this.pending.delete(subject));
    this.pending.set(subject, answer);
    return answer;
  }

  private async ask(subject: string, endpoint: Endpoint, lastOrigin: string | undefined): Promise<boolean> {
    const { message, detail, button } = buildQuestion(endpoint, lastOrigin);
    // The first button has the focus, so pressing Enter must not send anything.
    const openSettings = l10n.t('Open Settings');
    const chosen = await window.showWarningMessage(message, { modal: true, detail }, openSettings, button);
    const isAgreed = chosen === button;
    this.log.warn('origin', {
      kind: 'cfg.origin',
      provider: endpoint.providerId,
      from: lastOrigin,
      to: keyScope(endpoint.baseUrl),
      answer: isAgreed ? 'yes' : 'no',
    });
    if (isAgreed) await this.saveConsent(subject);
    else if (chosen === openSettings) await openSetting('quillet.providers');
    return isAgreed;
  }

  private async saveConsent(subject: string): Promise<void> {
    if (!this.consents.includes(subject)) await this.memento.update(CONSENTS_KEY, [...this.consents, subject]);
  }

  // Not awaited: the value is readable immediately, and writing would delay the first request while the window is busy.
  private saveOrigin(endpoint: Endpoint): void {
    const scope = keyScope(endpoint.baseUrl);
    if (this.getLastOrigin(endpoint) === scope) return;
    const origins = new Map(this.memento.get<readonly [string, string][]>(ORIGINS_KEY, []));
    this.memento
      .update(ORIGINS_KEY, [...origins.set(endpoint.providerId, scope)])
      .then(undefined, (failure: unknown) => {
        this.log.error('origin', failure);
      });
  }
}

// Loopback addresses and the built-in address of a preset need no consent. Programs always do.
function isExempt(endpoint: Endpoint, lastOrigin: string | undefined): boolean {
  const source = keySourceOf(endpoint);
  if (source?.kind === 'command') return false;
  if (isLoopback(endpoint.baseUrl)) return true;
  const scope = keyScope(endpoint.baseUrl);
  const preset = PRESETS.find(({ id, baseUrl }) => {
    // A preset may be used under another name, but not if that provider used another address before.
    return baseUrl !== '' && keyScope(baseUrl) === scope && (id === endpoint.providerId || lastOrigin === undefined);
  });
  if (preset === undefined) return false;
  // VS Code asks before it gives an extension the token of an account.
  return source === undefined || source.kind === 'account' || source.name === preset.keyEnvVar;
}

// Consent covers an address, and the variable, the account or a hash of the program whose key goes there.
async function consentSubject(endpoint: Endpoint): Promise<string> {
  const scope = keyScope(endpoint.baseUrl);
  const source = keySourceOf(endpoint);
  if (source === undefined) return scope;
  if (source.kind !== 'command') return `${source.name} ${scope}`;
  return `${await sha256(JSON.stringify(endpoint.apiKeyCommand))} ${scope}`;
}

interface Question {
  readonly message: string;
  readonly detail: string;
  readonly button: string;
}

// Labels and commands come from settings and are reduced to one line.
function buildQuestion(endpoint: Endpoint, lastScope: string | undefined): Question {
  const to = scopeName(keyScope(endpoint.baseUrl));
  const lastOrigin = lastScope && scopeName(lastScope);
  const label = toSingleLine(endpoint.label).slice(0, 60);
  const moveNotice =
    lastOrigin === undefined || lastOrigin === to
      ? []
      : [l10n.t('{0} has moved from {1} to {2}.', label, lastOrigin, to)];
  const caution = l10n.t("If you didn't set this up yourself, cancel and check the quillet.providers setting.");
  const source = keySourceOf(endpoint);
  if (source?.kind === 'command') {
    const command = toSingleLine((endpoint.apiKeyCommand ?? []).map(quoteArgument).join(' ')).slice(0, 400);
    return {
      message: l10n.t('Run a program to get the API key for {0}?', label),
      detail: [command, ...moveNotice, l10n.t('The API key and your prompts will be sent to {0}.', to), caution].join(
        '\n\n',
      ),
      button: l10n.t('Run'),
    };
  }
  const keyNotice = source === undefined ? [] : [describeSource(source)];
  return {
    message:
      lastOrigin === undefined || lastOrigin === to
        ? l10n.t('Send prompts for {0} to {1}?', label, to)
        : l10n.t('{0} has moved from {1} to {2}. Send prompts to the new address?', label, lastOrigin, to),
    detail: [...keyNotice, caution].join('\n\n'),
    button: l10n.t('Send to {0}', hostOf(endpoint)),
  };
}

function scopeName(scope: string): string {
  return scope === VSCODE_MODELS_URL ? 'VS Code' : scope;
}

function describeSource({ kind, name }: KeySourceName): string {
  return kind === 'account'
    ? l10n.t('Quillet will sign in with {0}.', keySourceText({ kind, name }))
    : l10n.t('The API key comes from the environment variable {0}.', name);
}

function quoteArgument(text: string): string {
  return /^[\w./:@=+-]+$/.test(text) ? text : JSON.stringify(text);
}
