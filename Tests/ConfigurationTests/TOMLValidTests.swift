import Configuration
import Testing
