// The reference of `npm run bench`: what sending a request through the SDK costs without anything of ours.
const vscode = require('vscode');

exports.activate = (context) => {
  context.subscriptions.push(vscode.commands.registerCommand('bare.run', run));
};

async function run() {
  // @ts-expect-error scripts/bench.mjs puts the file beside this one.
  const { OpenAI } = require('./openai.js');
  const baseURL = vscode.workspace.getConfiguration('bench').get('url');
  const client = new OpenAI({ baseURL, apiKey: 'none', dangerouslyAllowBrowser: true });
  const content = vscode.window.activeTextEditor?.document.getText() ?? '';
  const messages = [{ role: 'user', content }];
  const stream = await client.chat.completions.create({ model: 'bare', stream: true, messages });
  for await (const chunk of stream) {
    void chunk;
  }
}
