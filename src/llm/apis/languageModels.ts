import type { Picture } from '../../core/picture';
import type { JsonObject } from '../../util/json';

export interface LanguageModelInfo {
  /** `vendor/id` */
  readonly id: string;
  /** In tokens, for the input alone. */
  readonly contextWindow?: number;
}

export interface LanguageModelMessage {
  readonly role: 'user' | 'assistant';
  readonly content: readonly (string | Picture)[];
}

export interface LanguageModelRequest {
  readonly model: string;
  readonly messages: readonly LanguageModelMessage[];
  readonly options: JsonObject;
}

export type LanguageModelPart = { readonly text: string } | { readonly reasoning: string } | 'other';

/** The models that VS Code offers to extensions. */
export interface LanguageModels {
  list(signal: AbortSignal): Promise<readonly LanguageModelInfo[]>;
  /** Resolves once VS Code has passed on the request. VS Code may ask the user for consent first. */
  send(request: LanguageModelRequest, signal: AbortSignal): Promise<AsyncIterable<LanguageModelPart>>;
}
