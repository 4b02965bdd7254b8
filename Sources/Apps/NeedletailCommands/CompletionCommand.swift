import Glibc
import Runtime
import Strategies

/// `needletail completion SHELL`: prints a completion script.
enum CompletionCommand {
  static let usage = CommandUsage(
    name: "completion", summary: "print a completion script for a shell",
    arguments: "bash|zsh|fish", argumentCount: 1...1, argumentChoices: ["bash", "zsh", "fish"],
    options: [],
    examples: [
      "source <(needletail completion bash)",
      "needletail completion fish > ~/.config/fish/completions/needletail.fish",
    ])

  static func run(_ options: CommandOptions, _ registry: StrategyRegistry) throws -> Int32 {
    guard let script = script(options.arguments[0]) else {
      throw UsageError("'\(options.arguments[0])' was expected to be bash, zsh or fish")
    }
    return writeText(script, to: STDOUT_FILENO) ? ExitStatus.done : ExitStatus.failed
  }

  /// The script for a shell; nil for a shell that is not known.
  static func script(_ shell: String) -> String? {
    switch shell {
    case "bash": bash()
    case "zsh": zsh()
    case "fish": fish()
    default: nil
    }
  }

  private static var names: String { ToolCommand.all.map(\.name).joined(separator: " ") }

  private static func flags(_ command: ToolCommand) -> [CommandOption] {
    (command.usage?.options ?? []) + [CommandUsage.helpOption, CommandUsage.noColourOption]
  }

  /// The words that the first argument may be; nil for any.
  private static func choices(_ command: ToolCommand) -> String? {
    guard let choices = command.usage?.argumentChoices, !choices.isEmpty else { return nil }
    return choices.joined(separator: " ")
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
    for command in ToolCommand.all {
      guard let choices = choices(command) else { continue }
      text += "    \(command.name):\(command.name))\n"
      text += "      COMPREPLY=($(compgen -W \"\(choices)\" -- \"$word\")); return ;;\n"
    }
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
      let rest = choices(command).map { "1:word:(\($0))" } ?? "*:file:_files"
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
    for command in ToolCommand.all {
      guard let choices = choices(command) else { continue }
      text += "complete -c needletail -f -n '__fish_seen_subcommand_from \(command.name)' "
      text += "-a \(shellQuoted(choices))\n"
    }
    return text
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
