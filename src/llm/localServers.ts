import { toQuilletError } from '../core/errors';
import { resolveEndpoint } from '../providers/endpoint';
import { type DetectedServer, PRESETS } from '../providers/presets';
import { listModels } from './modelList';

// Long enough for a running server on a busy machine. Only a port that is open but silent takes that long.
const PROBE_TIMEOUT_MS = 1500;
const NO_SETTINGS = { providers: {}, headers: {} };

/** Probes this machine for model servers. Called only while the user chooses a provider. */
export async function findLocalServers(signal: AbortSignal): Promise<DetectedServer[]> {
  const candidates = PRESETS.filter((preset) => preset.isLocal);
  const probes = candidates.map(async (preset) => {
    try {
      const models = await listModels(resolveEndpoint(NO_SETTINGS, preset.id), undefined, signal, PROBE_TIMEOUT_MS);
      return { preset, models: models.map(({ id }) => id) };
    } catch (thrown) {
      if (toQuilletError(thrown).kind !== 'http.401') throw thrown;
      return { preset, models: undefined };
    }
  });
  const results = await Promise.allSettled(probes);
  return results.flatMap((probe) => (probe.status === 'fulfilled' ? [probe.value] : []));
}
