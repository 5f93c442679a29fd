import { l10n } from 'vscode';
import { type Endpoint, formatModelRef } from '../core/chat';
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
import type { RequestPreviewer } from './requestPreview';

export interface RequestLogServices {
  readonly requests: RequestHistory;
  readonly documents: RequestLogDocuments;
  readonly llm: LlmService;
  readonly settings: Configuration;
  readonly notifier: Notifier;
  readonly redactor: Redactor;
  readonly preview: RequestPreviewer;
  readonly prepare: (plans: readonly RunPlan[]) => Promise<readonly RunPlan[] | undefined>;
  readonly resolveModel: (model: string) => Promise<ResolvedModel | undefined>;
  readonly hasKey: (endpoint: Endpoint) => Promise<boolean>;
  readonly chooseModels: () => Promise<readonly string[]>;
  readonly newGroup: (selections: number) => RunGroup;
  readonly execute: ExecuteRun;
}

/** Characters shown in the list. More are read, because secrets are redacted before the text is truncated. */
const MAX_PROMPT_PREVIEW = 120;
const MAX_PROMPT_SCAN = 2000;

/** Lists, searches, copies and resends the requests of this window. */
export class RequestLog {
  constructor(private readonly services: RequestLogServices) {}

  commands() {
    return {
      'quillet.showRequests': () => this.showPicker(),
      'quillet.sendAgain': () => this.sendAgain(this.requireActive()),
      'quillet.sendToOtherModels': () => this.sendToOtherModels(this.requireActive()),
    } satisfies Partial<CommandTable>;
  }

  async exportCurrent(): Promise<ExportedRequest | undefined> {
    const request = this.services.documents.activeRequest ?? this.services.requests.newest;
    return request === undefined ? undefined : this.toExport(request);
  }

  private requireActive(): LoggedRequest {
    const request = this.services.documents.activeRequest;
    if (request === undefined) throw new QuilletError('editor.request');
    return request;
  }

  private async showPicker(): Promise<void> {
    const { requests, notifier } = this.services;
    if (requests.all.length === 0) {
      notifier.inform(l10n.t('No requests sent in this window yet.'));
      return;
    }
    const picked = await pickRequest(
      l10n.t('Requests in This Window'),
      requests.all.map((request) => this.toEntry(request)),
    );
    if (picked !== undefined) await this.runAction(picked);
  }

  private async runAction(picked: PickedRequest): Promise<void> {
    const { requests, documents } = this.services;
    if (picked.kind === 'clear') return requests.clear();
    const request = requests.get(picked.id);
    if (request === undefined) return;
    switch (picked.kind) {
      case 'open':
        return documents.show(request);
      case 'copy':
        return copyRequest(await this.toExport(request));
      case 'sendAgain':
        return this.sendAgain(request);
      case 'sendToOtherModels':
        return this.sendToOtherModels(request);
    }
  }

  /** Exports the last attempt, with parameters adapted to the server. */
  private async toExport({ plan, attempts }: LoggedRequest): Promise<ExportedRequest> {
    const last = attempts.at(-1);
    // The key may have been deleted since, or entered after the server rejected the request.
    const hasKey = last?.hasKey === true || (await this.services.hasKey(plan.endpoint));
    return toExportedRequest(last?.request ?? this.services.llm.describeRequest(plan), plan.endpoint, hasKey);
  }

  private sendAgain(request: LoggedRequest): Promise<void> {
    return this.resend(request, [getModelRef(request.plan)]);
  }

  private async sendToOtherModels(request: LoggedRequest): Promise<void> {
    await this.resend(request, await this.services.chooseModels());
  }

  /** Uses the current settings, e.g. a base URL that has changed since. */
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

  /** Shows the request first if an edited body had to be dropped because the API differs. */
  private async confirmPlan(plan: RunPlan, request: LoggedRequest): Promise<RunPlan | undefined> {
    const [preparedPlan] = (await this.services.prepare([plan])) ?? [];
    const isBodyDropped = request.plan.body !== undefined && plan.body === undefined;
    if (preparedPlan === undefined || !(isBodyDropped || this.services.settings.read().previewRequests))
      return preparedPlan;
    return this.services.preview.confirm(preparedPlan);
  }

  /** The answer appears in the log document, which opens when the request is sent and is updated when it ends. */
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

  /** Also escapes `$(name)`, which VS Code would render as an icon. */
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

function getSearchText({ plan, attempts, end }: LoggedRequest): string {
  const sent = plan.body === undefined ? plan.messages.map(({ content }) => content) : collectStrings(plan.body);
  const received = attempts.flatMap(({ response }) =>
    response === undefined ? [] : [response.body.text, response.body.end],
  );
  return [...sent, end?.answer ?? '', ...received].join('\n').toLowerCase();
}
