/** Each asks the program itself what can follow, so that a script never grows old. */
export const COMPLETION_SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# rootward completion for bash: source <(rootward completion bash)
_rootward() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(rootward __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _rootward rootward
`,
  zsh: `#compdef rootward
# rootward completion for zsh: source <(rootward completion zsh)
_rootward() {
  local -a found
  found=("\${(@f)$(rootward __complete -- "\${words[@]:1:$((CURRENT - 1))}" 2>/dev/null)}")
  found=("\${found[@]:#}")
  if (( \${#found} )); then compadd -- "\${found[@]}"; else _files; fi
}
compdef _rootward rootward
`,
  fish: `# rootward completion for fish: rootward completion fish | source
function __rootward_complete
    set -l words (commandline -opc) (commandline -ct)
    rootward __complete -- $words[2..-1] 2>/dev/null
end
complete -c rootward -f -a '(__rootward_complete)'
`,
};
