"""Your voice: record, upload, look after and pass on recordings of one's own."""

import streamlit as st

from pages.shared import frame, problems
from pages.shared.ways import chosen_way
from pages.voice_taking import passing_on, people, recording, uploading

VIEWS = {
    "Record": recording.draw,
    "Upload": uploading.draw,
    "Who is here": people.draw,
    "Pass on": passing_on.draw,
}
"""What the visitor chooses, as it stands in the address bar, and who draws it."""

frame.inside()
st.title("Your voice")
st.caption(
    ":material/lock: Say digits and stand beside the others: in Browse, in Train. What you keep "
    "lies in this app's data folder, where everyone who uses it on this server can hear it. "
    "Nothing leaves that folder unless you export it."
)
view = chosen_way("View", {name: name for name in VIEWS}, "do", visible=False)
with problems.told():
    VIEWS[view]()
