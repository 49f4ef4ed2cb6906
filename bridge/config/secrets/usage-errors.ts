/** Values of which a part may be a secret: a URL with a password, a key where the name of its file belongs, PUBLISH_TOKEN. */
const SECRET_VALUE = /(option '--(?:to|var|curve-|plain-)[^']*' argument) '.*' is invalid/s;
/** Of one that there is not nobody knows what its value is: `--token=…`. */
const UNKNOWN_OPTION = /unknown option '(--[\w-]*|-\w?).*?'(?=\n|$)/s;

/** What commander says of a wrong command line, without the values that may be secrets: a service's log keeps it. */
export function withoutSecrets(message: string): string {
  return message.replace(SECRET_VALUE, "$1 is invalid").replace(UNKNOWN_OPTION, "unknown option '$1'");
}
