/** How a body ends: properly, or as fetch reports a connection that was lost. */
export type BodyEnd = 'close' | 'reset';

/**
 * Puts a fetch in the place of the real one whose every response is an event stream of these packets, each of which is
 * handed out only when the one before it was read. For tests of thousands of streams, which would take minutes over
 * sockets; everything behind fetch is the real thing.
 * @returns what puts the real one back.
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
