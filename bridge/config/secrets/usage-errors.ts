/** Values of which a part may be a secret: a URL with a password, a key where the name of its file belongs, PUBLISH_TOKEN. */
const SECRET_VALUE = /(option '--(?:to|var|curve-|plain-)[^']*' argument) '.*' is invalid/s;
/** Of one that there is not nobody knows what its value is: `--token=…`. */
const UNKNOWN_OPTION = /unknown option '(--[\w-]*|-\w?).*?'(?=\n|$)/s;
/** Nor of a word too many: it may be what should have been in the environment. */
const EXCESS = /(too many arguments[^:]*but got \d+): .*?\.?(?=\n|$)/s;
/** A named token that stands where its name belongs. */
const NAMED_TOKEN = /pct_[\w-]+/g;

/** What commander says of a wrong command line, without the values that may be secrets: a service's log keeps it. */
export function withoutSecrets(message: string): string {
  return message
    .replace(SECRET_VALUE, "$1 is invalid")
    .replace(UNKNOWN_OPTION, "unknown option '$1'")
    .replace(EXCESS, "$1.")
    .replace(NAMED_TOKEN, "pct_…");
}
