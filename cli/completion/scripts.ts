/** The shells whose completion we print. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Each asks `wisp-edge __complete -- WORDS…` for the words that could stand last, a line each; files where there are none. */
const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# wisp-edge: source <(wisp-edge completion bash)
_wisp_edge() {
  COMPREPLY=()
  local found
  while IFS= read -r found; do
    COMPREPLY+=("$found")
  done < <("$1" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _wisp_edge wisp-edge
`,
  zsh: `#compdef wisp-edge
# wisp-edge: source <(wisp-edge completion zsh)
_wisp_edge() {
  local -a found
  found=("\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[1]}" ]]; then
    compadd -a found
  else
    _files
  fi
}
compdef _wisp_edge wisp-edge
`,
  fish: `# wisp-edge: wisp-edge completion fish | source
function __wisp_edge_complete
  set -l words (commandline -opc)
  set -l last (commandline -ct)
  $words[1] __complete -- $words[2..-1] "$last" 2>/dev/null
end
complete -c wisp-edge -n 'not count (__wisp_edge_complete) >/dev/null' -F
complete -c wisp-edge -n 'count (__wisp_edge_complete) >/dev/null' -f -a '(__wisp_edge_complete)'
`,
};

export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}
