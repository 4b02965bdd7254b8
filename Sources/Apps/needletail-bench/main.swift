import Glibc
import NeedletailCommands

// `needletail bench` alone, for profilers.
exit(needletailMain(arguments: ["bench"] + CommandLine.arguments.dropFirst()))
