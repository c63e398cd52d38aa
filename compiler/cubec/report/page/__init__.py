"""Pages for people: one self-contained HTML file each, made of values by templates that hold no logic of the platform."""
