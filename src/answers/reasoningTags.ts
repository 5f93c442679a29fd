/** A block of reasoning. A block that is `strict` is recognized in the middle of an answer too. */
export interface ReasoningBlock {
  readonly open: string;
  readonly close: string;
  readonly isStrict: boolean;
}

function tag(name: string, isStrict = false): ReasoningBlock {
  return { open: `<${name}>`, close: `</${name}>`, isStrict };
}

function tokens(open: string, close: string): ReasoningBlock {
  return { open, close, isStrict: true };
}

/** The marks of Qwen, DeepSeek, QwQ, GLM, MiniMax, Seed, Magistral, Kimi, Sky-T1, Command A, Apertus and Gemma. */
export const REASONING_BLOCKS: readonly ReasoningBlock[] = [
  tag('think', true),
  tag('seed:think', true),
  tag('mm:think', true),
  // These names are also used in prompts and XML files.
  tag('thinking'),
  tag('thought'),
  tag('thoughts'),
  tag('reasoning'),
  tag('reason'),
  tokens('[think]', '[/think]'),
  tokens('◁think▷', '◁/think▷'),
  tokens('<|think|>', '<|/think|>'),
  tokens('<|begin_of_thought|>', '<|end_of_thought|>'),
  tokens('<|start_thinking|>', '<|end_thinking|>'),
  tokens('<|inner_prefix|>', '<|inner_suffix|>'),
  tokens('<unused94>', '<unused95>'),
  tokens('<|channel>', '<channel|>'),
];

/** Closing tags that end reasoning even without an opening tag, which may be a part of the model's template. */
export const LONE_CLOSE_TAGS: readonly string[] = REASONING_BLOCKS.filter(
  ({ open, isStrict }) => isStrict || open === '<thinking>',
).map(({ close }) => close);

// Harmony, the format of gpt-oss: `<|channel|>analysis<|message|>…<|end|><|start|>assistant<|channel|>final<|message|>`.
export const HARMONY_START: readonly string[] = ['<|channel|>', '<|start|>'];
export const HARMONY_MESSAGE = '<|message|>';
export const HARMONY_END: readonly string[] = ['<|end|>', '<|call|>', '<|return|>'];

export const LEADING_TOKENS: readonly string[] = [
  '<|im_start|>assistant',
  '<|start_header_id|>assistant<|end_header_id|>',
  '<|assistant|>',
  '<｜assistant｜>',
  '<|begin_of_box|>',
  '<|begin_of_solution|>',
  '<|start_response|>',
  '<|start_text|>',
  '<|start_of_turn_token|>',
  '<|chatbot_token|>',
  '<start_of_turn>model',
  '<|begin_of_text|>',
  '<bos>',
];

/** Around an answer that follows reasoning, as of Hunyuan. */
export const ANSWER_OPEN = '<answer>';
export const ANSWER_CLOSE = '</answer>';

export const TRAILING_TOKENS: readonly string[] = [
  '<|start_header_id|>',
  '<|im_end|>',
  '<|im_sep|>',
  '<|im_start|>',
  '<|eot_id|>',
  '<|eom_id|>',
  '<|eot|>',
  '<|endoftext|>',
  '<|end_of_text|>',
  '<|end_of_turn|>',
  '<|end_of_turn_token|>',
  '<|end_response|>',
  '<|end_text|>',
  '<|end_of_solution|>',
  '<|end_of_box|>',
  '<|role_end|>',
  '<|fim_pad|>',
  '<|file_sep|>',
  '<|pad|>',
  '<|user|>',
  '<|observation|>',
  '<|end▁of▁sentence|>',
  '<｜end▁of▁sentence｜>',
  '<end_of_turn>',
  '<turn|>',
  '<eos>',
  '</s>',
  ...HARMONY_END,
];
