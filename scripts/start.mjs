// npm start: Quillet from source in a real VS Code, with a demo model and a sample folder, in the user's own browser.
// npm start -- --check: the same without a window, looked at by a script instead of a person.
import process from 'node:process';
import { parseArgs } from 'node:util';
import { check } from './demo/check.mjs';
import { startDemo } from './demo/demo.mjs';
import { openInBrowser } from './demo/openInBrowser.mjs';
import { samples } from './demo/samples.mjs';

const usage = `npm start [-- options]

  --check       without a window: explain selections by mouse and keyboard, print what is shown, exit 0 or 1
  --no-open     do not open the browser
  --speed N     let the demo model answer N times as fast
  --port N      port of the demo model (default: any free one)
  --help        this text
`;

const options = /** @type {const} */ ({
  check: { type: 'boolean', default: false },
  'no-open': { type: 'boolean', default: false },
  speed: { type: 'string' },
  port: { type: 'string', default: '0' },
  help: { type: 'boolean', default: false },
});

await main();

async function main() {
  const { values } = readArguments();
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const speed = number('speed', values.speed ?? (values.check ? '3' : '1'), (value) => value > 0 && value <= 1000);
  const port = number('port', values.port, (value) => Number.isInteger(value) && value >= 0 && value < 65_536);
  if (values.check) {
    process.exit(await check({ speed, port }));
  }
  await show({ speed, port, mayOpen: !values['no-open'] });
}

async function show({ speed, port, mayOpen }) {
  const demo = await startDemo({ speed, port });
  const isOpening = mayOpen && openInBrowser(demo.link);
  process.stdout.write(nextSteps(demo.link, isOpening));
  const code = await demo.server.ended;
  process.stderr.write(`VS Code ended with ${code}.\n`);
  process.exit(1);
}

function nextSteps(link, isOpening) {
  const [cart] = samples;
  const key = process.platform === 'darwin' ? 'Cmd+K' : 'Ctrl+K';
  const lines = `${cart.firstLine} to ${cart.lastLine}`;
  return `
Quillet is running in VS Code${isOpening ? ', in your browser' : ''}:

  ${link}

What to do next:
  1. Open ${cart.file}, select lines ${lines} (${cart.name}) and press ${key}, then G: the answer streams in under them.
  2. With the same lines, press ${key}, then ' and say what should change. Nothing is written before Accept.
  3. Select the last line of ${cart.file}, the comment, and press ${key}, then ; to have the code written after it.
  README.md in the sample folder has more.

The answers come from a demo model on this computer; nothing is sent anywhere. The folder is a temporary copy.
Ctrl+C here ends it all.
`;
}

function readArguments() {
  try {
    return parseArgs({ options });
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

function number(name, text, isUsable) {
  const value = Number(text);
  if (text.trim() === '' || !isUsable(value)) {
    process.stderr.write(`--${name} cannot be "${text}".\n\n${usage}`);
    process.exit(2);
  }
  return value;
}
