import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { LineChange } from '../../../../src/review/common/lineDiff';
import { Proposal } from '../../../../src/review/common/proposal';
import { checkProperty } from '../../../support/properties';

const base = 'a\nb\nc\nd\ne';
const proposed = 'A\nb\nC\nd\nE';

const change = (proposal: Proposal, current: string, index: number): LineChange => {
  const found = proposal.rebaseOnto(current).changes[index];
  assert.ok(found, 'There is no such change.');
  return found;
};

describe('Proposal', () => {
  it('is the answer if the text has not changed', () => {
    const { text, isApplicable, changes } = new Proposal(base, proposed).rebaseOnto(base);
    assert.deepEqual([text, isApplicable, changes.length], [proposed, true, 3]);
  });

  it('is rebased onto concurrent edits', () => {
    const proposal = new Proposal(base, proposed);
    assert.equal(proposal.rebaseOnto('a\nBB\nc\nd\ne').text, 'A\nBB\nC\nd\nE');
    assert.equal(proposal.rebaseOnto('x\na\nb\nc\nd\ne').text, 'x\nA\nb\nC\nd\nE');
    assert.deepEqual(proposal.rebaseOnto('a\nb\ncc\nd\ne'), { text: proposed, isApplicable: false, changes: [] });
    assert.equal(proposal.rebaseOnto(base).text, proposed);
  });

  it('has one change less after an accept, and the same changes again after an undo', () => {
    const proposal = new Proposal(base, proposed);
    const accepted = proposal.accept(base, change(proposal, base, 1));
    assert.equal(accepted, 'a\nb\nC\nd\ne');
    assert.deepEqual([proposal.rebaseOnto(accepted).text, proposal.rebaseOnto(accepted).changes.length], [proposed, 2]);
    assert.deepEqual([proposal.rebaseOnto(base).text, proposal.rebaseOnto(base).changes.length], [proposed, 3]);
    assert.equal(proposal.rebaseOnto(accepted).changes.length, 2);
    assert.equal(proposal.rebaseOnto(`${accepted}\nf`).text, `${proposed}\nf`);
    assert.equal(proposal.rebaseOnto(accepted.replace('d', 'dd')).text, 'A\nb\nC\ndd\nE');
  });

  it('restores two accepted changes one by one on undo [D12]', () => {
    const proposal = new Proposal('x\n\nx\n\nx', 'y\nx\n\nx\n\ny\nx');
    const first = proposal.accept('x\n\nx\n\nx', change(proposal, 'x\n\nx\n\nx', 0));
    const second = proposal.accept(first, change(proposal, first, 0));
    assert.deepEqual(proposal.rebaseOnto(second).changes, []);
    assert.equal(proposal.rebaseOnto(first).changes.length, 1);
    assert.equal(proposal.rebaseOnto('x\n\nx\n\nx').changes.length, 2);
  });

  it('never restores a rejected change', () => {
    const proposal = new Proposal(base, proposed);
    const accepted = proposal.accept(base, change(proposal, base, 0));
    proposal.reject(accepted, change(proposal, accepted, 1));
    assert.equal(proposal.rebaseOnto(accepted).text, 'A\nb\nC\nd\ne');
    assert.equal(proposal.rebaseOnto(base).text, 'A\nb\nC\nd\ne');
    assert.equal(proposal.answer, 'A\nb\nC\nd\ne');
  });

  it('contains exactly the accepted changes, in any order and with edits elsewhere (property)', () => {
    const decisions = fc.array(fc.record({ isAccepted: fc.boolean(), index: fc.nat(9) }), {
      minLength: 6,
      maxLength: 6,
    });
    checkProperty(
      fc.property(decisions, fc.nat(5), (list, editedLine) => {
        const lines = (edit: (index: number) => string) => Array.from({ length: 13 }, (_, index) => edit(index));
        const original = lines((index) => `line ${index}`);
        const answer = lines((index) => (index % 2 === 1 ? `new ${index}` : `line ${index}`));
        const proposal = new Proposal(original.join('\n'), answer.join('\n'));
        let current = original.join('\n').replace(`line ${editedLine * 2}`, 'edited');
        const expected = current.split('\n');
        for (const { isAccepted, index } of list) {
          const { changes } = proposal.rebaseOnto(current);
          const chosen = changes[index % changes.length];
          assert.ok(chosen);
          if (isAccepted) {
            expected[chosen.start] = `new ${chosen.start}`;
            current = proposal.accept(current, chosen);
          } else {
            proposal.reject(current, chosen);
          }
          assert.equal(proposal.rebaseOnto(current).changes.length, changes.length - 1);
        }
        assert.equal(current, expected.join('\n'));
      }),
      { seed: 10, numRuns: 1000 },
    );
  });
});
