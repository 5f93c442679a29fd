import * as assert from 'node:assert/strict';
import { mayLinkMedia } from '../../../src/sanitize/mediaLinks';
import { assertLinear, repeatTo } from '../../support/growth';

describe('mayLinkMedia', () => {
  for (const line of [
    '![a](https://e.example/a.png?q=1)',
    '[a](https://e.example/a.PNG)',
    'see https://e.example/a.webp',
    '<https://e.example/a.gif>',
    '[r]: https://e.example/a.svg',
    '<img src="https://e.example/a.jpeg">',
    '<video poster=a.jpg>',
    '![a](//e.example/a.mp4)',
    '![a](file://e.example/share/a.ico)',
    '![a](\\\\e.example\\share\\a.tiff)',
    '[a](https://e.example/a%2Epng)',
    '[a](https://e.example/a.%70ng)',
    '[a](https://e.example/a\\.png)',
    '[a](<https://e.example/a b.bmp>)',
    '<img src="https://e.example/a&#46;p&#x6e;g">',
    '<img src="https://e.example/a&period;png">',
  ]) {
    it(`is true for ${line} [R10]`, () => assert.ok(mayLinkMedia(line)));
  }

  for (const line of [
    'The file logo.png is used twice.',
    'https://e.example/page',
    '[docs](https://e.example/a.html)',
    'const a = b.pngs; // https://e.example',
    '',
  ]) {
    it(`is false for "${line}" [R10]`, () => assert.ok(!mayLinkMedia(line)));
  }

  for (const seed of ['.', '&#', '&#4', '%', '%2E', '\\', ']', 'a:', '.png', '://']) {
    it(`handles a megabyte of ${JSON.stringify(seed)} in linear time [E22]`, async () => {
      await assertLinear((size) => mayLinkMedia(`://${repeatTo(seed, size)}`), 250_000);
    });
  }
});
