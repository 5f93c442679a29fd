import * as assert from 'node:assert/strict';
import { json } from '../../support/scenario';
import { eventually } from '../support/eventually';
import { answerText, answerWith } from '../support/modelServer';
import { run, ui, useQuillet } from '../support/quillet';
import { setUserSetting } from '../support/settings';
import { openFile, select } from '../support/workspace';

const code = 'const first = 1;\n';

describe('the screen reader announcer', () => {
  useQuillet();

  beforeEach(async () => {
    const editor = await openFile(code);
    await select(editor, 'const first = 1;');
    await setUserSetting('editor.accessibilitySupport', 'on');
  });

  it('announces a completed answer in a thread, with an action to go there', async () => {
    await answerText('Fine.');
    await run('quillet.explain');
    await eventually(() => ui.shown.length > 0);
    const [notice] = ui.shown;
    assert.deepEqual(notice, {
      kind: 'information',
      text: 'Answer complete: 5 characters.',
      buttons: ['Focus Answer'],
      isModal: false,
    });
  });

  it('announces a completed answer in the document', async () => {
    await answerText(' // one');
    await run('quillet.insert');
    await eventually(() => ui.shown.length > 0);
    assert.deepEqual(
      ui.shown.map(({ text, buttons }) => [text, buttons]),
      [['Answer complete: 7 characters.', []]],
    );
  });

  it('does not announce a failure that is already shown', async () => {
    await answerWith(json({ error: { message: 'No.' } }, 400));
    await run('quillet.explain');
    await eventually(() => ui.errors.length > 0);
    assert.equal(ui.shown.length, 1);
  });

  it('announces nothing if the setting is off', async () => {
    await setUserSetting('editor.accessibilitySupport', 'off');
    await answerText('Fine.');
    await run('quillet.explain');
    assert.deepEqual(ui.shown, []);
  });
});
