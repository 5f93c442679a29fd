import * as v from 'valibot';
import { type ExtraBodyProblem, findExtraBodyProblem } from '../../core/extraBody';
import type { JsonObject } from '../../util/json';
import type { ExpectedValue } from './promptProblem';

const EXPECTED: Readonly<Record<ExtraBodyProblem['kind'], ExpectedValue>> = {
  notJson: 'jsonFields',
  protected: 'unprotectedField',
  tooLong: 'shorterFields',
};

/** Extra fields as written in a prompt file. Messages are {@link ExpectedValue}s. */
export const extraBodySchema = v.pipe(
  v.unknown(),
  v.rawCheck(({ dataset: { value }, addIssue }) => {
    const problem = findExtraBodyProblem(value);
    if (problem === undefined) return;
    const message = EXPECTED[problem.kind];
    if (problem.kind !== 'protected') return addIssue({ message });
    addIssue({
      message,
      path: [{ type: 'unknown', origin: 'key', input: value, key: problem.field, value: undefined }],
    });
  }),
  v.transform((value) => value as JsonObject),
);
