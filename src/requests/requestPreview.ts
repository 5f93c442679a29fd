import { l10n, type TextDocument, type Uri } from 'vscode';
import { type Endpoint, formatModelRef, hostOf, type WireRequest } from '../core/chat';
import { QuilletError } from '../core/errors';
import { countPictureTokens } from '../core/messagePictures';
import { collectStrings } from '../core/outboundText';
import type { RunPlan } from '../core/run';
import type { LlmService } from '../llm/llmService';
import type { CommandTable } from '../platform/commands';
import { contextLimitText, throughVscodeText, tooLargeText } from '../runs/runText';
import type { Settings } from '../settings/common/settings';
import type { Configuration } from '../settings/configuration';
import { estimateTokens } from '../text/tokenEstimate';
import { estimateText } from '../usage/usageText';
import type { JsonValue } from '../util/json';
import { type ExportedRequest, toExportedRequest } from './common/exportedRequest';
import { parsePreviewBody, previewText } from './common/previewText';
import { copyRequest } from './copyRequest';
import type { PreviewDocuments } from './previewDocuments';

export interface RequestPreviewServices {
  readonly llm: LlmService;
  readonly documents: PreviewDocuments;
  readonly hasKey: (endpoint: Endpoint) => Promise<boolean>;
  readonly settings: Configuration;
  readonly lastSent: () => Promise<ExportedRequest | undefined>;
}

interface OpenPreview {
  readonly plan: RunPlan;
  readonly wire: WireRequest;
  readonly uri: Uri;
  readonly decide: (plan: RunPlan | undefined) => void;
}

export type RequestPreviewer = Pick<RequestPreview, 'confirm' | 'reveal'>;

/** Shows the exact request before it is sent, lets the user edit it, and copies requests as programs. */
export class RequestPreview {
  private readonly openPreviews = new Map<string, OpenPreview>();

  constructor(private readonly services: RequestPreviewServices) {}

  commands() {
    return {
      'quillet.sendRequest': () => this.send(),
      'quillet.copyAs': () => this.copy(),
    } satisfies Partial<CommandTable>;
  }

  /** Lets the user review and edit a request. Resolves to undefined if the user closes the preview. */
  async confirm(plan: RunPlan): Promise<RunPlan | undefined> {
    const { wire } = this.services.llm.describeRequest(plan);
    const host = hostOf(plan.endpoint);
    // Some APIs merge several messages into one text. Its parts have already been checked.
    for (const text of collectStrings((wire.body ?? null) as JsonValue))
      plan.outboundDecisions.setOutboundText(text, text);
    const name = l10n.t('Request to {0}', host).replaceAll(/[\\/:*?"<>|]/g, ' ');
    const hasKey = await this.services.hasKey(plan.endpoint);
    const summary = await getSummary(plan, { wire, hasKey, prices: this.services.settings.read().prices });
    const text = previewText(wire, summary);
    return new Promise((resolve, reject) => {
      const uri = this.services.documents.create(name, text, () => {
        if (this.openPreviews.delete(uri.toString())) resolve(undefined);
      });
      // Registered before the document is shown, because Send may be pressed immediately.
      this.openPreviews.set(uri.toString(), { plan, wire, uri, decide: resolve });
      this.services.documents.show(uri).catch(reject);
    });
  }

  async reveal(): Promise<void> {
    const last = [...this.openPreviews.values()].at(-1);
    if (last !== undefined) await this.services.documents.show(last.uri);
  }

  /** @throws QuilletError `cfg.request` if the document is not a JSON object. */
  private async send(): Promise<void> {
    const shown = this.findActive();
    if (shown === undefined) throw new QuilletError('editor.request');
    const plan = getEditedPlan(shown.document, shown.preview);
    this.openPreviews.delete(shown.document.uri.toString());
    try {
      await this.services.documents.close(shown.document);
    } finally {
      shown.preview.decide(plan);
    }
  }

  private async copy(): Promise<void> {
    const shown = this.findActive();
    if (shown === undefined) {
      const sent = await this.services.lastSent();
      if (sent === undefined) throw new QuilletError('editor.request');
      return copyRequest(sent);
    }
    const plan = getEditedPlan(shown.document, shown.preview);
    const hasKey = await this.services.hasKey(plan.endpoint);
    return copyRequest(toExportedRequest(this.services.llm.describeRequest(plan), plan.endpoint, hasKey));
  }

  private findActive(): { document: TextDocument; preview: OpenPreview } | undefined {
    const document = this.services.documents.activeDocument;
    const preview = document && this.openPreviews.get(document.uri.toString());
    return document && preview && { document, preview };
  }
}

interface SummaryFacts {
  readonly wire: WireRequest;
  readonly hasKey: boolean;
  readonly prices: Settings['prices'];
}

async function getSummary(plan: RunPlan, { wire, hasKey, prices }: SummaryFacts): Promise<string[]> {
  const { endpoint, title, model, contextWindow, parameters } = plan;
  const { method, url, body } = wire;
  const inputTokens = estimateTokens(collectStrings(body ?? null)) + countPictureTokens(plan.messages);
  const keyText = hasKey ? l10n.t('API key for {0} (hidden)', hostOf(endpoint)) : l10n.t('No API key');
  const isTooLarge = contextWindow !== undefined && inputTokens > contextWindow;
  const estimate = await estimateText({ ready: plan, inputTokens, parameters, prices });
  return [
    ...(method === 'CALL' ? [throughVscodeText()] : [l10n.t('{0} {1}', method, url), keyText]),
    l10n.t('{0} · {1}', title, formatModelRef({ providerId: endpoint.providerId, model })),
    l10n.t('{0} ({1})', estimate, contextLimitText(contextWindow)),
    ...(isTooLarge ? [tooLargeText(model, contextWindow)] : []),
    l10n.t('Nothing has been sent yet. Edit the request and click Send Request above, or close this editor to cancel.'),
  ];
}

/** An unedited request keeps its plan, so that its parameters can still be adapted to the server. */
function getEditedPlan(document: TextDocument, { plan, wire }: OpenPreview): RunPlan {
  const body = parsePreviewBody(document.getText());
  if (body !== undefined && JSON.stringify(body) === JSON.stringify(wire.body ?? null)) return plan;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new QuilletError('cfg.request', { providerId: plan.endpoint.providerId, subject: 'body' });
  }
  return { ...plan, body };
}
