import type { ApiStyle } from '../core/chat';

/** What Quillet knows of a kind of server before the user says anything. Data only: providers differ in nothing else. */
export interface ProviderPreset {
  readonly id: string;
  readonly label: string;
  readonly baseUrl: string;
  readonly api: ApiStyle;
  readonly needsKey: boolean;
  /** The server usually runs on the user's own machine, so it is looked for there when a provider is added. */
  readonly local: boolean;
  /** Where users get a key, shown beside the input. */
  readonly keyPage?: string;
  /** The environment variable that this provider's own documentation uses for the key. */
  readonly keyVariable: string;
  /** Text of an example, where the base URL has a part that only the user knows. */
  readonly baseUrlExample?: string;
}

/** A server that answered on this machine. */
export interface FoundServer {
  readonly preset: ProviderPreset;
  readonly models: readonly string[];
}

const remote = { api: 'chat', needsKey: true, local: false } as const;
const local = { api: 'chat', needsKey: false, local: true, keyVariable: 'OPENAI_API_KEY' } as const;

export const presets: readonly ProviderPreset[] = [
  {
    ...remote,
    id: 'openai',
    label: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    keyPage: 'https://platform.openai.com/api-keys',
    keyVariable: 'OPENAI_API_KEY',
  },
  {
    ...remote,
    id: 'azure',
    label: 'Azure OpenAI',
    baseUrl: '',
    baseUrlExample: 'https://RESOURCE.openai.azure.com/openai/v1',
    keyVariable: 'AZURE_OPENAI_API_KEY',
  },
  {
    ...remote,
    id: 'openrouter',
    label: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    keyPage: 'https://openrouter.ai/keys',
    keyVariable: 'OPENROUTER_API_KEY',
  },
  {
    ...remote,
    id: 'groq',
    label: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    keyPage: 'https://console.groq.com/keys',
    keyVariable: 'GROQ_API_KEY',
  },
  {
    ...remote,
    id: 'mistral',
    label: 'Mistral',
    baseUrl: 'https://api.mistral.ai/v1',
    keyPage: 'https://console.mistral.ai/api-keys',
    keyVariable: 'MISTRAL_API_KEY',
  },
  {
    ...remote,
    id: 'deepseek',
    label: 'DeepSeek',
    baseUrl: 'https://api.deepseek.com/v1',
    keyPage: 'https://platform.deepseek.com/api_keys',
    keyVariable: 'DEEPSEEK_API_KEY',
  },
  {
    ...remote,
    id: 'gemini',
    label: 'Google Gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    keyPage: 'https://aistudio.google.com/apikey',
    keyVariable: 'GEMINI_API_KEY',
  },
  {
    ...remote,
    id: 'anthropic',
    label: 'Anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    keyPage: 'https://console.anthropic.com/settings/keys',
    keyVariable: 'ANTHROPIC_API_KEY',
  },
  { ...local, id: 'ollama', label: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1' },
  { ...local, id: 'lmstudio', label: 'LM Studio', baseUrl: 'http://127.0.0.1:1234/v1' },
  { ...local, id: 'llamacpp', label: 'llama.cpp', baseUrl: 'http://127.0.0.1:8080/v1' },
  { ...local, id: 'vllm', label: 'vLLM', baseUrl: 'http://127.0.0.1:8000/v1' },
  { ...local, id: 'litellm', label: 'LiteLLM', baseUrl: 'http://127.0.0.1:4000/v1', keyVariable: 'LITELLM_API_KEY' },
  {
    ...remote,
    id: 'custom',
    label: 'OpenAI-compatible server',
    baseUrl: '',
    needsKey: false,
    baseUrlExample: 'https://llm.example.com/v1',
    keyVariable: 'OPENAI_API_KEY',
  },
  // Any JSON API: the request is the user's own, so it is written in the settings and not picked from a list.
  { ...remote, id: 'http', label: 'HTTP', baseUrl: '', api: 'http', needsKey: false, keyVariable: 'API_KEY' },
];

export function findPreset(id: string): ProviderPreset | undefined {
  return presets.find((preset) => preset.id === id);
}
