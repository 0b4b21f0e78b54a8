import type { Command, Option } from 'commander';

/** What can follow the words typed so far; the last word is the one being typed. */
export function candidates(program: Command, words: readonly string[]): string[] {
  const typed = words.at(-1) ?? '';
  let command = program;
  let flag: Option | undefined;
  for (const word of words.slice(0, -1)) {
    const wasValue = flag !== undefined;
    flag = wasValue ? undefined : valueFlag(command, word);
    if (wasValue || flag) continue;
    command = command.commands.find((inner) => inner.name() === word || inner.aliases().includes(word)) ?? command;
  }
  return possible(command, flag, typed).filter((candidate) => candidate.startsWith(typed));
}

function possible(command: Command, flag: Option | undefined, typed: string): string[] {
  if (flag) return choicesOf(flag);
  if (typed.startsWith('-')) return [...command.options.flatMap(({ long }) => long ?? []), '--help'];
  const inner = command
    .createHelp()
    .visibleCommands(command)
    .map((visible) => visible.name());
  return [...inner, ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? [])];
}

function choicesOf(flag: Option): string[] {
  return flag.long === '--output' ? ['table', 'json', 'yaml'] : [...(flag.argChoices ?? [])];
}

/** The flag that takes the next word as its value, if this word is one. */
function valueFlag(command: Command, word: string): Option | undefined {
  return command.options.find(
    (option) => (option.long === word || option.short === word) && (option.required || option.optional),
  );
}
