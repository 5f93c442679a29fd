import * as assert from 'node:assert/strict';
import { allRequests } from '../support/modelServer';
import { quillet, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';

describe('the active extension', () => {
  useQuillet();

  it('R5, needs 43: has sent nothing by itself', async () => {
    assert.equal(quillet().isActive, true);
    assert.deepEqual(await allRequests(), []);
  });

  it('E16, R16: offers other extensions no object to hold on to', () => {
    assert.equal(quillet().exports, undefined);
  });

  it('names the model in the status bar, and follows the setting', async () => {
    await setSettings({ model: 'test/some/model' });
    assert.equal(ui.statusText, '$(edit-sparkle) some/model');
    assert.equal(ui.status?.accessibilityInformation?.label, 'Quillet: model some/model');
    assert.equal(ui.status?.command, 'quillet.selectModel');
  });
});
