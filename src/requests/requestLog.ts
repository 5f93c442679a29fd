import { l10n } from 'vscode';
import { formatModelRef } from '../core/chat';
import { QuilletError } from '../core/errors';
import { collectStrings } from '../core/outboundText';
import type { AnswerSink, ExecuteRun, RunGroup, RunPlan } from '../core/run';
import type { LlmService } from '../llm/llmService';
import type { Notifier } from '../notifications/notifier';
import type { CommandTable } from '../platform/commands';
import type { ResolvedModel } from '../providers/endpoint';
import type { LoggedRequest, RequestHistory } from '../runs/common/requestHistory';
import { tokenText } from '../runs/runText';
import { type Redactor, toSingleLine } from '../sanitize/redactor';
import type { Configuration } from '../settings/configuration';
import { type ExportedRequest, toExportedRequest } from './common/exportedRequest';
import { createReplay } from './common/replay';
import { copyRequest } from './copyRequest';
import type { RequestLogDocuments } from './requestLogDocuments';
import { formatSeconds, getOutcomeText, getRequestTitle } from './requestLogMarkdown';
import { type PickedRequest, pickRequest, type RequestEntry } from './requestPicker';
import type { RequestRetention } from './requestRetention';
import type { RequestReviewer } from './requestReviewer';

export interface RequestLogServices {
  readonly requests: RequestHistory;
  readonly documents: RequestLogDocuments;
  readonly retention: RequestRetention;
  readonly llm: LlmService;
  readonly settings: Configuration;
  readonly notifier: Notifier;
  readonly redactor: Redactor;
  readonly preview: RequestReviewer;
  /** Asks about what the plans would send; undefined where the user does not want to send it. */
  readonly prepare: (plans: readonly RunPlan[]) => Promise<readonly RunPlan[] | undefined>;
  readonly resolveModel: (model: string) => Promise<ResolvedModel | undefined>;
  /** Lets the user choose models; empty when none was chosen. */
  readonly chooseModels: () => Promise<readonly string[]>;
  readonly newGroup: (selections: number) => RunGroup;
  readonly execute: ExecuteRun;
}

/** So much of what was asked is shown in the list, made from a little more because secrets are hidden first. */
const MAX_PROMPT_PREVIEW = 120;
const MAX_PROMPT_SCAN = 2000;

/** The requests of this window: looked at, searched, copied, and sent once more. */
export class RequestLog {
  constructor(private readonly services: RequestLogServices) {}

  commands(): CommandTable<'quillet.showRequests' | 'quillet.sendAgain' | 'quillet.sendToOtherModels'> {
    return {
      'quillet.showRequests': () => this.showPicker(),
      'quillet.sendAgain': () => this.sendAgain(this.requireActive()),
      'quillet.sendToOtherModels': () => this.sendToOtherModels(this.requireActive()),
    };
  }

  /** The request in the editor in front, else the one that was sent last. */
  get currentExport(): ExportedRequest | undefined {
    const request = this.services.documents.activeRequest ?? this.services.requests.newest;
    return request === undefined ? undefined : this.toExport(request);
  }

  /** @throws QuilletError `editor.request` where the editor in front shows none. */
  private requireActive(): LoggedRequest {
    const request = this.services.documents.activeRequest;
    if (request === undefined) throw new QuilletError('editor.request');
    return request;
  }

  private async showPicker(): Promise<void> {
    const { requests, retention, notifier } = this.services;
    const kept = await retention.load();
    requests.setArchived(kept);
    if (requests.all.length === 0) {
      notifier.inform(l10n.t('Nothing was sent in this window yet.'));
      return;
    }
    const title = kept.length === 0 ? l10n.t('Requests of this window') : l10n.t('Requests');
    const picked = await pickRequest(
      title,
      requests.all.map((request) => this.toEntry(request)),
    );
    if (picked !== undefined) await this.runAction(picked);
  }

  private async runAction(picked: PickedRequest): Promise<void> {
    const { requests, documents, retention } = this.services;
    if (picked.kind === 'clear') {
      requests.clear();
      return retention.clear();
    }
    const request = requests.get(picked.id);
    if (request === undefined) return;
    switch (picked.kind) {
      case 'open':
        return documents.show(request);
      case 'copy':
        return copyRequest(this.toExport(request));
      case 'sendAgain':
        return this.sendAgain(request);
      case 'sendToOtherModels':
        return this.sendToOtherModels(request);
    }
  }

  /** In the form in which it was asked last, which is the one that the server took. */
  private toExport({ plan, attempts }: LoggedRequest): ExportedRequest {
    const last = attempts.at(-1);
    return toExportedRequest(last?.request ?? this.services.llm.describeRequest(plan), plan.endpoint, last?.hasKey);
  }

  private sendAgain(request: LoggedRequest): Promise<void> {
    return this.resend(request, [getModelRef(request.plan)]);
  }

  private async sendToOtherModels(request: LoggedRequest): Promise<void> {
    await this.resend(request, await this.services.chooseModels());
  }

  /** The settings say where a request goes, now as ever: an address that was changed since is the one that is asked. */
  private async resend(request: LoggedRequest, models: readonly string[]): Promise<void> {
    const group = this.services.newGroup(1);
    const plans: RunPlan[] = [];
    for (const model of models) {
      const ready = await this.services.resolveModel(model);
      const plan =
        ready === undefined ? undefined : await this.confirmPlan(createReplay(request.plan, ready, group), request);
      if (plan === undefined) return;
      plans.push(plan);
    }
    await Promise.all(plans.map((plan) => this.services.execute(plan, this.createSink(plan, request))));
  }

  /** Asked about as any other request, and shown first where it is not what was sent: a body for another API is no use. */
  private async confirmPlan(plan: RunPlan, request: LoggedRequest): Promise<RunPlan | undefined> {
    const [preparedPlan] = (await this.services.prepare([plan])) ?? [];
    const isBodyDropped = request.plan.body !== undefined && plan.body === undefined;
    if (preparedPlan === undefined || !(isBodyDropped || this.services.settings.read().previewRequests))
      return preparedPlan;
    return this.services.preview.review(preparedPlan);
  }

  /** The answer is read in the document of the request, which opens at once and is written anew at the end. */
  private createSink(plan: RunPlan, request: LoggedRequest): AnswerSink {
    const { requests, documents, notifier } = this.services;
    let isOpened = false;
    return {
      onText: () => undefined,
      onPhase: ({ kind }) => {
        if (isOpened || kind !== 'connecting') return;
        isOpened = true;
        const sent = requests.all.find(
          (logged) => logged.plan.group === plan.group && getModelRef(logged.plan) === getModelRef(plan),
        );
        if (sent !== undefined) documents.show(sent).catch((failure: unknown) => notifier.showError(failure));
      },
      finish: () => Promise.resolve({ retry: () => this.resend(request, [getModelRef(plan)]) }),
    };
  }

  private toEntry(request: LoggedRequest): RequestEntry {
    const { plan, sentAt, end } = request;
    const asked = plan.messages.findLast(({ role }) => role === 'user')?.content ?? '';
    const details = [
      getOutcomeText(end),
      formatTime(new Date(sentAt)),
      ...(end === undefined ? [] : [formatSeconds(end.record.totalMs), tokenText(end.record.usage)]),
    ];
    const prompt = this.redactLine(asked.slice(0, MAX_PROMPT_SCAN).trim().replaceAll(/\s+/g, ' '));
    let searchText: string | undefined;
    return {
      id: request.id,
      label: this.redactLine(getRequestTitle(request)),
      description: this.redactLine(details.join(' · ')),
      detail: prompt.length > MAX_PROMPT_PREVIEW ? `${prompt.slice(0, MAX_PROMPT_PREVIEW)}…` : prompt,
      searchText: () => {
        searchText ??= getSearchText(request);
        return searchText;
      },
    };
  }

  /** One line without secrets, in which nothing is taken for an icon. */
  private redactLine(text: string): string {
    return toSingleLine(this.services.redactor.redact(text)).replaceAll(/\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/g, '\\$&');
  }
}

function formatTime(time: Date): string {
  const isToday = time.toDateString() === new Date().toDateString();
  return isToday ? time.toLocaleTimeString() : time.toLocaleString();
}

function getModelRef({ endpoint, model }: RunPlan): string {
  return formatModelRef({ providerId: endpoint.providerId, model });
}

/** What was sent and what came, in small letters. */
function getSearchText({ plan, attempts, end }: LoggedRequest): string {
  const sent = plan.body === undefined ? plan.messages.map(({ content }) => content) : collectStrings(plan.body);
  const received = attempts.flatMap(({ response }) =>
    response === undefined ? [] : [response.body.text, response.body.end],
  );
  return [...sent, end?.answer ?? '', ...received].join('\n').toLowerCase();
}
