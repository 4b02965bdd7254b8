import Glibc
import NeedletailCommands

exit(needletailMain(arguments: Array(CommandLine.arguments.dropFirst())))
