import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { estimatePictureTokens } from '../../../src/core/picture';
import { findMarkers, MAX_PICTURE_BYTES, PictureStore } from '../../../src/references/common/pictureStore';
import { jpeg, png, svg, webp } from '../../support/pictures';

const gif = new TextEncoder().encode('GIF89a\u0009\u0000\u0009\u0000');

describe('a picture', () => {
  const accepted: readonly [string, Uint8Array, string][] = [
    ['PNG', png(640, 400), '640×400 · ≈ 425 tokens'],
    ['PNG of 10 MB', png(1024, 1024, MAX_PICTURE_BYTES), '1024×1024 · ≈ 765 tokens'],
    ['JPEG', jpeg(2048, 4096), '2048×4096 · ≈ 1,105 tokens'],
    ['lossy WebP', webp('VP8 ', 30, 20), '30×20 · ≈ 255 tokens'],
    ['lossless WebP', webp('VP8L', 30, 20), '30×20 · ≈ 255 tokens'],
    ['extended WebP', webp('VP8X', 70_000, 20), '70000×20 · ≈ 765 tokens'],
  ];
  for (const [name, bytes, label] of accepted) {
    it(`is shown with its size and tokens: ${name}`, async () => {
      assert.equal(await new PictureStore().add(bytes), `[picture 1 · ${label}]`);
    });
  }

  const refused: readonly [string, Uint8Array, string][] = [
    ['no bytes', new Uint8Array(), 'picture.empty'],
    ['40 MB', png(10, 10, 40_000_000), 'picture.toolarge'],
    ['one byte too many', png(10, 10, MAX_PICTURE_BYTES + 1), 'picture.toolarge'],
    ['text', new TextEncoder().encode('no picture'), 'picture.format'],
    ['SVG', svg, 'picture.format'],
    ['GIF', gif, 'picture.format'],
    ['a PNG without pixels', png(0, 10), 'picture.format'],
    ['a PNG that ends in its header', png(10, 10).slice(0, 20), 'picture.format'],
    ['a JPEG that ends in its header', jpeg(10, 10).slice(0, 18), 'picture.format'],
    ['a WebP that ends in its header', webp('VP8X', 10, 10).slice(0, 26), 'picture.format'],
  ];
  for (const [name, bytes, kind] of refused) {
    it(`is refused: ${name}`, async () => {
      await assert.rejects(new PictureStore().add(bytes), { name: 'QuilletError', kind });
    });
  }

  it('is accepted or refused whatever its bytes are (property)', async () => {
    const starts = [png(9, 9), jpeg(9, 9), webp('VP8 ', 9, 9), webp('VP8L', 9, 9), webp('VP8X', 9, 9)];
    const bytes = fc
      .tuple(fc.constantFrom(...starts), fc.nat(40), fc.uint8Array({ maxLength: 60 }))
      .map(([start, length, rest]) => new Uint8Array([...start.slice(0, length), ...rest]));
    await fc.assert(
      fc.asyncProperty(bytes, async (content) => {
        const result = await new PictureStore().add(content).catch((error: { kind?: string }) => error.kind);
        assert.match(String(result), /^\[picture 1 · [1-9]\d*×[1-9]\d* · ≈ [\d,]+ tokens\]$|^picture\.(format|empty)$/);
      }),
      { seed: 17 },
    );
  });

  it('is estimated by tiles after scaling down, as OpenAI documents', () => {
    const estimates = [
      [1024, 1024, 765],
      [2048, 4096, 1105],
      [512, 512, 255],
      [513, 512, 425],
      [1, 1, 255],
    ] as const;
    for (const [width, height, tokens] of estimates) assert.equal(estimatePictureTokens({ width, height }), tokens);
  });
});

describe('pictures in questions', () => {
  it('are found by their markers, in order and once each', async () => {
    const store = new PictureStore();
    const first = await store.add(png(1, 2));
    const second = await store.add(jpeg(3, 4));
    assert.equal(await store.add(png(1, 2)), first);
    const question = `Is ${second} like ${first}, and ${second}? [picture] [picture 1]`;
    assert.deepEqual(
      store.find(question).map(({ format, width, height }) => [format, width, height]),
      [
        ['jpeg', 3, 4],
        ['png', 1, 2],
      ],
    );
    assert.deepEqual(store.find('No picture'), []);
    assert.deepEqual(findMarkers(question), [second, first]);
  });

  it('are not sent without their marker, or if they are no longer in memory', async () => {
    const store = new PictureStore(250);
    const first = await store.add(png(1, 1));
    const second = await store.add(png(2, 2));
    await store.add(png(1, 1));
    await store.add(png(3, 3));
    assert.equal(store.find(first).length, 1);
    assert.throws(() => store.find(second), { kind: 'picture.gone', details: { subject: second } });
    assert.throws(() => new PictureStore().find(first), { kind: 'picture.gone' });
  });

  it('are refused if there are more than ten', async () => {
    const store = new PictureStore();
    const markers: string[] = [];
    for (let width = 1; width <= 11; width += 1) markers.push(await store.add(png(width, 1)));
    assert.throws(() => store.find(markers.join('')), { kind: 'picture.toomany' });
    assert.equal(store.find(markers.slice(1).join('')).length, 10);
  });
});
