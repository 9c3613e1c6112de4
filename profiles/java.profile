# java: a program of the Java virtual machine, or its compiler, with what lies in the current
# directory, which it can write. No network: one that needs it says `allow`.
description Java programs, with the current directory, no network
alias javac jar jshell javadoc
include default

cwd rw
etc java-17-openjdk
etc java-21-openjdk
etc java
ro-bind-try ~/.m2/repository
# Its own limits are the sandbox's: it counts processors and memory in /sys and /proc.
env-keep JAVA_HOME
env-keep JAVA_TOOL_OPTIONS
