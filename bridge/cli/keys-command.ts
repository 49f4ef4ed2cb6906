import type { Command } from "commander";
import { whatToPutWhere, writeKeys } from "../sources/zeromq/security/curve-keys.ts";
import { ExitCode } from "./exit-code.ts";

/** Adds `plotcast keys`, which makes a pair of CURVE keys. */
export function addKeysCommand(program: Command, ended: (code: number) => void): void {
  program
    .command("keys")
    .description("makes a pair of CURVE keys: NAME.key (public) and NAME.key_secret, as pyzmq and czmq have them")
    .argument("<name>", "the files' name without its ending, such as keys/bridge")
    .helpOption("--help", "print this help")
    .action((name: string) => {
      process.stdout.write(whatToPutWhere(writeKeys(name)));
      ended(ExitCode.ok);
    });
}
