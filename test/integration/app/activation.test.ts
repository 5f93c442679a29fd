import * as assert from 'node:assert/strict';
import { eventually } from '../support/eventually';
import { allRequests } from '../support/modelServer';
import { quillet, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';

describe('the active extension', () => {
  useQuillet();

  it('sends nothing on activation [R05]', async () => {
    assert.equal(quillet().isActive, true);
    assert.deepEqual(await allRequests(), []);
  });

  it('exports no API to other extensions [E16, R16]', () => {
    assert.equal(quillet().exports, undefined);
  });

  it('shows the selected model in the status bar', async () => {
    await setSettings({ model: 'test/some/model' });
    await eventually(() => ui.statusText === '$(edit-sparkle) some/model', 'the model in the status bar');
    assert.equal(ui.status?.accessibilityInformation?.label, 'Quillet: model some/model');
    assert.equal(ui.status?.command, 'quillet.showMenu');
  });
});
