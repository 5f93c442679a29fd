type EnqueueChunk = (chunk: Uint8Array<ArrayBuffer>) => void;

/** What is done with a body on its way: each chunk is taken, and what goes on is passed. Either may throw. */
export interface BodyTransform {
  transform(chunk: Uint8Array<ArrayBuffer>, enqueue: EnqueueChunk): void;
  flush?(enqueue: EnqueueChunk): void;
}

/**
 * A body with a step in between. Unlike a `TransformStream`, which forgets what it holds as soon as something fails, it
 * hands out every piece before the failure that came behind it: text that arrived before a connection broke is not lost.
 */
export function transformBody(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  bodyTransform: BodyTransform,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  let failure: { readonly thrown: unknown } | undefined;
  return new ReadableStream(
    {
      // With a high-water mark of 0 this is called when a reader waits, and then nothing is left in the queue.
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
