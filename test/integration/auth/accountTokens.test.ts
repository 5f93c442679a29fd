import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { apiError, streamed } from '../../support/scenario';
import { answerNext, answerText, chats } from '../support/modelServer';
import { commentText, run, ui, useQuillet } from '../support/quillet';
import { redirectFetch, restoreFetch } from '../support/redirectFetch';
import { setSettings } from '../support/settings';
import { openFile, select } from '../support/workspace';

const AZURE = 'https://quillet-test.openai.azure.com';
const { getSession } = vscode.authentication;

describe('an account of VS Code', () => {
  useQuillet();
  let sessions: (string | Error)[] = [];
  let requested: unknown[] = [];

  beforeEach(async () => {
    sessions = [];
    requested = [];
    const signIn = async (...options: readonly unknown[]) => {
      requested.push(options);
      const session = sessions.length > 1 ? sessions.shift() : sessions[0];
      if (typeof session !== 'string') throw session ?? new Error('No session');
      return { accessToken: session };
    };
    // The sign-in of VS Code and the resource of Azure are replaced. Everything between them is real.
    Object.assign(vscode.authentication, { getSession: signIn });
    redirectFetch(AZURE);
    const azure = { preset: 'azure', baseUrl: `${AZURE}/v1`, auth: 'microsoft' };
    await setSettings({ providers: { azure }, model: 'azure/my-deployment' });
  });

  afterEach(() => {
    Object.assign(vscode.authentication, { getSession });
    restoreFetch();
  });

  async function explain(): Promise<void> {
    await select(await openFile('let one = 1;\n'), 'let one = 1;');
    await run('quillet.explain');
  }

  async function tokens(): Promise<(string | undefined)[]> {
    return (await chats()).map(({ headers }) => headers['authorization']);
  }

  it('is signed in to after consent, and its token is sent to Azure', async () => {
    sessions = ['sk-canary-account-1'];
    await answerText('Fine.');
    ui.willPress('Send to quillet-test.openai.azure.com');
    await explain();
    assert.equal(commentText(-1), 'Fine.');
    assert.equal(ui.shown[0]?.text, 'Send prompts for azure to https://quillet-test.openai.azure.com?');
    assert.match(ui.shown[0]?.detail ?? '', /^Quillet will sign in with your Microsoft account\./);
    assert.deepEqual(new Set(await tokens()), new Set(['Bearer sk-canary-account-1']));
    const scopes = ['https://cognitiveservices.azure.com/.default'];
    assert.deepEqual(requested[0], ['microsoft', scopes, { createIfNone: true }]);
    assert.doesNotMatch(JSON.stringify([ui.shown, ui.logged]), /sk-canary|contain an API key/);
  });

  it('is asked for a new token once after the server rejects one', async () => {
    sessions = ['old', 'old', 'new'];
    await answerNext(apiError(401, { message: 'Expired.' }), streamed(['Fine.']));
    await explain();
    assert.equal(commentText(-1), 'Fine.');
    assert.deepEqual(await tokens(), ['Bearer old', 'Bearer new']);
  });

  it('is named by the error if the server still rejects it', async () => {
    sessions = ['same'];
    await answerNext(apiError(401, { message: 'The principal lacks the required role.' }));
    await explain();
    assert.match(
      ui.texts.at(-1) ?? '',
      /^"azure" rejected your Microsoft account: The principal lacks the required role\./,
    );
  });

  it('sends nothing if signing in is canceled or fails', async () => {
    sessions = [new Error('User did not consent to login.')];
    await explain();
    assert.deepEqual(ui.texts, []);
    sessions = [new Error('Timed out waiting for authentication provider to register')];
    await explain();
    assert.deepEqual(ui.texts, [`Couldn't sign in to your Microsoft account for "azure".`]);
    assert.deepEqual(ui.shown[0]?.buttons, ['Try Again', 'Show Log']);
    assert.deepEqual(await chats(), []);
  });

  it('is the one of GitHub for GitHub Models, without further settings', async () => {
    redirectFetch('https://models.github.ai');
    sessions = ['sk-canary-github-1'];
    await setSettings({ providers: {}, model: 'github/openai/gpt-4.1' });
    await answerText('Fine.');
    await explain();
    assert.equal(commentText(-1), 'Fine.');
    assert.deepEqual(requested[0], ['github', ['models:read'], { createIfNone: true }]);
    assert.deepEqual(ui.shown, []);
  });

  it('is never used for other servers', async () => {
    await setSettings({ providers: { azure: { baseUrl: 'https://azure.example.com/v1', auth: 'microsoft' } } });
    await explain();
    assert.match(
      ui.texts.at(-1) ?? '',
      /^"auth" of provider "azure" can be used only for: Azure OpenAI, Microsoft Foundry\./,
    );
    assert.deepEqual(requested, []);
  });
});
