/** What a finish reason says about an answer. Only `complete` answers may replace the user's text. */
export type FinishKind = 'complete' | 'length' | 'filter' | 'failed' | 'unknown';

// The words of OpenAI, Anthropic, Gemini, Bedrock, Cohere, Mistral, DeepSeek, Ollama, llama.cpp, vLLM, SGLang, TGI,
// watsonx, AI21, Replicate, Together and Hugging Face. Compared without case and separators.
const WORDS: Readonly<Record<Exclude<FinishKind, 'unknown'>, string>> = {
  complete: `
    stop stopped stop_sequence stop_word word stop_token stop_criteria stop_str stop_criteria_met end end_turn end_of_turn
    end_of_text end_of_sequence end_of_stream endoftext eos eos_token eos_token_id eot eot_id complete completed
    complete_answer finish finished done success succeeded natural normal final final_answer`,
  length: `
    length max_length max_tokens max_token max_new_tokens max_output_tokens max_completion_tokens max_total_tokens
    max_tokens_reached max_output_reached model_length model_max_length model_context_window_exceeded
    context_window_exceeded context_length context_length_exceeded max_context max_context_length token_limit
    token_limit_reached limit limit_reached length_limit length_capped output_limit truncated`,
  filter: `
    content_filter content_filtered content_filter_result content_filter_violation filter filtered
    guardrail_intervened guardrails guardrail safety sensitive moderation blocked blocklist prohibited_content
    recitation spii image_safety image_prohibited_content model_armor error_toxic refusal refused content_policy
    content_policy_violation policy_violation risk unsafe`,
  failed: `
    error failed failure fail aborted abort cancelled canceled timeout time_limit insufficient_system_resource
    network_error server_error internal_error error_limit overloaded engine_overloaded interrupted user_cancel
    malformed_function_call malformed_response malformed_model_output malformed_tool_use no_image out_of_memory`,
};

const KINDS: ReadonlyMap<string, FinishKind> = new Map(
  Object.entries(WORDS).flatMap(([kind, words]) =>
    words
      .trim()
      .split(/\s+/)
      .map((word) => [normalize(word), kind as FinishKind] as const),
  ),
);

/** Classifies a server's finish reason. A word that is not in the list is `unknown`: it doesn't mean complete. */
export function classifyFinishReason(reason: string): FinishKind {
  return KINDS.get(normalize(reason)) ?? 'unknown';
}

// Gemini's older libraries write `FINISH_REASON_STOP` and `FinishReason.STOP`.
function normalize(reason: string): string {
  return reason
    .trim()
    .replace(/^finish_?reason[._:]/i, '')
    .replace(/[\s_.-]/g, '')
    .toLowerCase();
}
