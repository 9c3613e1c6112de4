# jq: reads JSON, and writes to its output alone. No network.
description JSON that it is given
include default

arguments ro
ro-bind-try ~/.jq
