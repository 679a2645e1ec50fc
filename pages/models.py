"""Models: what is kept, what each is worth, and which one Live begins with."""

import streamlit as st

from core.errors import LabError
from core.learning.own_names import own_names
from core.learning.saved_models import SavedModel, folder_name, list_models
from core.learning.shelf import (
    DeletedModel,
    bring_back,
    bring_in,
    delete,
    deleted,
    rename,
    star,
    starred,
    take_out,
)
from pages.modelling import adapting, card, looking, report
from pages.shared import frame, problems
from pages.shared.apart import apart
from pages.shared.literal import literal

MAX_ZIP_MEGABYTES = 50
"""As much as the server takes (``maxUploadSize`` in .streamlit/config.toml)."""
VIEWS = {"Evaluate": report.draw, "Look inside": looking.draw, "Adapt to a voice": adapting.draw}
"""What the visitor chooses, as it stands in the address bar, and who draws it."""


def choose(models: tuple[SavedModel, ...], favourite: str) -> SavedModel:
    """Draw the list of models; return the chosen one."""
    keys = [model.key for model in models]
    labels = apart(
        {m.key: m.card.name + (" (comes with the app)" if m.shipped else "") for m in models}
    )
    if favourite in labels:
        labels[favourite] = f"★ {labels[favourite]}"
    asked = st.query_params.get("model", favourite)
    key = st.selectbox(
        "Model",
        keys,
        index=keys.index(asked) if asked in keys else 0,
        format_func=lambda k: labels[k],
        key="model-chosen",
    )
    st.query_params["model"] = key
    return next(model for model in models if model.key == key)


def actions(model: SavedModel, favourite: str) -> None:
    """Draw what can be done with a model: star, rename, export, delete."""
    first, second, third, fourth = st.columns(4)
    if first.button(
        "Live begins with it" if model.key == favourite else "Let Live begin with it",
        icon=":material/star:",
        disabled=model.key == favourite,
        width="stretch",
        key="star",
    ):
        star(model.key)
        st.rerun()
    second.download_button(
        "Export",
        lambda: take_out(model.key),
        file_name=f"{folder_name(model.card.name)}.zip",
        icon=":material/download:",
        width="stretch",
        key="export",
    )
    image = model.card.image
    placed = image.has_room and image.kind != "plotted"
    third.download_button(
        ".keras file",
        lambda: as_keras(model),
        file_name=f"{folder_name(model.card.name)}.keras",
        icon=":material/output:",
        width="stretch",
        key="export-keras",
        disabled=not placed,
        help="One second of sound at 8 kHz in, probabilities out, in stock Keras. It cannot be "
        "imported here."
        if placed
        else "Only spectrograms placed in a window can be had as .keras.",
    )
    if model.shipped:
        return
    if names := own_names(model.card):
        st.caption(
            f"It was trained on {len(names)} voices recorded here, or scored on them. Exported, "
            "they are “own voice 1” and so on. The model's own name goes along: rename it first if "
            "it is called after somebody."
        )
    if fourth.button("Delete", icon=":material/delete:", width="stretch", key="delete"):
        delete(model.key)
        st.query_params.pop("model", None)
        st.rerun()
    with st.form("rename", border=False):
        name, button = st.columns([4, 1], vertical_alignment="bottom")
        typed = name.text_input("Name", value=model.card.name, max_chars=80)
        if button.form_submit_button("Rename", width="stretch"):
            with problems.told():
                rename(model.key, typed)
                st.rerun()


def as_keras(model: SavedModel) -> bytes:
    """Return a model as a .keras file; made when the button is pressed."""
    from core.learning.commands.export import exported
    from core.learning.trained import kept_network

    try:
        return exported(kept_network(model), ".keras")
    except LabError as error:
        return f"{error}\n".encode()  # a download can only be a file: the reason stands in it


def table(models: tuple[SavedModel, ...], favourite: str) -> None:
    """Draw all models in one table, with both honest numbers of each, where there are several."""
    if len(models) < 2:
        return
    with st.expander(f"All {len(models)} models side by side"):
        st.dataframe(
            [card.row(model, model.key == favourite) for model in models],
            hide_index=True,
            key="all-models",
        )
        st.caption(
            "Right as a forced choice; each model's card says on what, and how far to trust it. "
            "One word: picture and network on this computer, measured when it was last evaluated "
            "(the one that comes with the app: when the server started)."
        )


def bringing_in() -> None:
    """Draw the import of a model's zip."""
    with st.form("import", clear_on_submit=True):
        coming = st.file_uploader(
            "Import a model (a zip that “Export” made)",
            type=["zip"],
            max_upload_size=MAX_ZIP_MEGABYTES,
            key="import-file",
        )
        if st.form_submit_button("Import", icon=":material/upload:") and coming is not None:
            with problems.told():
                model = bring_in(coming.getvalue())
                st.query_params["model"] = model.key
                st.session_state.pop("model-chosen", None)
                st.rerun()


def trash(gone: tuple[DeletedModel, ...]) -> None:
    """Draw what was deleted, each with its way back."""
    for each in gone:
        words, back = st.columns([4, 1], vertical_alignment="center")
        words.markdown(f"Deleted: **{literal(each.key)}**. It can be brought back for a week.")
        if back.button("Undo", icon=":material/undo:", key=f"undo-{each.folder}", width="stretch"):
            with problems.told():
                st.query_params["model"] = bring_back(each.folder)
                st.session_state.pop("model-chosen", None)
                st.rerun()


frame.inside()
st.title("Models")
with problems.told():
    kept, broken = list_models()
    for sentence in broken:
        st.warning(literal(sentence))
    trash(deleted())
    if not kept:
        raise LabError("No model is here: models/shipped is missing. Train one on the Train page.")
    favourite = starred()
    table(kept, favourite)
    model = choose(kept, favourite)
    card.draw(model)
    with problems.told():
        actions(model, favourite)
    view = st.segmented_control(
        "What to do with it",
        [*VIEWS],
        default="Evaluate",
        required=True,
        key="see",
        bind="query-params",
        label_visibility="collapsed",
    )
    VIEWS[view or "Evaluate"](model)
    bringing_in()
