/** What is used of saxen, which brings no types. */
declare module "saxen" {
  export class Parser {
    on(event: "openTag", listener: (name: string) => void): this;
    on(event: "closeTag", listener: () => void): this;
    /** References are still in it; CDATA has none. */
    on(event: "text" | "cdata", listener: (text: string) => void): this;
    /** After an error nothing more is told. Without a listener it is thrown. */
    on(event: "error", listener: (error: Error) => void): this;
    /** What is not quite XML, and told of, but gone over. */
    on(event: "warn", listener: (error: Error) => void): this;
    /** `<!…>` that is neither a comment nor CDATA. */
    on(event: "attention", listener: (markup: string) => void): this;
    /** Nothing more is told. */
    stop(): void;
    parse(xml: string): void;
  }
}
