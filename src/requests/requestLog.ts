import { l10n } from 'vscode';
import { formatModelRef } from '../core/chat';
import { QuilletError } from '../core/errors';
import { collectStrings } from '../core/outboundText';
import type { AnswerSink, ExecuteRun, RunGroup, RunPlan } from '../core/run';
import type { LlmService } from '../llm/llmService';
import type { Notifier } from '../notifications/notifier';
import type { CommandTable } from '../platform/commands';
import type { ReadyModel } from '../providers/endpoint';
import type { LoggedRequest, RequestHistory } from '../runs/common/requestHistory';
import { tokenText } from '../runs/runText';
import { type Redactor, toSingleLine } from '../sanitize/redactor';
import type { SettingsReader } from '../settings/configuration';
import { type ExportedRequest, exportOf } from './common/exportedRequest';
import { replayOf } from './common/replay';
import { copyRequest } from './copyRequest';
import type { RequestLogDocuments } from './requestLogDocuments';
import { outcomeText, secondsText, titleOf } from './requestLogMarkdown';
import { type PickedRequest, pickRequest, type RequestLine } from './requestPicker';
import type { RequestKeeping } from './requestRetention';
import type { RequestReview } from './requestReviewer';

export interface RequestLogParts {
  readonly requests: RequestHistory;
  readonly documents: RequestLogDocuments;
  readonly keeping: RequestKeeping;
  readonly llm: LlmService;
  readonly settings: SettingsReader;
  readonly notifier: Notifier;
  readonly redactor: Redactor;
  readonly preview: RequestReview;
  /** Asks about what the plans would send; undefined where the user does not want to send it. */
  readonly prepare: (plans: readonly RunPlan[]) => Promise<readonly RunPlan[] | undefined>;
  readonly resolveModel: (model: string) => Promise<ReadyModel | undefined>;
  /** Lets the user choose models; empty when none was chosen. */
  readonly chooseModels: () => Promise<readonly string[]>;
  readonly newGroup: (selections: number) => RunGroup;
  readonly execute: ExecuteRun;
}

/** So much of what was asked is shown in the list, made from a little more because secrets are hidden first. */
const SHOWN_OF_PROMPT = 120;
const READ_OF_PROMPT = 2000;

/** The requests of this window: looked at, searched, copied, and sent once more. */
export class RequestLog {
  constructor(private readonly parts: RequestLogParts) {}

  commands(): CommandTable<'quillet.showRequests' | 'quillet.sendAgain' | 'quillet.sendToOtherModels'> {
    return {
      'quillet.showRequests': () => this.choose(),
      'quillet.sendAgain': () => this.sendAgain(this.active()),
      'quillet.sendToOtherModels': () => this.sendToOtherModels(this.active()),
    };
  }

  /** The request in the editor in front, else the one that was sent last. */
  get current(): ExportedRequest | undefined {
    const request = this.parts.documents.active ?? this.parts.requests.newest;
    return request === undefined ? undefined : this.exported(request);
  }

  /** @throws QuilletError `editor.request` where the editor in front shows none. */
  private active(): LoggedRequest {
    const request = this.parts.documents.active;
    if (request === undefined) throw new QuilletError('editor.request');
    return request;
  }

  private async choose(): Promise<void> {
    const { requests, keeping, notifier } = this.parts;
    const kept = await keeping.load();
    requests.setKept(kept);
    if (requests.all.length === 0) {
      notifier.inform(l10n.t('Nothing was sent in this window yet.'));
      return;
    }
    const title = kept.length === 0 ? l10n.t('Requests of this window') : l10n.t('Requests');
    const picked = await pickRequest(
      title,
      requests.all.map((request) => this.lineOf(request)),
    );
    if (picked !== undefined) await this.act(picked);
  }

  private async act(picked: PickedRequest): Promise<void> {
    const { requests, documents, keeping } = this.parts;
    if (picked.kind === 'clear') {
      requests.clear();
      return keeping.clear();
    }
    const request = requests.get(picked.id);
    if (request === undefined) return;
    switch (picked.kind) {
      case 'open':
        return documents.show(request);
      case 'copy':
        return copyRequest(this.exported(request));
      case 'sendAgain':
        return this.sendAgain(request);
      case 'sendToOtherModels':
        return this.sendToOtherModels(request);
    }
  }

  /** In the form in which it was asked last, which is the one that the server took. */
  private exported({ plan, attempts }: LoggedRequest): ExportedRequest {
    const last = attempts.at(-1);
    return exportOf(last?.request ?? this.parts.llm.describeRequest(plan), plan.endpoint, last?.hasKey);
  }

  private sendAgain(request: LoggedRequest): Promise<void> {
    return this.send(request, [modelOf(request.plan)]);
  }

  private async sendToOtherModels(request: LoggedRequest): Promise<void> {
    await this.send(request, await this.parts.chooseModels());
  }

  /** The settings say where a request goes, now as ever: an address that was changed since is the one that is asked. */
  private async send(request: LoggedRequest, models: readonly string[]): Promise<void> {
    const group = this.parts.newGroup(1);
    const plans: RunPlan[] = [];
    for (const model of models) {
      const ready = await this.parts.resolveModel(model);
      const plan = ready === undefined ? undefined : await this.accepted(replayOf(request.plan, ready, group), request);
      if (plan === undefined) return;
      plans.push(plan);
    }
    await Promise.all(plans.map((plan) => this.parts.execute(plan, this.sinkFor(plan, request))));
  }

  /** Asked about as any other request, and shown first where it is not what was sent: a body for another API is no use. */
  private async accepted(plan: RunPlan, request: LoggedRequest): Promise<RunPlan | undefined> {
    const [preparedPlan] = (await this.parts.prepare([plan])) ?? [];
    const isOther = request.plan.body !== undefined && plan.body === undefined;
    if (preparedPlan === undefined || !(isOther || this.parts.settings.read().showsRequests)) return preparedPlan;
    return this.parts.preview.review(preparedPlan);
  }

  /** The answer is read in the document of the request, which opens at once and is written anew at the end. */
  private sinkFor(plan: RunPlan, request: LoggedRequest): AnswerSink {
    const { requests, documents, notifier } = this.parts;
    let isOpened = false;
    return {
      onText: () => undefined,
      onPhase: ({ kind }) => {
        if (isOpened || kind !== 'connecting') return;
        isOpened = true;
        const sent = requests.all.find((one) => one.plan.group === plan.group && modelOf(one.plan) === modelOf(plan));
        if (sent !== undefined) documents.show(sent).catch((failure: unknown) => notifier.showError(failure));
      },
      finish: () => Promise.resolve({ retry: () => this.send(request, [modelOf(plan)]) }),
    };
  }

  private lineOf(request: LoggedRequest): RequestLine {
    const { plan, sentAt, end } = request;
    const asked = plan.messages.findLast(({ role }) => role === 'user')?.content ?? '';
    const facts = [
      outcomeText(end),
      timeText(new Date(sentAt)),
      ...(end === undefined ? [] : [secondsText(end.record.totalMs), tokenText(end.record.usage)]),
    ];
    const prompt = this.clean(asked.slice(0, READ_OF_PROMPT).trim().replaceAll(/\s+/g, ' '));
    let searched: string | undefined;
    return {
      id: request.id,
      label: this.clean(titleOf(request)),
      description: this.clean(facts.join(' · ')),
      detail: prompt.length > SHOWN_OF_PROMPT ? `${prompt.slice(0, SHOWN_OF_PROMPT)}…` : prompt,
      searched: () => {
        searched ??= searchedText(request);
        return searched;
      },
    };
  }

  /** One line without secrets, in which nothing is taken for an icon. */
  private clean(text: string): string {
    return toSingleLine(this.parts.redactor.redact(text)).replaceAll(/\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/g, '\\$&');
  }
}

function timeText(time: Date): string {
  const isToday = time.toDateString() === new Date().toDateString();
  return isToday ? time.toLocaleTimeString() : time.toLocaleString();
}

function modelOf({ endpoint, model }: RunPlan): string {
  return formatModelRef({ providerId: endpoint.providerId, model });
}

/** What was sent and what came, in small letters. */
function searchedText({ plan, attempts, end }: LoggedRequest): string {
  const sent = plan.body === undefined ? plan.messages.map(({ content }) => content) : collectStrings(plan.body);
  const received = attempts.flatMap(({ response }) =>
    response === undefined ? [] : [response.body.text, response.body.end],
  );
  return [...sent, end?.answer ?? '', ...received].join('\n').toLowerCase();
}
