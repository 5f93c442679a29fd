type Body = ReadableStream<Uint8Array<ArrayBuffer>>;

/** Never reads ahead, so that text that arrived before a connection broke is not lost. */
export function inspectBody(body: Body, inspect: (chunk: Uint8Array) => void): Body {
  const reader = body.getReader();
  return new ReadableStream(
    {
      // With a high-water mark of 0, this is called only when a reader waits and the queue is empty.
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) return controller.close();
          inspect(value);
          controller.enqueue(value);
        } catch (thrown) {
          void reader.cancel().catch(() => undefined);
          throw thrown;
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
