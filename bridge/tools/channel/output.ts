/** Where a tool writes what others may want: a terminal, a file or a pipe. */
export interface Output {
  write(text: string, done?: (error?: Error | null) => void): unknown;
}

/** Nobody reads any more, as after `| head`. */
export class OutputClosed extends Error {
  override readonly name = "OutputClosed";
}

/** Writes, and waits until it is written. @throws OutputClosed, or why it cannot be written */
export async function written(output: Output, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    output.write(text, (error) => {
      if (error === undefined || error === null) resolve();
      else reject("code" in error && error.code === "EPIPE" ? new OutputClosed() : error);
    });
  });
}
