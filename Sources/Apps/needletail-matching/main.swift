import Glibc
import MatchingBenchmarks

// `needletail bench matching` without the rest of the program, for profilers.
exit(matchingSuite(arguments: Array(CommandLine.arguments.dropFirst())))
