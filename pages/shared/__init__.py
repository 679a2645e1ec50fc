"""What pages share: the visitor, the caches, controls, the microphone."""
