// Child process that runs a test bundle: node mochaChild.mjs <bundle> <grep> <timeout in ms>
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import Mocha from 'mocha';
import { cleanUp } from './cleanup.mjs';

const [bundle = '', grep = '', timeout = ''] = process.argv.slice(2);

function send(event) {
  process.send?.(event);
}

const { eventReporter, failure } = await import(pathToFileURL(bundle.replace(/[^\\/]+$/, 'reporter.mjs')).href);
try {
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: Number(timeout),
    reporter: eventReporter(send),
    ...(grep === '' ? {} : { grep }),
  });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  await import(pathToFileURL(bundle).href);
  await new Promise((resolve) => mocha.run(resolve));
} catch (error) {
  send(failure('loading the tests', error));
}
send({ type: 'end' });
await cleanUp();
// Handles that a test left open must not keep the process alive.
process.disconnect();
process.exit(0);
