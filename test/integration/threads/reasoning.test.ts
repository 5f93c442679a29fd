import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { responseEvent, responsesStream } from '../../support/otherApis';
import { apiError, deltaFrame, type Scenario, send, streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import {
  allRequests,
  answerNext,
  answerText,
  answerWith,
  baseUrl,
  chats,
  continueAnswer,
  GATE,
} from '../support/modelServer';
import { commentText, reply, run, thread, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, select } from '../support/workspace';

/** After each run, all files are searched for such keys, the usage log too. */
const secret = 'A quince is sk-canary-fruit.';
const usage = {
  prompt_tokens: 21,
  completion_tokens: 1_900,
  total_tokens: 1_921,
  completion_tokens_details: { reasoning_tokens: 1_840 },
};

function thinking(reasoning: readonly string[], pieces: readonly string[], pause: Scenario['steps'] = []): Scenario {
  const { steps = [] } = streamed(pieces, { usage });
  const [role, ...rest] = steps;
  assert.ok(role);
  const deltas = reasoning.map((text) => send(deltaFrame({ reasoning_content: text })));
  return { steps: [role, ...deltas, ...pause, ...rest] };
}

async function start(prompt = 'quillet.explain'): Promise<vscode.TextEditor> {
  const editor = await openFile('const one = 1;\n');
  await select(editor, 'const one = 1;');
  await run(prompt);
  return editor;
}

async function explain(...scenarios: readonly Scenario[]): Promise<vscode.TextEditor> {
  await answerNext(...scenarios);
  return start();
}

/** The text that Show Reasoning opens. */
async function shownReasoning(argument: unknown = thread()): Promise<vscode.TextDocument> {
  const read = [...vscode.workspace.textDocuments];
  await run('quillet.showReasoning', argument);
  return eventually(() => {
    const document = vscode.window.activeTextEditor?.document;
    return document?.uri.scheme === 'quillet-reasoning' && !read.includes(document) ? document : undefined;
  }, 'the document with the reasoning');
}

const label = (index = -1) => thread().comments.at(index)?.label ?? '';
const efforts = async () => (await chats()).map(({ json }) => json['reasoning_effort']);

describe('Reasoning', () => {
  useQuillet();

  it('is shown while the model thinks, with its last line, and can be read afterwards', async () => {
    await answerNext(thinking(['First.\n', '**Then** <b>', secret], ['One.'], [GATE]));
    const done = start();
    await eventually(() => /^Thinking… [12] s$/.test(ui.threads[0]?.comments.at(-1)?.label ?? ''), 'the time');
    assert.equal(commentText(-1), '*Then &lt;b>A quince is sk-canary-fruit.*');
    await eventually(() => /thinking… [123] s/.test(ui.statusText), 'the time in the status bar');
    assert.equal((await shownReasoning()).getText(), `First.\n**Then** <b>${secret}`);
    await run('workbench.action.closeActiveEditor');
    await continueAnswer();
    await done;
    assert.equal(commentText(-1), 'One.');
    assert.match(label(), /^fake-model · 1,921 tokens · Thought for [1-9] s · 1,840 tokens$/);
    assert.equal(thread().comments[0]?.contextValue, 'answer conversation reasoning');
    assert.equal((await shownReasoning(thread().comments[0])).getText(), `First.\n**Then** <b>${secret}`);
  });

  it('is also read from tags, and counted in tokens where the server hides it', async () => {
    await explain(streamed(['<think>', secret, '</think>One.']));
    assert.equal(commentText(-1), 'One.');
    assert.equal(label(), 'fake-model · 55 tokens · Thought');
    assert.equal((await shownReasoning()).getText(), secret);
    await answerNext(streamed(['Two.'], { usage }));
    await reply('And two?');
    assert.match(label(), / · Thought · 1,840 tokens$/);
    assert.equal(thread().comments.at(-1)?.contextValue, 'answer conversation');
    assert.equal((await shownReasoning(thread().comments[0])).getText(), secret, 'of the first answer');
  });

  it('never gets into follow-ups, copies, documents, proposals or the log', async () => {
    const editor = await explain(thinking([secret], ['// One.']), thinking([secret], ['Two.']));
    await reply('And two?');
    assert.ok(!JSON.stringify((await chats()).map(({ json }) => json)).includes('quince'));
    await run('quillet.copyConversation', thread());
    assert.ok(!(await vscode.env.clipboard.readText()).includes('quince'));
    await run('quillet.insertBelow', thread().comments[0]);
    assert.ok(editor.document.getText().includes('// One.') && !editor.document.getText().includes('quince'));
    for (const destination of ['after', 'replace', 'document', 'clipboard']) {
      await select(await openFile('const one = 1;\n'), 'const one = 1;');
      await answerWith(thinking([secret], ['const two = 2;']));
      await run('quillet.run', { prompt: 'simplify', destination });
      const documents = vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme !== 'quillet-reasoning');
      const texts = [...documents.map((document) => document.getText()), await vscode.env.clipboard.readText()];
      assert.ok(!texts.join().includes('quince'), destination);
    }
    await select(await openFile('const one = 1;\n'), 'const one = 1;');
    ui.willType('two');
    await run('quillet.rewrite');
    assert.match(commentText(-1, ui.threads.at(-1)), /\+const two/);
    assert.match(ui.threads.at(-1)?.comments.at(-1)?.label ?? '', /Thought/);
    await run('quillet.accept', ui.threads.at(-1));
    assert.equal(vscode.window.activeTextEditor?.document.getText(), 'const two = 2;\n');
    assert.ok(!ui.logged.join().includes('quince'));
  });

  it('is opened as plain text if it links to an image', async () => {
    await explain(thinking(['![x](https://evil.example/x.png)\u001b[2J <img src=x>'], ['One.']));
    const document = await shownReasoning();
    assert.equal(document.languageId, 'plaintext');
    assert.equal(document.getText(), '![x](https://evil.example/x.png) <img src=x>');
  });

  it('is not offered if there is none', async () => {
    await explain(streamed(['One.']));
    assert.equal(thread().comments[0]?.contextValue, 'answer conversation');
    await run('quillet.showReasoning', thread());
    assert.deepEqual(ui.texts, ['The model reported no reasoning.']);
  });

  it('is requested from the Responses API only if the user wants to see it', async () => {
    const summary = send(responseEvent('response.reasoning_summary_text.delta', { delta: secret, summary_index: 0 }));
    const { steps = [] } = responsesStream(['One.']);
    await answerWith({ steps: [summary, ...steps] }, 'responses');
    const providers = { test: { baseUrl: baseUrl(), api: 'responses' } };
    const fields = async () => (await allRequests()).map(({ json }) => (json as Record<string, unknown>)['reasoning']);
    await setSettings({ providers });
    await start();
    assert.deepEqual(await fields(), [undefined]);
    await setSettings({ providers, showReasoning: true, parameters: { reasoningEffort: 'low' } });
    await start();
    assert.deepEqual((await fields())[1], { effort: 'low', summary: 'auto' });
    assert.equal((await shownReasoning(ui.threads[1])).getText(), secret);
  });
});

describe('Think Harder and Think Less', () => {
  useQuillet();
  const answer = thinking(['Hm.'], ['One.']);

  it('ask again with one step more or less effort than the shown answer', async () => {
    await answerWith(answer);
    await start();
    assert.equal(thread().contextValue, 'conversation idle harder less');
    await run('quillet.thinkHarder', thread());
    assert.equal(thread().label, 'Explain · quillet-test · effort: high');
    assert.match(label(), /^2 of 2 · /);
    await run('quillet.thinkHarder', thread());
    await run('quillet.regenerate', thread());
    await run('quillet.previousAnswer', thread());
    await run('quillet.previousAnswer', thread());
    await run('quillet.previousAnswer', thread());
    assert.equal(thread().label, 'Explain · quillet-test');
    await run('quillet.thinkLess', thread());
    await run('quillet.thinkLess');
    assert.deepEqual(await efforts(), [undefined, 'high', 'xhigh', 'xhigh', 'low', 'minimal']);
    await reply('And two?');
    assert.equal((await efforts()).at(-1), undefined);
  });

  it('skip the efforts that the server rejects', async () => {
    const refused = apiError(400, {
      message: "Unsupported value: 'minimal' is not supported. Supported values are: 'none', 'low' and 'medium'.",
      param: 'reasoning_effort',
    });
    await setSettings({ parameters: { reasoningEffort: 'low' } });
    await explain(answer, refused, answer);
    await run('quillet.thinkLess', thread());
    assert.deepEqual(await efforts(), ['low', 'minimal', 'none']);
    assert.equal(thread().comments.length, 1);
    assert.match(label(), /^2 of 2 · fake-model/);
    assert.equal(thread().contextValue, 'conversation idle several harder');
    assert.deepEqual(ui.texts, []);
    await run('quillet.thinkLess', thread());
    assert.deepEqual(ui.texts, ['The reasoning effort of this answer cannot be changed.']);
  });

  it('show the error if the server rejects every effort', async () => {
    const refused = apiError(400, { message: 'Invalid value for reasoning_effort, must be one of: medium' });
    await explain(answer, refused, refused, refused);
    await run('quillet.thinkHarder', thread());
    assert.deepEqual(await efforts(), [undefined, 'high', 'xhigh', 'max']);
    assert.match(commentText(-1), /must be one of: medium/);
    assert.equal(ui.texts.length, 1);
  });

  it('are not offered for models that do not think, or if the user has set the effort in the body', async () => {
    await answerText('One.');
    await start();
    assert.equal(thread().contextValue, 'conversation idle');
    await setSettings({ providers: { test: { baseUrl: baseUrl(), body: { reasoning_effort: 'low' } } } });
    await answerWith(answer);
    await start();
    assert.equal(ui.threads[1]?.contextValue, 'conversation idle');
  });

  it('work for a proposal', async () => {
    await answerWith(thinking(['Hm.'], ['const two = 2;']));
    await select(await openFile('const one = 1;\n'), 'const one = 1;');
    ui.willType('two');
    await run('quillet.rewrite');
    assert.match(thread().contextValue ?? '', /^review idle ready harder less$/);
    await run('quillet.thinkHarder', thread());
    assert.deepEqual(await efforts(), [undefined, 'high']);
    assert.match(commentText(-1), /\+const two = 2;/);
  });
});
