import { l10n, type Memento, window } from 'vscode';
import type { Endpoint } from '../core/chat';
import { QuilletError } from '../core/errors';
import { openSetting } from '../platform/commands';
import type { Log } from '../platform/log';
import { keySourceOf } from '../providers/keySource';
import { PRESETS } from '../providers/presets';
import { toSingleLine } from '../sanitize/redactor';
import { isLoopback, keyScope } from '../util/origin';

const CONSENTS_KEY = 'quillet.agreed';
const ORIGINS_KEY = 'quillet.places';

type ConsentMemento = Pick<Memento, 'get' | 'update'>;

/**
 * Where the user agreed that code and keys may go (R2). An address that came into the settings in any other way than
 * through the user's own hands here (settings sync, another profile, an edited file) is asked about once, before anything
 * is sent. What is agreed to is kept on this machine only: it is not synced along with the settings.
 */
export class EndpointConsent {
  private readonly pending = new Map<string, Promise<boolean>>();

  constructor(
    private readonly memento: ConsentMemento,
    private readonly log: Log,
  ) {}

  /** @throws QuilletError `cancelled` when the user does not want to send there. */
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

  /** The user chose this address just now, where it was shown in full. */
  async grant(endpoint: Endpoint): Promise<void> {
    // A key from a variable or a program was not part of what was shown.
    if (keySourceOf(endpoint) !== undefined) return;
    await this.saveConsent(await consentSubject(endpoint));
    this.saveOrigin(endpoint);
  }

  /** The same for an address that was only picked from a list: where the provider went somewhere else, it is asked about. */
  async grantUnlessMoved(endpoint: Endpoint): Promise<void> {
    if (!this.hasMoved(endpoint)) await this.grant(endpoint);
  }

  /** Whether the provider used to go somewhere else. */
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

  /** Two runs that begin together ask one question. */
  private askOnce(subject: string, endpoint: Endpoint, lastOrigin: string | undefined): Promise<boolean> {
    const pending = this.pending.get(subject);
    if (pending !== undefined) return pending;
    const answer = this.ask(subject, endpoint, lastOrigin).finally(() => this.pending.delete(subject));
    this.pending.set(subject, answer);
    return answer;
  }

  private async ask(subject: string, endpoint: Endpoint, lastOrigin: string | undefined): Promise<boolean> {
    const { message, detail, button } = buildQuestion(endpoint, lastOrigin);
    // The first button has the focus: whoever presses Enter without reading sends nothing.
    const openSettings = l10n.t('Open Settings');
    const chosen = await window.showWarningMessage(message, { modal: true, detail }, openSettings, button);
    const isAgreed = chosen === button;
    this.log.warn('origin', {
      class: 'cfg.origin',
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

  /** Known at once. Nobody waits until it is written: the first request would, for as long as the window is busy. */
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

/** This machine, and the address that is built in for the provider, need no question. A program always does. */
function isExempt(endpoint: Endpoint, lastOrigin: string | undefined): boolean {
  const source = keySourceOf(endpoint);
  if (source?.kind === 'command') return false;
  if (isLoopback(endpoint.baseUrl)) return true;
  const scope = keyScope(endpoint.baseUrl);
  const preset = PRESETS.find(({ id, baseUrl }) => {
    // Another name may stand for a preset, but a provider that went elsewhere so far does not move in silence.
    return baseUrl !== '' && keyScope(baseUrl) === scope && (id === endpoint.providerId || lastOrigin === undefined);
  });
  return preset !== undefined && (source === undefined || source.name === preset.keyEnvVar);
}

/** What is agreed to: an address alone; with the variable that goes there; or with the program, whose arguments stay unknown. */
async function consentSubject(endpoint: Endpoint): Promise<string> {
  const scope = keyScope(endpoint.baseUrl);
  const source = keySourceOf(endpoint);
  if (source === undefined) return scope;
  if (source.kind === 'variable') return `${source.name} ${scope}`;
  const bytes = new TextEncoder().encode(JSON.stringify(endpoint.apiKeyCommand));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return `${[...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')} ${scope}`;
}

interface Question {
  readonly message: string;
  readonly detail: string;
  readonly button: string;
}

/** A label and a command come from the settings, so they are kept to one line; an address is shown as it was parsed. */
function buildQuestion(endpoint: Endpoint, lastOrigin: string | undefined): Question {
  const to = keyScope(endpoint.baseUrl);
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
  const keyNotice =
    source === undefined ? [] : [l10n.t('The API key comes from the environment variable {0}.', source.name)];
  return {
    message:
      lastOrigin === undefined || lastOrigin === to
        ? l10n.t('Send prompts for {0} to {1}?', label, to)
        : l10n.t('{0} has moved from {1} to {2}. Send prompts to the new address?', label, lastOrigin, to),
    detail: [...keyNotice, caution].join('\n\n'),
    button: l10n.t('Send to {0}', new URL(to).host),
  };
}

function quoteArgument(text: string): string {
  return /^[\w./:@=+-]+$/.test(text) ? text : JSON.stringify(text);
}
