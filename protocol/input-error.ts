declare global {
  interface ErrorConstructor {
    /** Of V8 (https://v8.dev/docs/stack-trace-api); elsewhere it is not there. */
    stackTraceLimit: number;
  }
}

/** What is wrong with what somebody sent. It has no stack: nobody reads it, and taking one costs more than reading a message. */
export class InputError extends Error {
  constructor(message: string) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
  }
}
