import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import * as vscode from 'vscode';
import { StreamWriter } from '../../../src/editor/streamWriter';
import { checkAsyncProperty } from '../../support/properties';
import { eventually } from '../support/eventually';
import { useQuillet } from '../support/quillet';
import { closeEditors, openFile } from '../support/workspace';

// Positions are fractions of the text they refer to.
type Step =
  | { readonly do: 'push'; readonly text: string }
  | { readonly do: 'type'; readonly where: 'before' | 'inside' | 'after'; readonly at: number; readonly text: string }
  | { readonly do: 'delete'; readonly where: 'before' | 'after'; readonly at: number }
  | { readonly do: 'typeTwice'; readonly text: string }
  | { readonly do: 'undo' | 'redo' | 'otherTab' | 'back' | 'pause' };

const pieces = ['a', 'b;', '\n', ' ', 'const x = 1;\n', '  indented', '🙂', '\r\n', '}', '\t'];
const fraction = fc.double({ min: 0, max: 1, noNaN: true });
// Typed text is marked so that it can be told from the answer.
const typed = fc.constantFrom('«', '«\n', '««', '«   «');
const where = fc.constantFrom('before' as const, 'inside' as const, 'after' as const);
const outside = fc.constantFrom('before' as const, 'after' as const);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('push' as const), text: fc.constantFrom(...pieces) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('type' as const), where, at: fraction, text: typed }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), where: outside, at: fraction }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('typeTwice' as const), text: typed }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('undo' as const, 'redo' as const, 'otherTab' as const, 'back' as const, 'pause' as const),
    }),
  },
);

const head = '// head of the file\n// more of it\n';
const tail = '\n// tail of the file\n// the end\n';
const marksIn = (text: string) => text.split('«').length - 1;
// Whitespace is typed too, so ignore it.
const withoutTyped = (text: string) => text.replaceAll(/[«\s]/g, '');
const lineFeeds = (text: string) => text.replace(/\r\n?/g, '\n');

describe('StreamWriter', function () {
  // Takes a quarter of a minute on an idle machine.
  this.timeout(400_000);
  useQuillet();

  it('loses, duplicates and misplaces nothing, whatever the user does (property) [D01, D07, D08, D09, D11]', async () => {
    const other = (await openFile('the other one\n')).document;
    const { document } = await openFile(head + tail);
    await checkAsyncProperty(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        await show(document);
        await clear(document);
        await new Session(document, other).play(steps);
      }),
      { seed: 20261124, numRuns: 250, endOnFailure: true },
    );
    await closeEditors();
  });
});

async function show(document: vscode.TextDocument): Promise<vscode.TextEditor> {
  const active = vscode.window.activeTextEditor;
  if (active?.document === document) return active;
  return vscode.window.showTextDocument(document, { preview: false });
}

// Resets the text with an edit that closes all previous undo steps.
async function clear(document: vscode.TextDocument): Promise<void> {
  const text = head + tail;
  const all = () => new vscode.Range(0, 0, document.lineCount, 0);
  await eventually(async () => {
    if (document.getText() === text) return true;
    const editor = await show(document);
    await editor.edit((edit) => edit.replace(all(), text));
    return document.getText() === text;
  });
}

class Session {
  private pushed = '';
  private readonly writer: StreamWriter;
  private marks = 0;
  private wasUndone = false;
  private wasDeleted = false;

  constructor(
    private readonly document: vscode.TextDocument,
    private readonly other: vscode.TextDocument,
  ) {
    const at = document.positionAt(head.length);
    this.writer = new StreamWriter(document, new vscode.Range(at, at));
  }

  async play(steps: readonly Step[]): Promise<void> {
    const before = this.document.getText();
    const edits = { count: 0 };
    const listening = vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.document === this.document && event.contentChanges.length > 0) edits.count += 1;
    });
    try {
      for (const step of steps) await this.perform(step);
      const { error, unwritten } = await this.writer.finish();
      this.check(error?.kind, unwritten);
      await this.undoAll(before, edits.count);
      assert.equal(this.other.getText(), 'the other one\n');
    } finally {
      listening.dispose();
      this.writer.dispose();
    }
  }

  private async perform(step: Step): Promise<void> {
    switch (step.do) {
      case 'push':
        this.pushed += step.text;
        this.writer.push(step.text);
        return;
      case 'type':
        return this.edit([this.place(step.where, step.at)], step.text);
      case 'delete':
        return this.delete(step.where, step.at);
      case 'typeTwice':
        return this.edit([this.place('before', 0.5), this.place('after', 0.5)], step.text);
      case 'undo':
      case 'redo':
        await show(this.document);
        await vscode.commands.executeCommand(step.do);
        this.wasUndone = true;
        return;
      case 'otherTab':
        await show(this.other);
        return;
      case 'back':
        await show(this.document);
        return;
      case 'pause':
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private async edit(positions: readonly vscode.Position[], text: string): Promise<void> {
    const editor = await show(this.document);
    const isTaken = await editor.edit((edit) => {
      for (const position of positions) edit.insert(position, text);
    });
    if (isTaken) this.marks += positions.length * marksIn(text);
  }

  private async delete(where: 'before' | 'after', at: number): Promise<void> {
    const editor = await show(this.document);
    const from = this.document.offsetAt(this.place(where, at));
    const limit = where === 'before' ? this.offsets().start : this.document.getText().length;
    const range = new vscode.Range(this.document.positionAt(from), this.document.positionAt(Math.min(from + 1, limit)));
    // An empty edit is an undo step too.
    if (range.isEmpty) return;
    this.wasDeleted = true;
    await editor.edit((edit) => edit.delete(range));
  }

  private offsets(): { start: number; end: number } {
    const { start, end } = this.writer.writtenRange;
    return { start: this.document.offsetAt(start), end: this.document.offsetAt(end) };
  }

  private place(where: 'before' | 'inside' | 'after', at: number): vscode.Position {
    const { start, end } = this.offsets();
    const length = this.document.getText().length;
    const [from, to] = { before: [0, start], inside: [start, end], after: [end, length] }[where] as [number, number];
    return this.document.positionAt(Math.round(from + (to - from) * at));
  }

  // The document text followed by the offered text must be the answer, without duplicates.
  private check(kind: string | undefined, unwritten: string): void {
    const text = this.document.getText();
    const isWhole = !this.wasUndone && !this.wasDeleted;
    if (isWhole) assert.equal(marksIn(text), this.marks);
    const whole = lineFeeds(this.pushed);
    if (kind === undefined) {
      assert.equal(unwritten, '');
      const written = this.document.getText(this.writer.writtenRange);
      assert.equal(lineFeeds(written), whole);
      const { start, end } = this.offsets();
      if (isWhole) assert.equal(withoutTyped(text.slice(0, start) + text.slice(end)), withoutTyped(head + tail));
      return;
    }
    const rest = lineFeeds(unwritten);
    assert.ok(whole.endsWith(rest), `${JSON.stringify(rest)} is not the end of ${JSON.stringify(whole)}`);
    if (kind === 'doc.undo' || this.wasUndone) return;
    // After typing inside the answer, the document contains the answer with that text.
    const own = withoutTyped(text);
    const shown = withoutTyped(whole.slice(0, whole.length - rest.length));
    assert.ok(own.includes(shown), `${JSON.stringify(shown)} is not in ${JSON.stringify(own)}`);
  }

  // As many undo steps as edits must restore the text: no edit may be merged into another one's step.
  private async undoAll(before: string, edits: number): Promise<void> {
    await show(this.document);
    for (let count = 0; count < edits && this.document.getText() !== before; count += 1) {
      await vscode.commands.executeCommand('undo');
    }
    assert.equal(this.document.getText(), before);
  }
}
