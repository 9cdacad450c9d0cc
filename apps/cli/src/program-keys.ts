import type { Command } from 'commander';
import { listKeys, newKeys, retire, type NewKeyFlags, type TrustFlags } from './commands/keys';
import type { Run } from './program';

const ORDER = `
Trust first, then sign, then trust no more: docs/reference/keys.md. No service and no network is needed.`;

const withTrust = (command: Command): Command =>
  command.option('--trust <file>', 'the trust file of the services (default: CAUSEWAY_TRUST_FILE)');

/** Keys of those who sign. */
export function addKeysCommands(program: Command, run: Run): void {
  const keys = program
    .command('keys')
    .description('make, retire and list the keys that messages are signed with; offline');
  withTrust(keys.command('new'))
    .description('the next key of each principal, trusted beside the older ones')
    .argument('<principals...>', 'ledger, sequencer, readiness-prober, console, executor-<name>, publisher-<name>')
    .requiredOption('--out <dir>', 'folder for the key files')
    .addHelpText(
      'after',
      `${ORDER}\n\nExamples:\n  causeway keys new executor-caddy --trust trust.json --out keys/\n  causeway keys new publisher-release --trust trust.json --out keys/ -o json`,
    )
    .action(run((session, principals: string[], flags: NewKeyFlags) => newKeys(session, principals, flags)));
  withTrust(keys.command('retire'))
    .description('nothing new is taken under this key; what it signed still verifies')
    .argument('<key>', '<principal>/<generation>')
    .addHelpText('after', `${ORDER}\n\nExample:\n  causeway keys retire executor-caddy/1 --trust trust.json`)
    .action(run((session, keyId: string, flags: TrustFlags) => retire(session, keyId, flags)));
  withTrust(keys.command('list'))
    .description('the keys of a trust file')
    .addHelpText('after', '\nExample:\n  causeway keys list --trust trust.json')
    .action(run((session, flags: TrustFlags) => listKeys(session, flags)));
}
