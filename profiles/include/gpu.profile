# gpu: the graphics processor, if there is one: /dev/dri and /dev/nvidia*. Its driver in
# the kernel is large, and is in reach then. Each start says so.
description the graphics processor

if exists /dev/dri gpu
if not exists /dev/dri if exists /dev/nvidiactl gpu
