import type { Endpoint } from '../core/chat';
import { toQuilletError } from '../core/errors';
import { type DetectedServer, PRESETS, type ProviderPreset } from '../providers/presets';
import { listModels } from './modelList';

// Long enough for a running server on a busy machine. Only a port that is open but silent takes that long.
const PROBE_TIMEOUT_MS = 1500;

/** Probes this machine for model servers. Called only while the user chooses a provider. */
export async function findLocalServers(signal: AbortSignal): Promise<DetectedServer[]> {
  const candidates = PRESETS.filter((preset) => preset.isLocal);
  const probes = candidates.map(async (preset) => {
    try {
      const models = await listModels(toEndpoint(preset), undefined, signal, PROBE_TIMEOUT_MS);
      return { preset, models: models.map(({ id }) => id) };
    } catch (thrown) {
      if (toQuilletError(thrown).kind !== 'http.401') throw thrown;
      return { preset, models: undefined };
    }
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
