/**
 * The completion scripts. Each asks the program that is being typed, by the
 * name or path it is typed with, and hands over what was typed as arguments:
 * nothing of it is evaluated.
 *
 * @module
 */
import type { SHELLS } from "../program/shell.ts";

/** One of {@linkcode SHELLS}. */
export type Shell = typeof SHELLS[number];

const BASH = `# bash completion of fwctl. Needs no other package.
_fwctl() {
  local program=$1 answer
  case $program in '~/'*) program=$HOME/\${program:2} ;; esac
  case $(type -t -- "$program" 2>/dev/null) in
    file | function) ;;
    *) program=fwctl ;;
  esac
  COMPREPLY=()
  while IFS= read -r answer; do
    case $answer in
      $'\\tfiles'*) compopt -o default 2>/dev/null ;;
      $'\\tfolders'*) compopt -o dirnames 2>/dev/null ;;
      $'\\tmore'*) compopt -o nospace 2>/dev/null ;;
      *) COMPREPLY+=("\${answer%%$'\\t'*}") ;;
    esac
  done < <("$program" __complete bash "$COMP_TYPE" "$COMP_WORDBREAKS" \\
    "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null </dev/null)
}
complete -F _fwctl fwctl
`;

const ZSH = `#compdef fwctl
# zsh completion of fwctl.
_fwctl() {
  local program=\${(Q)words[1]} answer word before
  local -a found behind
  local -i files=0 folders=0
  [[ $program == '~/'* ]] && program=$HOME/\${program#'~/'}
  case $(whence -w -- "$program" 2>/dev/null) in
    (*': command' | *': function' | *': hashed') ;;
    (*) program=fwctl ;;
  esac
  while IFS= read -r answer; do
    case $answer in
      ($'\\tfiles'*) files=1 before=\${answer#$'\\tfiles\\t'} ;;
      ($'\\tfolders'*) folders=1 before=\${answer#$'\\tfolders\\t'} ;;
      ($'\\tmore'*) behind=(-S '') ;;
      (*)
        word=\${answer%%$'\\t'*}
        word=\${word//\\\\/\\\\\\\\}
        found+=("\${word//:/\\\\:}:\${answer#*$'\\t'}")
        ;;
    esac
  done < <("$program" __complete zsh "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null </dev/null)
  local -i code=1
  (( $#found )) && _describe -t fwctl fwctl found "\${(@)behind}" && code=0
  if (( files || folders )); then
    [[ -n $before ]] && compset -p \${#before}
    (( folders )) && { _files -/ && code=0 }
    (( files )) && { _files && code=0 }
  fi
  return code
}
if [[ $funcstack[1] == _fwctl ]]; then
  _fwctl "$@"
else
  compdef _fwctl fwctl
fi
`;

const FISH = `# fish completion of fwctl.
function __fwctl_complete
    set -l words (commandline -opc)
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    type -q -- $program; or set program fwctl
    set -l token (commandline -ct)
    set token "$token"
    $program __complete fish $words[2..-1] $token 2>/dev/null </dev/null | while read --local --line answer
        switch $answer
            case \\tfiles\\* \\tfolders\\*
                set -l parts (string split \\t -- $answer)
                set -l rest (string sub -s (math (string length -- "$parts[3]") + 1) -- $token)
                set -l paths
                switch $parts[2]
                    case folders
                        set paths (__fish_complete_directories $rest)
                    case '*'
                        set paths (__fish_complete_path $rest)
                end
                for path in $paths
                    printf '%s%s\\n' "$parts[3]" $path
                end
            case \\tmore\\*
            case '*'
                printf '%s\\n' $answer
        end
    end
end
complete -c fwctl -f -a '(__fwctl_complete)'
`;

/** The script that a shell reads to complete `fwctl`. */
export function completionScript(shell: Shell): string {
  return { bash: BASH, zsh: ZSH, fish: FISH }[shell];
}
