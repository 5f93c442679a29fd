/** `reset` fails as fetch does on a lost connection. */
export type BodyEnd = 'close' | 'reset';

/**
 * Replaces fetch by one that always responds with an event stream of these packets, each enqueued when the previous one
 * was read. For tests of thousands of streams, which would take minutes over sockets.
 * @returns a function that restores fetch.
 */
export function stubFetch(packets: readonly Uint8Array<ArrayBuffer>[], end: BodyEnd = 'close'): () => void {
  const original = globalThis.fetch;
  globalThis.fetch = async () =>
    new Response(bodyOf(packets, end), { headers: { 'content-type': 'text/event-stream' } });
  return () => {
    globalThis.fetch = original;
  };
}

function bodyOf(packets: readonly Uint8Array<ArrayBuffer>[], end: BodyEnd): ReadableStream<Uint8Array<ArrayBuffer>> {
  let next = 0;
  const options = { highWaterMark: 0 };
  return new ReadableStream(
    {
      pull(controller) {
        const packet = packets[next++];
        if (packet !== undefined) controller.enqueue(packet);
        else if (end === 'close') controller.close();
        else controller.error(new TypeError('terminated', { cause: { code: 'UND_ERR_SOCKET' } }));
      },
    },
    options,
  );
}
