import * as assert from 'node:assert/strict';
import { json } from '../../support/scenario';
import { eventually } from '../support/eventually';
import { answerText, answerWith } from '../support/modelServer';
import { run, ui, useQuillet } from '../support/quillet';
import { setUserSetting } from '../support/settings';
import { openFile, select } from '../support/workspace';

const code = 'const first = 1;\n';

describe('need 42: VS Code set up for a screen reader', () => {
  useQuillet();

  beforeEach(async () => {
    const editor = await openFile(code);
    select(editor, 'const first = 1;');
    await setUserSetting('editor.accessibilitySupport', 'on');
  });

  it('is told that an answer in a thread is complete, with a way to go there', async () => {
    await answerText('Fine.');
    await run('quillet.explain');
    await eventually(() => ui.shown.length > 0);
    const [notice] = ui.shown;
    assert.deepEqual(notice, {
      kind: 'information',
      text: 'The answer is complete: 5 characters.',
      buttons: ['Go to Answer'],
      isModal: false,
    });
  });

  it('is told that an answer was written into the text', async () => {
    await answerText(' // one');
    await run('quillet.insert');
    await eventually(() => ui.shown.length > 0);
    assert.deepEqual(
      ui.shown.map(({ text, buttons }) => [text, buttons]),
      [['The answer is complete: 7 characters.', []]],
    );
  });

  it('is told of a failure once, and of no end', async () => {
    await answerWith(json({ error: { message: 'No.' } }, 400));
    await run('quillet.explain');
    await eventually(() => ui.errors.length > 0);
    assert.equal(ui.shown.length, 1);
  });

  it('is told nothing where the setting is off', async () => {
    await setUserSetting('editor.accessibilitySupport', 'off');
    await answerText('Fine.');
    await run('quillet.explain');
    assert.deepEqual(ui.shown, []);
  });
});
