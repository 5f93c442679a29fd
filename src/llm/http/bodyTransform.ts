type Pass = (piece: Uint8Array<ArrayBuffer>) => void;

/** What is done with a body on its way: each chunk is taken, and what goes on is passed. Either may throw. */
export interface BodyStep {
  take(chunk: Uint8Array<ArrayBuffer>, pass: Pass): void;
  end?(pass: Pass): void;
}

/**
 * A body with a step in between. Unlike a `TransformStream`, which forgets what it holds as soon as something fails, it
 * hands out every piece before the failure that came behind it: text that arrived before a connection broke is not lost.
 */
export function throughStep(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  step: BodyStep,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  let failure: { readonly thrown: unknown } | undefined;
  return new ReadableStream(
    {
      // With a high-water mark of 0 this is called when a reader waits, and then nothing is left in the queue.
      async pull(controller) {
        if (failure !== undefined) throw failure.thrown;
        let hasPassed = false;
        const pass: Pass = (piece) => {
          hasPassed = true;
          controller.enqueue(piece);
        };
        try {
          while (!hasPassed) {
            const { done, value } = await reader.read();
            if (!done) {
              step.take(value, pass);
              continue;
            }
            step.end?.(pass);
            controller.close();
            return;
          }
        } catch (thrown) {
          void reader.cancel().catch(() => undefined);
          if (!hasPassed) throw thrown;
          failure = { thrown };
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
