"""The parts of the page Your voice: who speaks, recording, uploading, who is here, passing on."""
