/**
 * How an entry point runs its command. A mistake of the person who typed it is one line on stderr and exit code 1;
 * a defect keeps its stack. It knows no command.
 * @module
 */
import { type Command, CommanderError } from 'commander';

/** What commander throws after it printed help or a version. */
const SHOWN: ReadonlySet<string> = new Set([
  'commander.help',
  'commander.helpDisplayed',
  'commander.version',
]);

/** Runs `program` with the words of this process. Errors of its actions are written for the user. */
export async function runCommand(program: Command): Promise<void> {
  takeErrors(program);
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError && SHOWN.has(error.code)) {
      process.exitCode = error.exitCode;
      return;
    }
    // these two are always defects; everything else was written for the user
    const isDefect =
      error instanceof TypeError || error instanceof ReferenceError || !(error instanceof Error);
    console.error(isDefect ? error : `${program.name()}: ${error.message}`);
    process.exitCode = 1;
  }
}

/** Commander then throws what it would print, of subcommands too. */
function takeErrors(command: Command): void {
  command.configureOutput({ outputError: () => {} }).exitOverride((error) => {
    throw SHOWN.has(error.code) ? error : new Error(mistakeOf(command, error), { cause: error });
  });
  for (const subcommand of command.commands) takeErrors(subcommand);
}

/** Commander's words in one line, with what was expected where they do not say it. */
function mistakeOf({ args, registeredArguments }: Command, { code, message }: CommanderError): string {
  if (code === 'commander.excessArguments') {
    const most = registeredArguments.length;
    return `argument '${args[most]}', expected ${most === 0 ? 'none' : `at most ${most}`}`;
  }
  const [what, guess] = message.replace(/^error: /, '').split('\n');
  if (guess !== undefined) return `${what}, ${guess.replace(/[()]/g, '').replace(/^D/, 'd')}`;
  return code.startsWith('commander.unknown') ? `${what}, expected one that --help lists` : what;
}
