"""Charts: every Plotly figure, made from plain values."""
