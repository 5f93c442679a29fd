import { type Account, type ApiStyle, VSCODE_MODELS_URL } from '../core/chat';

export interface ProviderPreset {
  readonly id: string;
  readonly label: string;
  /** Used as written: a missing path stays missing. */
  readonly baseUrl: string;
  readonly api: ApiStyle;
  readonly needsKey: boolean;
  /** Usually runs on the user's machine; probed when a provider is added. */
  readonly isLocal: boolean;
  readonly keyUrl?: string;
  /** The variable that the provider's documentation uses for the key. */
  readonly keyEnvVar: string;
  readonly baseUrlExample?: string;
  /** The account to use unless a provider names another source of its key. */
  readonly auth?: Account;
}

export interface DetectedServer {
  readonly preset: ProviderPreset;
  /** Undefined if the server lists them only with a key. */
  readonly models: readonly string[] | undefined;
}

const REMOTE = { api: 'chat', needsKey: true, isLocal: false } as const;
const LOCAL = { api: 'chat', needsKey: false, isLocal: true, keyEnvVar: 'OPENAI_API_KEY' } as const;

export const CUSTOM_PRESET: ProviderPreset = {
  ...REMOTE,
  id: 'custom',
  label: 'OpenAI-compatible server',
  baseUrl: '',
  needsKey: false,
  baseUrlExample: 'https://llm.example.com/v1',
  keyEnvVar: 'OPENAI_API_KEY',
};

export const PRESETS: readonly ProviderPreset[] = [
  {
    ...REMOTE,
    id: 'openai',
    label: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    keyUrl: 'https://platform.openai.com/api-keys',
    keyEnvVar: 'OPENAI_API_KEY',
  },
  {
    ...REMOTE,
    id: 'azure',
    label: 'Azure OpenAI',
    baseUrl: '',
    baseUrlExample: 'https://my-resource.openai.azure.com/openai/v1',
    keyEnvVar: 'AZURE_OPENAI_API_KEY',
  },
  {
    ...REMOTE,
    id: 'openrouter',
    label: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    keyUrl: 'https://openrouter.ai/keys',
    keyEnvVar: 'OPENROUTER_API_KEY',
  },
  {
    ...REMOTE,
    id: 'groq',
    label: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    keyUrl: 'https://console.groq.com/keys',
    keyEnvVar: 'GROQ_API_KEY',
  },
  {
    ...REMOTE,
    id: 'mistral',
    label: 'Mistral',
    baseUrl: 'https://api.mistral.ai/v1',
    keyUrl: 'https://console.mistral.ai/api-keys',
    keyEnvVar: 'MISTRAL_API_KEY',
  },
  {
    ...REMOTE,
    id: 'deepseek',
    label: 'DeepSeek',
    baseUrl: 'https://api.deepseek.com/v1',
    keyUrl: 'https://platform.deepseek.com/api_keys',
    keyEnvVar: 'DEEPSEEK_API_KEY',
  },
  {
    ...REMOTE,
    id: 'gemini',
    label: 'Google Gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    keyUrl: 'https://aistudio.google.com/apikey',
    keyEnvVar: 'GEMINI_API_KEY',
  },
  {
    ...REMOTE,
    api: 'messages',
    id: 'anthropic',
    label: 'Anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    keyUrl: 'https://console.anthropic.com/settings/keys',
    keyEnvVar: 'ANTHROPIC_API_KEY',
  },
  {
    ...REMOTE,
    id: 'xai',
    label: 'xAI',
    baseUrl: 'https://api.x.ai/v1',
    keyUrl: 'https://console.x.ai',
    keyEnvVar: 'XAI_API_KEY',
  },
  {
    ...REMOTE,
    id: 'perplexity',
    label: 'Perplexity',
    baseUrl: 'https://api.perplexity.ai',
    keyUrl: 'https://www.perplexity.ai/account/api/keys',
    keyEnvVar: 'PERPLEXITY_API_KEY',
  },
  {
    ...REMOTE,
    id: 'together',
    label: 'Together AI',
    baseUrl: 'https://api.together.xyz/v1',
    keyUrl: 'https://api.together.ai/settings/api-keys',
    keyEnvVar: 'TOGETHER_API_KEY',
  },
  {
    ...REMOTE,
    id: 'fireworks',
    label: 'Fireworks AI',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    keyUrl: 'https://app.fireworks.ai/settings/users/api-keys',
    keyEnvVar: 'FIREWORKS_API_KEY',
  },
  {
    ...REMOTE,
    id: 'cerebras',
    label: 'Cerebras',
    baseUrl: 'https://api.cerebras.ai/v1',
    keyUrl: 'https://cloud.cerebras.ai',
    keyEnvVar: 'CEREBRAS_API_KEY',
  },
  {
    ...REMOTE,
    id: 'huggingface',
    label: 'Hugging Face',
    baseUrl: 'https://router.huggingface.co/v1',
    keyUrl: 'https://huggingface.co/settings/tokens',
    keyEnvVar: 'HF_TOKEN',
  },
  {
    ...REMOTE,
    id: 'moonshot',
    label: 'Moonshot AI',
    baseUrl: 'https://api.moonshot.ai/v1',
    keyUrl: 'https://platform.moonshot.ai/console/api-keys',
    keyEnvVar: 'MOONSHOT_API_KEY',
  },
  {
    ...REMOTE,
    id: 'zai',
    label: 'Z.ai',
    baseUrl: 'https://api.z.ai/api/paas/v4',
    keyUrl: 'https://z.ai/manage-apikey/apikey-list',
    keyEnvVar: 'ZAI_API_KEY',
  },
  {
    ...REMOTE,
    id: 'github',
    label: 'GitHub Models',
    baseUrl: 'https://models.github.ai/inference',
    keyUrl: 'https://github.com/settings/personal-access-tokens',
    keyEnvVar: 'GITHUB_TOKEN',
    auth: 'github',
  },
  {
    ...REMOTE,
    id: 'foundry',
    label: 'Microsoft Foundry',
    baseUrl: '',
    baseUrlExample: 'https://my-resource.services.ai.azure.com/openai/v1',
    keyEnvVar: 'AZURE_OPENAI_API_KEY',
  },
  {
    ...REMOTE,
    id: 'bedrock',
    label: 'Amazon Bedrock',
    baseUrl: '',
    baseUrlExample: 'https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1',
    keyEnvVar: 'AWS_BEARER_TOKEN_BEDROCK',
  },
  {
    ...REMOTE,
    id: 'vertex',
    label: 'Google Vertex AI',
    baseUrl: '',
    baseUrlExample:
      'https://us-central1-aiplatform.googleapis.com/v1/projects/my-project/locations/us-central1/endpoints/openapi',
    keyEnvVar: 'VERTEX_ACCESS_TOKEN',
  },
  { ...LOCAL, id: 'ollama', label: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1' },
  { ...LOCAL, id: 'lmstudio', label: 'LM Studio', baseUrl: 'http://127.0.0.1:1234/v1' },
  { ...LOCAL, id: 'llamacpp', label: 'llama.cpp', baseUrl: 'http://127.0.0.1:8080/v1' },
  { ...LOCAL, id: 'vllm', label: 'vLLM', baseUrl: 'http://127.0.0.1:8000/v1' },
  { ...LOCAL, id: 'litellm', label: 'LiteLLM', baseUrl: 'http://127.0.0.1:4000/v1', keyEnvVar: 'LITELLM_API_KEY' },
  {
    ...REMOTE,
    id: 'vscode',
    label: 'VS Code',
    baseUrl: VSCODE_MODELS_URL,
    api: 'vscode',
    needsKey: false,
    keyEnvVar: '',
  },
  CUSTOM_PRESET,
  // Any JSON API: users define the request in the settings, so this preset is not in the list.
  { ...REMOTE, id: 'http', label: 'HTTP', baseUrl: '', api: 'http', needsKey: false, keyEnvVar: 'API_KEY' },
];

export function findPreset(id: string): ProviderPreset | undefined {
  return PRESETS.find((preset) => preset.id === id);
}
