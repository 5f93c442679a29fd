import { l10n, type Memento, window } from 'vscode';
import type { Endpoint } from '../core/chat';
import { QuilletError } from '../core/errors';
import { showSetting } from '../platform/commands';
import type { Log } from '../platform/log';
import { keySourceOf } from '../providers/keySource';
import { presets } from '../providers/presets';
import { toSingleLine } from '../sanitize/redactor';
import { isLoopback, keyScope } from '../util/origin';

const AGREED = 'quillet.agreed';
const PLACES = 'quillet.places';

type Memory = Pick<Memento, 'get' | 'update'>;

/**
 * Where the user agreed that code and keys may go (R2). An address that came into the settings in any other way than
 * through the user's own hands here (settings sync, another profile, an edited file) is asked about once, before anything
 * is sent. What is agreed to is kept on this machine only: it is not synced along with the settings.
 */
export class EndpointConsent {
  private readonly asking = new Map<string, Promise<boolean>>();

  constructor(
    private readonly memento: Memory,
    private readonly log: Log,
  ) {}

  /** @throws QuilletError `cancelled` when the user does not want to send there. */
  async require(endpoint: Endpoint): Promise<void> {
    const last = this.placeOf(endpoint);
    if (!isFree(endpoint, last)) {
      const subject = await subjectOf(endpoint);
      if (!this.agreed.includes(subject) && !(await this.ask(subject, endpoint, last))) {
        throw new QuilletError('cancelled');
      }
    }
    this.remember(endpoint);
  }

  /** The user chose this address just now, where it was shown in full. */
  async grant(endpoint: Endpoint): Promise<void> {
    // A key from a variable or a program was not part of what was shown.
    if (keySourceOf(endpoint) !== undefined) return;
    await this.agree(await subjectOf(endpoint));
    this.remember(endpoint);
  }

  /** The same for an address that was only picked from a list: where the provider went somewhere else, it is asked about. */
  async grantFirst(endpoint: Endpoint): Promise<void> {
    if (!this.hasMoved(endpoint)) await this.grant(endpoint);
  }

  /** Whether the provider used to go somewhere else. */
  hasMoved(endpoint: Endpoint): boolean {
    const last = this.placeOf(endpoint);
    return last !== undefined && last !== keyScope(endpoint.baseUrl);
  }

  private get agreed(): readonly string[] {
    return this.memento.get<readonly string[]>(AGREED, []);
  }

  private placeOf({ providerId }: Endpoint): string | undefined {
    return new Map(this.memento.get<readonly [string, string][]>(PLACES, [])).get(providerId);
  }

  /** Two runs that begin together ask one question. */
  private ask(subject: string, endpoint: Endpoint, last: string | undefined): Promise<boolean> {
    const open = this.asking.get(subject);
    if (open !== undefined) return open;
    const answer = this.put(subject, endpoint, last).finally(() => this.asking.delete(subject));
    this.asking.set(subject, answer);
    return answer;
  }

  private async put(subject: string, endpoint: Endpoint, last: string | undefined): Promise<boolean> {
    const { message, detail, button } = questionFor(endpoint, last);
    // The first button has the focus: whoever presses Enter without reading sends nothing.
    const openSettings = l10n.t('Open Settings');
    const chosen = await window.showWarningMessage(message, { modal: true, detail }, openSettings, button);
    const isAgreed = chosen === button;
    this.log.warn('origin', {
      class: 'cfg.origin',
      provider: endpoint.providerId,
      from: last,
      to: keyScope(endpoint.baseUrl),
      answer: isAgreed ? 'yes' : 'no',
    });
    if (isAgreed) await this.agree(subject);
    else if (chosen === openSettings) await showSetting('quillet.providers');
    return isAgreed;
  }

  private async agree(subject: string): Promise<void> {
    if (!this.agreed.includes(subject)) await this.memento.update(AGREED, [...this.agreed, subject]);
  }

  /** Known at once. Nobody waits until it is written: the first request would, for as long as the window is busy. */
  private remember(endpoint: Endpoint): void {
    const scope = keyScope(endpoint.baseUrl);
    if (this.placeOf(endpoint) === scope) return;
    const places = new Map(this.memento.get<readonly [string, string][]>(PLACES, []));
    this.memento.update(PLACES, [...places.set(endpoint.providerId, scope)]).then(undefined, (failure: unknown) => {
      this.log.error('origin', failure);
    });
  }
}

/** This machine, and the address that is built in for the provider, need no question. A program always does. */
function isFree(endpoint: Endpoint, last: string | undefined): boolean {
  const source = keySourceOf(endpoint);
  if (source?.kind === 'command') return false;
  if (isLoopback(endpoint.baseUrl)) return true;
  const scope = keyScope(endpoint.baseUrl);
  const own = presets.find(({ id, baseUrl }) => {
    // Another name may stand for a preset, but a provider that went elsewhere so far does not move in silence.
    return baseUrl !== '' && keyScope(baseUrl) === scope && (id === endpoint.providerId || last === undefined);
  });
  return own !== undefined && (source === undefined || source.name === own.keyVariable);
}

/** What is agreed to: an address alone; with the variable that goes there; or with the program, whose arguments stay unknown. */
async function subjectOf(endpoint: Endpoint): Promise<string> {
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
function questionFor(endpoint: Endpoint, last: string | undefined): Question {
  const to = keyScope(endpoint.baseUrl);
  const label = toSingleLine(endpoint.label).slice(0, 60);
  const move = last === undefined || last === to ? [] : [l10n.t('{0} went to {1} so far.', label, last)];
  const caution = l10n.t('If you did not set this up yourself, cancel and look at the setting quillet.providers.');
  const source = keySourceOf(endpoint);
  if (source?.kind === 'command') {
    const command = toSingleLine((endpoint.apiKeyCommand ?? []).map(asArgument).join(' ')).slice(0, 400);
    return {
      message: l10n.t('Run a program to get the API key for {0}?', label),
      detail: [command, ...move, l10n.t('The key and your prompts are sent to {0}.', to), caution].join('\n\n'),
      button: l10n.t('Run'),
    };
  }
  const carries =
    source === undefined ? [] : [l10n.t('The API key comes from the environment variable {0}.', source.name)];
  return {
    message:
      last === undefined || last === to
        ? l10n.t('{0} sends your prompts to {1}. Send them there?', label, to)
        : l10n.t('{0} went to {1} so far. Send your prompts to {2} from now on?', label, last, to),
    detail: [...carries, caution].join('\n\n'),
    button: l10n.t('Send to {0}', new URL(to).host),
  };
}

function asArgument(text: string): string {
  return /^[\w./:@=+-]+$/.test(text) ? text : JSON.stringify(text);
}
