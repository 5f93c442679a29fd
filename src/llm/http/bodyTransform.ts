type EnqueueChunk = (chunk: Uint8Array<ArrayBuffer>) => void;

/** Transforms a body chunk by chunk. Either method may throw. */
export interface BodyTransform {
  transform(chunk: Uint8Array<ArrayBuffer>, enqueue: EnqueueChunk): void;
  flush?(enqueue: EnqueueChunk): void;
}

/**
 * Pipes a body through a transform. A `TransformStream` drops its queue when something fails; this stream hands out
 * every chunk before the failure, so text that arrived before a connection broke is not lost.
 */
export function transformBody(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  bodyTransform: BodyTransform,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  let failure: { readonly thrown: unknown } | undefined;
  return new ReadableStream(
    {
      // With a high-water mark of 0, this is called only when a reader waits and the queue is empty.
      async pull(controller) {
        if (failure !== undefined) throw failure.thrown;
        let hasEnqueued = false;
        const enqueue: EnqueueChunk = (chunk) => {
          hasEnqueued = true;
          controller.enqueue(chunk);
        };
        try {
          while (!hasEnqueued) {
            const { done, value } = await reader.read();
            if (!done) {
              bodyTransform.transform(value, enqueue);
              continue;
            }
            bodyTransform.flush?.(enqueue);
            controller.close();
            return;
          }
        } catch (thrown) {
          void reader.cancel().catch(() => undefined);
          if (!hasEnqueued) throw thrown;
          failure = { thrown };
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
