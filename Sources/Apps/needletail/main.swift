import Glibc
import NeedletailCommands
import Strategies

let arguments = Array(CommandLine.arguments.dropFirst())
let registry = StrategyRegistry()
switch arguments.first {
case "backtest":
  exit(runBacktestCommand(arguments: Array(arguments.dropFirst()), registry: registry))
case "replay": exit(runReplayCommand(arguments: Array(arguments.dropFirst()), registry: registry))
default: exit(runBookCommand(arguments: Array(arguments.dropFirst())))
}
