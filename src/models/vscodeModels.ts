import * as vscode from 'vscode';
import { QuilletError } from '../core/errors';
import type {
  LanguageModelInfo,
  LanguageModelMessage,
  LanguageModelPart,
  LanguageModelRequest,
  LanguageModels,
} from '../llm/apis/languageModels';
import { raceAbort } from '../util/abort';

// VS Code starts the extensions that provide models first.
const SELECT_TIMEOUT_MS = 30_000;

type InputPart = vscode.LanguageModelChatMessage['content'][number];

// In the typings from 1.106 on, but VS Code 1.105 has it.
const { LanguageModelDataPart: DataPart } = vscode as unknown as {
  readonly LanguageModelDataPart: { image(data: Uint8Array, mimeType: string): InputPart };
};

/** VS Code asks for consent itself, once for each extension that provides models. */
export class VscodeModels implements LanguageModels {
  constructor(private readonly hasAiFeatures: () => boolean) {}

  async list(signal: AbortSignal): Promise<readonly LanguageModelInfo[]> {
    const models = await this.select({}, signal);
    const infos = models.map((model) => ({ id: idOf(model), contextWindow: model.maxInputTokens }));
    return [...new Map(infos.map((info) => [info.id, info])).values()];
  }

  async send(
    { model: id, messages, options }: LanguageModelRequest,
    signal: AbortSignal,
  ): Promise<AsyncIterable<LanguageModelPart>> {
    const [vendor = ''] = id.split('/');
    const models = await this.select({ vendor }, signal);
    const model = models.find((candidate) => idOf(candidate) === id);
    if (model === undefined) throw new QuilletError('lm.missing');
    const cancellation = new vscode.CancellationTokenSource();
    signal.addEventListener('abort', () => cancellation.cancel(), { once: true });
    const justification = vscode.l10n.t('Quillet sends the prompts that you run to this model.');
    const request = { justification, ...(Object.keys(options).length > 0 && { modelOptions: { ...options } }) };
    const response = await model.sendRequest(messages.map(toMessage), request, cancellation.token);
    return readParts(response, cancellation);
  }

  private async select(
    selector: vscode.LanguageModelChatSelector,
    signal: AbortSignal,
  ): Promise<readonly vscode.LanguageModelChat[]> {
    if (!this.hasAiFeatures()) throw new QuilletError('lm.off');
    const timeout = AbortSignal.timeout(SELECT_TIMEOUT_MS);
    try {
      const models = Promise.resolve(vscode.lm.selectChatModels(selector));
      return await raceAbort(AbortSignal.any([signal, timeout]), models);
    } catch (thrown) {
      if (timeout.aborted && !signal.aborted) throw new QuilletError('time.headers', { limitMs: SELECT_TIMEOUT_MS });
      throw thrown;
    }
  }
}

function idOf({ vendor, id }: vscode.LanguageModelChat): string {
  return `${vendor}/${id}`;
}

function toMessage({ role, content }: LanguageModelMessage): vscode.LanguageModelChatMessage {
  const { User, Assistant } = vscode.LanguageModelChatMessageRole;
  const parts = content.map((part) =>
    typeof part === 'string'
      ? new vscode.LanguageModelTextPart(part)
      : DataPart.image(part.bytes, `image/${part.format}`),
  );
  return new vscode.LanguageModelChatMessage(role === 'user' ? User : Assistant, parts);
}

async function* readParts(
  { stream }: vscode.LanguageModelChatResponse,
  cancellation: vscode.CancellationTokenSource,
): AsyncGenerator<LanguageModelPart> {
  try {
    for await (const part of stream) {
      if (part instanceof vscode.LanguageModelTextPart) yield { text: part.value };
      else yield isThinking(part) ? { reasoning: [part.value].flat().join('') } : 'other';
    }
  } finally {
    // The reader may stop early, as after an answer that is too long.
    cancellation.cancel();
    cancellation.dispose();
  }
}

// The class is not in the stable API, but VS Code delivers such parts.
function isThinking(part: unknown): part is { readonly value: unknown } {
  return part instanceof Object && part.constructor.name === 'LanguageModelThinkingPart';
}
