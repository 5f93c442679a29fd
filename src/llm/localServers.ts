import type { Endpoint } from '../core/chat';
import { type DetectedServer, PRESETS, type ProviderPreset } from '../providers/presets';
import { listModels } from './modelList';

// Long enough for a running server, short enough to probe all ports unnoticed.
const PROBE_TIMEOUT_MS = 500;

/** Probes this machine for model servers. Called only while the user chooses a provider. */
export async function findLocalServers(signal: AbortSignal): Promise<DetectedServer[]> {
  const candidates = PRESETS.filter((preset) => preset.isLocal);
  const probes = candidates.map(async (preset) => {
    const models = await listModels(toEndpoint(preset), undefined, signal, PROBE_TIMEOUT_MS);
    return { preset, models: models.map(({ id }) => id) };
  });
  const results = await Promise.allSettled(probes);
  return results.flatMap((probe) => (probe.status === 'fulfilled' ? [probe.value] : []));
}

function toEndpoint(preset: ProviderPreset): Endpoint {
  return {
    providerId: preset.id,
    label: preset.label,
    baseUrl: preset.baseUrl,
    api: preset.api,
    headers: {},
    needsKey: false,
    parameters: {},
  };
}
