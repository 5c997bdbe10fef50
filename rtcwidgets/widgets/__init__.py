"""What a notebook shows: the only folder that imports anywidget, ipywidgets or traitlets."""
