"""The demo with something in it: what its people send, discuss and decide, played through their own sessions at the hub."""
