# audio: sound, if somebody plays it. PulseAudio's socket, also that of PipeWire, is for
# playing and for recording: the microphone is open. Each start says so.
description sound, and with it the microphone

if env XDG_RUNTIME_DIR if exists $XDG_RUNTIME_DIR/pulse/native audio
if env XDG_RUNTIME_DIR if not exists $XDG_RUNTIME_DIR/pulse/native if exists $XDG_RUNTIME_DIR/pipewire-0 audio
