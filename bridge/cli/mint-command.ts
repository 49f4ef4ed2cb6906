import { type Command, Option } from "commander";
import { parseTokenDuration } from "../tools/tokens/duration.ts";
import { mintToken } from "../tools/tokens/mint.ts";
import { addRightsOptions, type RightsFlags, rightsFromFlags } from "../tools/tokens/rights-flags.ts";
import { ExitCode } from "./exit-code.ts";

interface MintFlags extends RightsFlags {
  for: number;
  sub?: string;
  audience: string;
  issuer?: string;
  kid?: string;
}

/** Adds `plotcast token mint`, which signs a JWT and prints it, and nothing else, on stdout. */
export function addMintCommand(token: Command, ended: (code: number) => void): void {
  const mint = token
    .command("mint")
    .description("signs a JWT by JWT_SECRETS, as the Worker has it, and prints it; nobody is asked")
    .addOption(
      new Option("--for <time>", "how long it counts: 30s, 15m, 24h, 7d")
        .argParser(parseTokenDuration)
        .makeOptionMandatory(),
    )
    .option("--sub <name>", "who has it, for logs and quotas")
    .option("--audience <text>", "the Worker's JWT_AUDIENCE", "plotcast")
    .option("--issuer <text>", "the Worker's JWT_ISSUER, if it has one")
    .option("--kid <kid>", "which of JWT_SECRETS signs it (default: the only one, or the one without a kid)")
    .helpOption("--help", "print this help")
    .addHelpText(
      "after",
      `
The secrets come from JWT_SECRETS in the environment, or from the file that JWT_SECRETS_FILE names, never from a flag.
A JWT cannot be revoked: give it a short time.

Example:
  plotcast token mint --watch 'lab/**' --for 24h --sub alice`,
    );
  addRightsOptions(mint).action(async (flags: MintFlags) => {
    const { for: forMs, sub, audience, issuer, kid } = flags;
    const options = { rights: rightsFromFlags(flags), forMs, sub, audience, issuer, kid };
    process.stdout.write(`${await mintToken(options, process.env, Date.now())}\n`);
    ended(ExitCode.ok);
  });
}
