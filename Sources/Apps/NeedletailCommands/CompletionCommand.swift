import Glibc
import Runtime
import Strategies

/// `needletail completion SHELL`: prints a completion script.
enum CompletionCommand {
  static let usage = CommandUsage(
    name: "completion", summary: "print a completion script for a shell",
    arguments: "bash|zsh|fish", argumentCount: 1...1, options: [],
    examples: [
      "source <(needletail completion bash)",
      "needletail completion fish > ~/.config/fish/completions/needletail.fish",
    ])

  static func run(_ options: CommandOptions, _ registry: StrategyRegistry) throws -> Int32 {
    let script: String
    switch options.arguments[0] {
    case "bash": script = bash()
    case "zsh": script = zsh()
    case "fish": script = fish()
    default:
      throw UsageError("'\(options.arguments[0])' was expected to be bash, zsh or fish")
    }
    return writeText(script, to: STDOUT_FILENO) ? ExitStatus.done : ExitStatus.failed
  }

  private static var names: String { ToolCommand.all.map(\.name).joined(separator: " ") }

  private static func flags(_ command: ToolCommand) -> [CommandOption] {
    (command.usage?.options ?? []) + [CommandUsage.helpOption, CommandUsage.noColourOption]
  }

  private static func bash() -> String {
    var text = """
      _needletail() {
        local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
        if [ "$COMP_CWORD" -eq 1 ]; then
          COMPREPLY=($(compgen -W "\(names) help --help --version" -- "$word"))
          return
        fi
        case ${COMP_WORDS[1]}:$before in

      """
    for command in ToolCommand.all {
      for option in command.usage?.options ?? [] where !option.choices.isEmpty {
        text += "    \(command.name):--\(option.name)) COMPREPLY=($(compgen -W "
        text += "\"\(option.choices.joined(separator: " "))\" -- \"$word\")); return ;;\n"
      }
    }
    text += "    completion:completion)\n"
    text += "      COMPREPLY=($(compgen -W \"bash zsh fish\" -- \"$word\")); return ;;\n"
    text += "  esac\n  case ${COMP_WORDS[1]}:$word in\n"
    for command in ToolCommand.all {
      let words = flags(command).map { "--" + $0.name }.joined(separator: " ")
      text += "    \(command.name):-*) COMPREPLY=($(compgen -W \"\(words)\" -- \"$word\")) ;;\n"
    }
    return text + """
          *) COMPREPLY=($(compgen -f -- "$word")) ;;
        esac
      }
      complete -o filenames -F _needletail needletail

      """
  }

  private static func zsh() -> String {
    var text = "#compdef needletail\n_needletail() {\n  if (( CURRENT == 2 )); then\n"
    text += "    local -a commands=(\n"
    for command in ToolCommand.all {
      text += "      \(shellQuoted("\(command.name):\(command.summary)"))\n"
    }
    text += "    )\n    _describe command commands\n    return\n  fi\n"
    text += "  local command=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $command in\n"
    for command in ToolCommand.all {
      text += "    \(command.name)) _arguments"
      for option in flags(command) {
        let meaning = option.meaning.replacingBrackets
        var spec = (option.isRepeatable ? "*" : "") + "--\(option.name)[\(meaning)]"
        if let placeholder = option.placeholder {
          spec += ":\(placeholder):"
          if !option.choices.isEmpty {
            spec += "(" + option.choices.joined(separator: " ") + ")"
          } else if option.takesPath {
            spec += "_files"
          }
        }
        text += " \\\n      " + shellQuoted(spec)
      }
      let rest = command.name == "completion" ? "1:shell:(bash zsh fish)" : "*:file:_files"
      text += " \\\n      \(shellQuoted(rest)) ;;\n"
    }
    return text + "  esac\n}\ncompdef _needletail needletail\n"
  }

  private static func fish() -> String {
    var text = ""
    for command in ToolCommand.all {
      text += "complete -c needletail -f -n __fish_use_subcommand -a \(command.name) -d "
      text += shellQuoted(command.summary) + "\n"
    }
    for command in ToolCommand.all {
      let condition = "'__fish_seen_subcommand_from \(command.name)'"
      for option in flags(command) {
        text += "complete -c needletail -n \(condition) -l \(option.name)"
        if option.placeholder != nil {
          text += option.takesPath ? " -r -F" : " -x"
          if !option.choices.isEmpty {
            text += " -a " + shellQuoted(option.choices.joined(separator: " "))
          }
        }
        text += " -d " + shellQuoted(option.meaning) + "\n"
      }
    }
    text += "complete -c needletail -f -n '__fish_seen_subcommand_from completion' "
    return text + "-a 'bash zsh fish'\n"
  }

  private static func shellQuoted(_ text: String) -> String {
    "'" + text.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
  }
}

extension String {
  /// Without what ends a description in zsh's `_arguments`.
  fileprivate var replacingBrackets: String {
    String(map { $0 == "[" ? "(" : $0 == "]" ? ")" : $0 == ":" ? ";" : $0 })
  }
}
