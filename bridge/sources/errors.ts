import { type Side, withoutUser } from "../config/syntax/endpoint.ts";

/** A source that cannot be opened as it was asked for, in a sentence for whoever asked. */
export class SourceError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SourceError";
  }
}

/** An address of a source that cannot be used, in a sentence for whoever gave it. */
export class AddressError extends SourceError {
  readonly address: string;
  constructor(address: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AddressError";
    this.address = address;
  }
}

/** @param fault as `addressFault` says it @param flag by which it was given */
export function wrongAddress(side: Side, address: string, fault: string, flag: string = side): AddressError {
  return new AddressError(address, `Cannot ${side} to ${withoutUser(address)}: ${fault} (--${flag}).`);
}
