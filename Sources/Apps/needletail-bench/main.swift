import Benchmarks
import Glibc

// The benchmarks alone, for profilers: `needletail bench` without the rest of the program.
exit(runBenchCommand(arguments: Array(CommandLine.arguments.dropFirst())))
