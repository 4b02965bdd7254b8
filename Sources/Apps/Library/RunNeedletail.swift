import Glibc
import NeedletailCommands
import Strategies

/// Runs the Needletail tool with this process's arguments and ends the process with its exit status.
///
/// - Parameter registry: the strategies that `--strategy` may name, Needletail's own among them.
public func runNeedletail(registry: StrategyRegistry) -> Never {
  exit(needletailMain(arguments: Array(CommandLine.arguments.dropFirst()), registry: registry))
}
