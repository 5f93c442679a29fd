import type { ChatRequest } from '../../core/chat';
import { extraBodyOf } from '../../core/extraBody';
import type { RunResult } from '../../core/run';

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
const DEFAULT_EFFORT = 'medium';

/** Fields of a body with which users set the effort themselves. Those win over the parameter. */
const EFFORT_FIELDS = /effort|reason|think/i;

export interface AskedEffort {
  /** Absent if the server decides. */
  readonly effort?: string;
  /** `unknown`: only if the model turns out to think. */
  /** The user asked for this effort. */
  readonly isChosen?: boolean;
  readonly canChange: 'yes' | 'no' | 'unknown';
}

/** The effort that a request asks for, and whether another one would make a difference. */
export function effortOf(request: ChatRequest): AskedEffort {
  const { reasoningEffort: effort } = request.parameters;
  if (!sendsEffort(request)) return { canChange: 'no' };
  return effort === undefined
    ? { canChange: request.endpoint.api === 'messages' ? 'yes' : 'unknown' }
    : { effort, canChange: 'yes' };
}

function sendsEffort(request: ChatRequest): boolean {
  const { endpoint } = request;
  if (Object.keys(extraBodyOf(request)).some((name) => EFFORT_FIELDS.test(name))) return false;
  if (endpoint.api === 'http') return JSON.stringify(endpoint.request?.body ?? null).includes('${reasoningEffort}');
  return endpoint.api !== 'completions';
}

/** The efforts to try for one step more or less, the nearest first, because servers know only some of them. */
export function effortSteps(
  { effort = DEFAULT_EFFORT, canChange }: AskedEffort,
  result: RunResult | undefined,
  direction: 1 | -1,
): readonly string[] {
  const isThinking = result?.reasoning !== undefined || (result?.usage?.reasoningTokens ?? 0) > 0;
  const index = EFFORTS.indexOf(effort);
  if (index === -1 || canChange === 'no' || (canChange === 'unknown' && !isThinking)) return [];
  return direction === 1 ? EFFORTS.slice(index + 1) : EFFORTS.slice(0, index).reverse();
}

/** Whether a server rejects this effort for a model that may know another. */
export function isEffortRefusal({ error }: RunResult): boolean {
  if (error === undefined || !/^http\.(?:400|422)$/.test(error.kind)) return false;
  const { parameter = '', serverMessage = '' } = error.details;
  return EFFORT_FIELDS.test(`${parameter} ${serverMessage}`);
}
