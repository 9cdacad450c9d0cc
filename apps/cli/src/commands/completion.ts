import type { Command } from 'commander';
import { CliFailure, EXIT } from '../exit-codes';

export const SHELLS = ['bash', 'zsh'];

/** Verbs and their options; files are completed by the shell itself. */
export function completionScript(shell: string, program: Command): string {
  if (!SHELLS.includes(shell))
    throw new CliFailure(EXIT.usage, `no completion for ${shell}; there is ${SHELLS.join(' and ')}`);
  const verbs = program.commands.map((command) => command.name());
  const cases = program.commands.map((command) => {
    const options = command.options.map(({ long }) => long).filter(Boolean);
    return `    ${command.name()}) words="${[...options, '--help'].join(' ')}" ;;`;
  });
  const script = `_causeway() {
  local words verb="\${COMP_WORDS[1]}"
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${verbs.join(' ')}"
  else case "$verb" in
${cases.join('\n')}
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _causeway causeway`;
  return shell === 'zsh' ? `autoload -U +X bashcompinit && bashcompinit\n${script}` : script;
}
